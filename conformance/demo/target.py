"""The demo's target file: the shop as ``duheng examine`` gets it."""

from conformance.demo import backups
from conformance.demo.folder import STAFF, Folder

PLATFORM_ID = "demo-oscar"

_HEAD = """\
# Written by `duheng demo start`; the shop that it describes is thrown away after use.
[platform]
id = "{platform_id}"
name = "Duheng demo shop (django-oscar)"
base_url = "https://127.0.0.1:{https}"
plain_url = "http://127.0.0.1:{http}"
environment = "disposable"
authorised = true
adapter = "oscar"

[tls]
ca_file = "tls/ca.pem"

# Shoppers who arrive in a second. The demo hashes passwords as Django does: a log-in costs it half a second.
[load]
peak_rate_per_s = 1
max_rate_per_s = 2
max_orders = 50
"""
_ROLE = """
[roles.{role}]
username = "{role}@demo.invalid"
password_file = "secrets/{role}.password"
"""


_FRONT_END_AWAY = """
[[endpoints]]
url = "https://127.0.0.1:{https}"
addresses = ["127.0.0.2"]
"""


def write(folder: Folder, *, https: int, http: int, front_end_away: bool = False) -> None:
    """Write the target file for the two ports (TLS, plain) that the shop listens on.

    ``front_end_away`` publishes a second address, on which nothing listens.
    """
    text = _HEAD.format(platform_id=PLATFORM_ID, https=https, http=http) + "".join(
        _ROLE.format(role=role) for role in STAFF
    )
    text += backups.tables(folder)
    if front_end_away:
        text += _FRONT_END_AWAY.format(https=https)
    folder.target.write_text(text, encoding="utf-8")
