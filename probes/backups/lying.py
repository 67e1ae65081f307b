"""Where a repository really lies, as far as its address and the host's mounts tell: on the host, or elsewhere."""

import re
from typing import Any
from urllib.parse import urlsplit

from probes.backups import pgbackrest
from probes.backups.asking import Asked
from probes.errors import NotPermitted, NotSet, TargetAway

_REMOTE_MOUNTS = re.compile(
    r"nfs\d?|cifs|smb\d?|smbfs|ceph|glusterfs|lustre|9p|virtiofs|fuse\.(sshfs|s3fs|rclone|gcsfuse)"
)
_SCP = re.compile(r"(?:[^/@:]+@)?(?P<host>[^/:@]+):")
_BUCKETS = ("s3", "b2", "azure", "gs", "swift", "rclone")
_FIELDS = 2


def lies_on(asked: Asked) -> dict[str, Any]:
    """Return ``{"same_host": bool | null, "address": text | null}``; null where it cannot be told.

    The address is a host's, or the service's that keeps it, without account or path.
    """
    declared = asked.declared
    if declared.tool == "pgbackrest":
        return _of_stanza(asked)
    place = declared.path if declared.tool == "files" else declared.repository
    if place and place.startswith("/"):
        return _of_folder(asked, place)
    return _at(address_of(place or ""))


_LOOPBACK = re.compile(r"localhost|localhost\.localdomain|127(\.\d+){3}|::1|\[::1\]", re.IGNORECASE)


def _at(address: str | None) -> dict[str, Any]:
    """Return what an address tells; behind one of the loopback may stand this host, or a tunnel to another."""
    if address is not None and _LOOPBACK.fullmatch(address):
        return {"same_host": None, "address": None}
    return {"same_host": False if address else None, "address": address}


def address_of(place: str) -> str | None:
    """Return the host, or the service, of a repository's address; None where it names none (a local path). Pure."""
    scheme, _, rest = place.partition(":")
    if "://" in place:
        url = place if place.startswith("ssh://") else place[place.index("://") - len(_scheme(place)) :]
        return urlsplit(url).hostname or (scheme if scheme in _BUCKETS else None)
    if scheme == "sftp":
        found = _SCP.match(rest)
        return found["host"] if found else None
    if scheme in _BUCKETS and rest:
        host = rest.partition("/")[0]
        return host if "." in host else scheme
    found = _SCP.match(place)
    return found["host"] if found else None


def _scheme(place: str) -> str:
    return re.split(r"[^a-z0-9+.-]", place.partition("://")[0])[-1]


def _of_folder(asked: Asked, folder: str) -> dict[str, Any]:
    ran = asked.run(["df", "-PT", "--", folder], max_bytes=100_000)
    lines = ran.stdout.decode("utf-8", "replace").splitlines()
    fields = lines[-1].split() if ran.status == 0 and lines else []
    if len(fields) < _FIELDS:
        return {"same_host": None, "address": None}
    device, kind = fields[:2]
    if not _REMOTE_MOUNTS.fullmatch(kind):
        # Of a file system in user space nobody knows where it keeps its files.
        return {"same_host": None if kind == "fuse" or kind.startswith("fuse.") else True, "address": None}
    host = device[2:].partition("/")[0] if device.startswith("//") else device.partition(":")[0].rpartition("@")[2]
    return _at(host or kind)


def _of_stanza(asked: Asked) -> dict[str, Any]:
    try:
        configured = pgbackrest.configured(asked)
    except (NotPermitted, NotSet, TargetAway):  # what cannot be read names no place; the default may not be in use
        return _at(None)
    if host := configured.get("host"):
        return _at(host)
    if (kind := configured.get("type", "posix")) not in {"posix", "cifs"}:
        return {"same_host": False, "address": configured.get("s3-endpoint") or configured.get("sftp-host") or kind}
    return _of_folder(asked, configured.get("path", pgbackrest.DEFAULT_PATH))
