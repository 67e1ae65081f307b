"""Plain evidence of the looks at audit trails: what they record where all is well."""

from typing import Any

from probes.clock import rfc3339
from tests.conformance.judges.evidence import SEEN_AT, Data, done


def records() -> Data:
    at = rfc3339(SEEN_AT)
    return {
        "described": ["account", "placed_at", "channel"],
        "account": ["ann.lee@example.com", "Ann Lee"],
        "began": at,
        "ended": at,
        "number": "100009",
        "confirm": done(number="100009"),
        "own": done(number="100009", account="ann.lee@example.com", placed_at=at, channel="web"),
        "sample": [{"account": True, "placed_at": True, "channel": True}],
    }


def operations() -> Data:
    at = rfc3339(SEEN_AT)

    def deed(name: str, what: str, values: tuple[str, str] = ("", ""), **known: Any) -> Data:
        entry = {"who": "operator", "when": at, "what": what, "old": values[0], "new": values[1]}
        facts = {"actor": ["operator"], "marks": [], "old": None, "new": None, "missing": "", "others": 0} | known
        times = {"began": at, "ended": at}
        return {"operation": name, **facts, **times, "done": done(), "read": done(), "entries": [entry]}

    return {
        "operations": [
            deed("log-in", "登录 Log in"),
            deed("price", "Price of Tea", ("¥12.80", "¥13.93"), marks=["Tea"], old="12.80", new="13.93"),
            deed("rights", "Rights of ann.lee@example.com", ("buyer", "seller"), marks=["ann.lee@example.com"]),
            deed("cancel", "Cancel 100009", ("Paid", "Cancelled"), marks=["100009"]),
        ]
    }


def log() -> Data:
    reading = {"entries": 7, "bad_line": None, "why": "", "head": "00"}
    return {
        "source": "page",
        "fields": {"prev": "prev", "hash": "hash", "signature": "signature"},
        "signed": False,
        "chained": True,
        "first": reading,
        "second": reading | {"entries": 9},
        "grew_only": True,
        "number": "100010",
        "order_found": True,
        "account_found": True,
    }
