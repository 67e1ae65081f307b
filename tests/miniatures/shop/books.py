"""What the miniature shop writes down of who did what: an audit trail, and a log whose lines are chained by hashes."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of the audit trail."""

    who: str
    when: str
    what: str
    old: str = ""
    new: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Who placed an order, when, and by which way."""

    account: str
    at: str
    channel: str


def now() -> str:
    """Return this instant as it is written down."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _canonical(line: dict[str, Any]) -> bytes:
    return json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


class Books:
    """Audit trail, order records and log; ``wrong`` tells in which ways the shop is."""

    def __init__(self, wrong: Callable[[str], bool]) -> None:
        self._wrong = wrong
        self.trail: list[Entry] = []
        self.placed: dict[str, Placed] = {}
        self._events: list[dict[str, Any]] = [{"event": "log.opened", "at": now()}]
        self._readings = 0

    def note(self, who: str, what: str, old: str = "", new: str = "") -> None:
        """Write an entry of the audit trail."""
        self.trail.append(Entry(who=who, when=now(), what=what, old=old, new=new))

    def logged_in(self, who: str) -> None:
        """Write that somebody of the staff logged in."""
        if not self._wrong("operator-log-in-untraced"):
            self.note(who, "登录 Log in")

    def priced(self, who: str, name: str, old: str, new: str) -> None:
        """Write that a price was changed."""
        self.note(who, f"改价 Price of {name}", "" if self._wrong("price-trace-lacks-old-value") else old, new)

    def cancelled(self, who: str, number: str, old: str, new: str) -> None:
        """Write that an order was cancelled."""
        self.note(
            "system" if self._wrong("cancellation-traced-to-system") else who, f"取消订单 Cancel {number}", old, new
        )

    def entitled(self, who: str, whom: str, old: str, new: str) -> None:
        """Write that somebody's rights were changed."""
        if not self._wrong("rights-change-untraced"):
            self.note(who, f"权限变更 Rights of {whom}", old, new)

    def consented(self, account: str) -> None:
        """Log that a new member agreed to the terms."""
        self._events.append({"event": "consent.given", "account": account, "at": now()})

    def ordered(self, number: str, account: str, total_fen: int) -> None:
        """Keep whose order it is, and log that it was placed."""
        self.placed[number] = Placed(account=account, at=now(), channel="web")
        if not self._wrong("order-missing-in-log"):
            event = {"event": "order.placed", "order": number, "account": account, "total_fen": total_fen, "at": now()}
            self._events.append(event)

    def log(self) -> str:
        """Return the log as JSON lines, each with the hash of the one before and its own."""
        self._readings += 1
        prev, lines = "", []
        for number, event in enumerate(self._events):
            line = {**event, "seq": number, "prev": prev}
            if number == 0 and self._wrong("log-rewritten-with-new-hashes"):
                line["at"] = f"reading {self._readings}"
            prev = hashlib.sha256(_canonical(line)).hexdigest()
            if line["event"] == "order.placed" and self._wrong("log-line-altered"):
                line["total_fen"] = 1
            lines.append(_canonical({**line, "hash": prev}).decode())
        return "\n".join(lines) + "\n"
