"""The test file by upload: an innocent file first, the test file the same way, and whether it can be had again.

Only where innocent files are taken and served, before it and after it, does it tell anything that the other is not.
Then the file that was dropped on disk is waited for.
"""

import secrets
from dataclasses import dataclass
from typing import Any, Final

from conformance.drilling.awaiting import await_over
from conformance.drilling.sendable import UPLOADED, need_listed
from conformance.drilling.sending import Sending, Sent
from probes.clock import Deadline
from probes.errors import LookFailed
from probes.redaction import Redactor
from probes.transports.http import RequestsHttp
from probes.transports.port import Http, Request
from profiles.drills.eicar import HALVES, WATCHED_S, innocent_of, name_of
from profiles.drills.traces import mark_of

PAUSE_S: Final = 0.5
ANSWER_S: Final = 20.0
_GOOD: Final = range(200, 400)
_OK: Final = 200
_MARGIN_S: Final = 20.0
_UNSEEN: Final = {
    False: "in the end an innocent file is not served either",
    None: "in the end nobody could look whether it is served",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Upload:
    """Where files go, and where they are to be had again."""

    sending: Sending
    http: Http
    url: str
    field: str
    served_at: str

    def put(self, name: str, content: bytes) -> int:
        """Upload a file; return the status of the answer."""
        boundary = f"duheng{secrets.token_hex(12)}"
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{self.field}"; filename="{name}"\r\n'
        body = f"{head}Content-Type: text/plain\r\n\r\n".encode() + content + f"\r\n--{boundary}--\r\n".encode()
        kind = ("Content-Type", f"multipart/form-data; boundary={boundary}")
        return self.http.send(
            Request(method="POST", url=self.url, headers=(kind,), body=body), deadline=self._deadline()
        ).status

    def has(self, name: str, content: bytes) -> bool | None:
        """Tell whether a file is served with that content; None where nobody can tell."""
        try:
            answer = self.http.send(Request(method="GET", url=f"{self.served_at}{name}"), deadline=self._deadline())
        except LookFailed:
            return None
        return answer.status == _OK and content in answer.body

    def _deadline(self) -> Deadline:
        return Deadline.after(self.sending.task.clock, ANSWER_S)


def drop(sending: Sending) -> Sent:
    """Upload where that is declared, and wait until the host has watched its own file long enough.

    Raises:
        NotPermitted: it would go elsewhere than to the target.
        LookFailed: the upload is not answered; the host cannot be asked.
    """
    task, entry = sending.task, sending.task.drill.entry
    shapes: dict[str, Any] = {}
    how = []
    if "upload" in entry:
        for key in UPLOADED:
            need_listed(task.target, str(entry[key]))
        http = RequestsHttp(task.target, task.clock, Redactor())
        try:
            way = _Upload(
                sending=sending,
                http=http,
                url=str(entry["upload"]),
                field=str(entry.get("upload_field", "file")),
                served_at=str(entry["served_at"]),
            )
            shapes = {"virus": {"upload": _uploaded(way, mark_of(sending.place.run_id))}}
        finally:
            http.close()
        how.append(f"by upload: {shapes['virus']['upload']['how'] or 'it stands'}")
    if "drop_in" in entry:
        over = await_over(sending, WATCHED_S + _MARGIN_S)
        how.append("on disk: watched on the host" if over else "on disk: not watched to the end")
    return Sent(how="; ".join(how), shapes=shapes)


def _uploaded(way: _Upload, mark: str) -> dict[str, Any]:
    clock = way.sending.task.clock
    clean, virus, after = (name_of(mark, what) for what in ("clean", "test", "after"))
    innocent, content = f"{innocent_of(mark)}\n".encode(), "".join(HALVES).encode()
    if (status := way.put(clean, innocent)) not in _GOOD or way.has(clean, innocent) is not True:
        return _untold(status)
    dropped, began_s = _now_ms(way), clock.monotonic_s()
    status = way.put(virus, content)
    while True:
        stands, watched = way.has(virus, content), clock.monotonic_s() - began_s
        if stands is False and way.has(clean, innocent) is True:
            how = f"the upload was answered {status}, and it is not served"
            caught = _now_ms(way)
            way.sending.pause(PAUSE_S)
            # Whoever takes no second file at all (too many, too fast, one a visitor) caught nothing.
            if (status := way.put(after, innocent)) not in _GOOD or way.has(after, innocent) is not True:
                return _untold(status)
            return _told(dropped, caught, how, way.has(virus, content), clock.monotonic_s() - began_s)
        if watched >= WATCHED_S:
            return (
                _told(dropped, None, "", stands, watched) if stands else _told(dropped, None, _UNSEEN[stands], None, 0)
            )
        if way.sending.asked() is not None:  # its minute is not over: that it stands now tells nothing yet
            return _told(dropped, None, "it was not watched to the end", None, 0)
        way.sending.pause(PAUSE_S)


def _untold(status: int) -> dict[str, Any]:
    return _told(None, None, f"an innocent file is not taken and served either (answer {status})", None, 0)


def _told(dropped: int | None, caught: int | None, how: str, served: bool | None, watched: float) -> dict[str, Any]:
    return {"dropped_ms": dropped, "caught_ms": caught, "how": how, "served": served, "watched_s": round(watched, 1)}


def _now_ms(way: _Upload) -> int:
    return round(way.sending.task.clock.now().timestamp() * 1000)
