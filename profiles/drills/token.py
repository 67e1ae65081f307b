"""The permission on a host: a small file that the host's owner puts there, for one platform, for a time.

``{"platform": id, "host": declared name, "allows": [names of faults], "until": RFC 3339 instant with its offset,
"place": absolute path (optional)}``. ``place`` is where runs and the lock of the host stand, by default ``PLACE``.
"""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from probes.clock import parse_rfc3339, rfc3339

PLACE: Final = "/var/tmp/duheng-drill"  # noqa: S108 - outlasts a reboot; whoever takes the name first is told apart
CLOCKS_APART_S: Final = 30.0
"""Clocks further apart than this are refused: instants of two machines would tell nothing."""

_KEYS: Final = {"platform", "host", "allows", "until"}
_PLACE = re.compile(r"(/[\w.-]+)+")
_MOST_BYTES: Final = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the host says of the file: its text (None: it is not there), owner, mode, our account there, its clock.

    ``host_offset_s``: the host's clock minus ours, in seconds.
    """

    path: str
    text: str | None
    owner: int
    mode: int
    account: int
    host_offset_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What permission is asked for, until when at the latest."""

    platform_id: str
    host: str
    fault: str
    now: datetime
    lasts_s: float


def reading(path: str) -> str:
    """Return the text of sh that prints the file: a line ``ACCOUNT CLOCK OWNER MODE``, then what stands in it."""
    return (
        f"{{\nfile={shlex.quote(path)}\n"
        'clock="$(id -u) $(date +%s.%N)"\n'
        '[ -f "$file" ] || { printf "%s - -\\n" "$clock"; exit 0; }\n'
        'printf "%s %s\\n" "$clock" "$(stat -L -c "%u %a" "$file")"\n'
        f'head -c {_MOST_BYTES} "$file"\nexit\n}}\n'
    )


def found(path: str, printed: str, *, began: datetime, ended: datetime) -> Found:
    """Return what ``reading`` printed; ``began`` and ``ended`` are ours, around it.

    Raises:
        ValueError: it printed something else.
    """
    first, _, text = printed.partition("\n")
    account, clock, owner, mode = first.split()
    ours = (began.timestamp() + ended.timestamp()) / 2
    there = owner != "-"
    return Found(
        path=path,
        text=text if there else None,
        owner=int(owner) if there else -1,
        mode=int(mode, 8) if there else 0,
        account=int(account),
        host_offset_s=float(clock.removesuffix(".%N").removesuffix(".N")) - ours,
    )


def place_of(file: Found) -> str:
    """Return where runs stand on the host, by a token that has no faults."""
    return str(json.loads(file.text or "{}").get("place", PLACE))


def token_faults(file: Found, asked: Asked) -> Iterator[str]:
    """Yield every reason why the file permits nothing, each a sentence with what to do."""
    where = f"{file.path} on {asked.host}"
    if abs(file.host_offset_s) > CLOCKS_APART_S:
        yield (
            f"the clock of {asked.host} is {file.host_offset_s:+.0f} s off ours: set both by NTP, since times of the "
            "drill would tell nothing"
        )
    if file.text is None:
        yield f"{where} is not there: the host's owner puts it there, with {_example(asked)}"
        return
    if file.mode & 0o022:
        yield f"{where} can be written by others (mode {file.mode:o}): chmod go-w"
    if file.owner not in {0, file.account}:
        yield f"{where} belongs to account {file.owner}: it must be root's, or that of the account that logs in"
    try:
        token: Any = json.loads(file.text)
    except ValueError:
        token = None
    if not isinstance(token, dict):
        yield f"{where} is no JSON object: write {_example(asked)}"
        return
    yield from _content(token, where, asked)


def _content(token: dict[str, Any], where: str, asked: Asked) -> Iterator[str]:
    if lacks := sorted(_KEYS - set(token)):
        yield f"{where} lacks {', '.join(lacks)}"
    if unknown := sorted(set(token) - _KEYS - {"place"}):
        yield f"{where} has unknown keys: {', '.join(unknown)}"
    for key, wanted, what in (("platform", asked.platform_id, "platform"), ("host", asked.host, "host")):
        if key in token and token[key] != wanted:
            yield f"{where} permits another {what} ({token[key]!r}), not {wanted!r}"
    allows = token.get("allows", [asked.fault])
    if not isinstance(allows, list) or asked.fault not in allows:
        yield f"{where} does not allow {asked.fault}: its owner adds it to allows"
    if "place" in token and not (isinstance(token["place"], str) and _PLACE.fullmatch(token["place"])):
        yield f"{where}: place must be an absolute path of letters, digits, '.', '_' and '-'"
    if "until" in token:
        yield from _until(token["until"], where, asked)


def _until(written: Any, where: str, asked: Asked) -> Iterator[str]:
    try:
        until = parse_rfc3339(written)
    except (ValueError, TypeError):
        yield f"{where}: until must be an instant with its offset, such as 2026-12-31T18:00:00+08:00"
        return
    if until <= asked.now:
        yield f"{where} has expired ({rfc3339(until)}): its owner renews it"
    elif until < asked.now + timedelta(seconds=asked.lasts_s):
        yield f"{where} expires ({rfc3339(until)}) before the dead man would have acted: its owner renews it"


def _example(asked: Asked) -> str:
    token = {
        "platform": asked.platform_id,
        "host": asked.host,
        "allows": [asked.fault],
        "until": "an instant with its offset",
    }
    return json.dumps(token, ensure_ascii=False)
