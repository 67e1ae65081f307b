"""The attack set, replayed: each attack once, one after the other, with an innocent marked request before and after.

Every request carries its id (``duheng-RUN-NN``) in its query, where an access log shows it.
"""

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

from conformance.drilling.attack_rows import ATTACKS, Attack
from conformance.drilling.awaiting import await_over
from conformance.drilling.sending import Sending, Sent
from conformance.drilling.sending_flood import IN_A_ROW, endpoint_of
from probes.clock import Deadline
from probes.errors import Garbage, TargetAway
from probes.transports.from_source import asked_from, need_source
from profiles.drills.attack_set import FIRST, LAST, LET_THROUGH
from profiles.drills.traces import LOGS, WATCH_S, mark_of

ANSWER_S: Final = 5.0
PAUSE_S: Final = 0.1
_MARGIN_S: Final = 30.0
_REFUSED: Final = range(400, 600)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the set is sent, and the mark of the run."""

    netloc: str
    path: str
    mark: str


def attack(sending: Sending) -> Sent:
    """Send the set, and wait for its traces where some are declared.

    Raises:
        NotSet: this machine has not the declared address.
        NotPermitted: it would go elsewhere than to the target.
        TargetAway: not even an innocent request is answered.
        LookFailed: the host cannot be asked, or does not note what it must.
    """
    task, entry = sending.task, sending.task.drill.entry
    url = str(entry.get("replay_at", task.target.platform.base_url))
    source, endpoint, parts = str(entry["source"]), endpoint_of(task.target, url), urlsplit(url)
    place = Place(netloc=parts.netloc, path=parts.path or "/", mark=mark_of(sending.place.run_id))
    need_source(source)

    def ask(request: bytes) -> int | None:
        return asked_from(source, endpoint, request, Deadline.after(task.clock, ANSWER_S))

    first = ask(innocent(place, FIRST))
    if first is None:
        raise TargetAway(f"{place.netloc} does not answer an innocent request from {source}")
    answers, out = _replay(sending, place, ask)
    last = ask(innocent(place, LAST))
    if last is not None and (last == first or last not in _REFUSED):
        _note_let_through(sending)
    if any(key in entry for key in (*LOGS, "jail", "ban_set", "banned")):
        await_over(sending, float(entry.get("watch_s", WATCH_S)) + _MARGIN_S)
    refused = sum(answer in _REFUSED for answer in answers)
    none = sum(answer is None for answer in answers)
    how = f"{len(answers)} attacks from {source} to {place.netloc}: {refused} refused, {none} not answered"
    told = {"sent": len(answers), "of": len(ATTACKS), "source": source, **({"kept_out": True} if out else {})}
    return Sent(how=how, shapes={"attack": told})


def _replay(sending: Sending, place: Place, ask: Callable[[bytes], int | None]) -> tuple[Sequence[int | None], bool]:
    """Return the answers, and whether it ended before the last one since we are kept out."""
    answers: list[int | None] = []
    for each in ATTACKS:
        # An edge may close connections on attacks alone; one that answers nothing any more keeps us out.
        if answers[-IN_A_ROW:] == [None] * IN_A_ROW and ask(innocent(place, FIRST)) is None:
            return answers, True
        if sending.asked() is not None:
            break
        answers.append(ask(attacking(place, each)))
        sending.pause(PAUSE_S)
    return answers, False


def _note_let_through(sending: Sending) -> None:
    answer = sending.task.hand.run(f"cd {shlex.quote(sending.place.folder)} && : >{LET_THROUGH}\n")
    if answer.status != 0:  # a log that shows the first request alone would tell that none came through
        raise Garbage(f"that the last innocent request was let through cannot be noted on the host: {answer.said}")


def innocent(place: Place, number: str) -> bytes:
    """Return an ordinary request with its mark."""
    return _request("GET", f"{place.path}?duheng={place.mark}-{number}", place, agent="duheng")


def attacking(place: Place, attack: Attack) -> bytes:
    """Return one attack as it goes out."""
    mark, text = f"duheng={place.mark}-{attack.number}", attack.text
    agent = text if attack.where == "agent" else "duheng"
    if attack.where == "path":
        return _request("GET", f"{text}?{mark}", place, agent=agent)
    if attack.where == "query":
        said = text if text.startswith("%") else quote(text, safe="")
        return _request("GET", f"{place.path}?{mark}&duheng_q={said}", place, agent=agent)
    if attack.where == "body":
        body = f"duheng_q={quote(text, safe='')}"
        return _request("POST", f"{place.path}?{mark}", place, agent=agent, body=body)
    further = {"header": f"X-Duheng: {text}", "cookie": f"Cookie: {text}", "agent": ""}[attack.where]
    return _request("GET", f"{place.path}?{mark}", place, agent=agent, further=further)


def _request(method: str, path: str, place: Place, *, agent: str, further: str = "", body: str = "") -> bytes:
    head = [f"{method} {path} HTTP/1.1", f"Host: {place.netloc}", f"User-Agent: {agent}", "Accept: */*"]
    if body:
        head += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    head += [further] if further else []
    return ("\r\n".join((*head, "Connection: close", "", "")) + body).encode()
