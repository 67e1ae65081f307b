"""Plain evidence about payments: what the probes record of a shop and a sandbox in which all is well."""

from typing import Any

Data = dict[str, Any]
TOTAL = {"amount": "138.00", "currency": "CNY", "text": "¥138.00"}
MADE = 100


def _done(*lines: str, **outputs: Any) -> Data:
    return {"outcome": "done", "outputs": outputs, "requests": list(lines) or ["payer: GET / -> 200"]}


def _silent(*lines: str) -> Data:
    """Return a told outcome whose outputs were not kept."""
    return _done(*lines)


def view(end: str = "paid", *, times: int = 1, **changes: Any) -> Data:
    """Return ``read_payment`` of an order that ended so; ``unpaid`` with no payment at all."""
    words = {"paid": "paid" if end == "paid" else "", "failed": "failed" if end == "failed" else ""}
    one = {"reference": "pay-1", "amount": dict(TOTAL), **words}
    shown = [dict(one) for _ in range(0 if end == "unpaid" else times)]
    return _done(
        "payer: GET /orders/1/payment/ -> 200", **({"total": dict(TOTAL), "payments": shown} | words | changes)
    )


def charge(number: str, end: str = "paid") -> Data:
    """Return one row of the provider's list."""
    return {
        "order": number,
        "reference": f"pay-{number}",
        "amount": dict(TOTAL),
        "paid": "paid" if end == "paid" else "",
        "failed": "failed" if end == "failed" else "",
    }


def hundred(made: int = MADE) -> Data:
    """Return a row of payments, every fifth of which was declined."""
    ends = {str(number): "failed" if number % 5 == 4 else "paid" for number in range(made)}
    payments = [
        {
            "number": number,
            "asked": dict(TOTAL),
            "placed": _silent("payer: POST /confirm/ -> 303"),
            "meant": end,
            "pay": _silent("payer: POST /checkout/ -> 303"),
            "read": view(end),
        }
        for number, end in ends.items()
    ]
    listed = _done("merchant: GET /v1/payments -> 200", payments=[charge(number, end) for number, end in ends.items()])
    return {"payments": payments, "listed": listed | {"rows": made}, "settle_s": 30.0, "stopped": None}


def _attempt(name: str, about: str, number: str) -> Data:
    return {
        "name": name,
        "about": about,
        "number": number,
        "before": view("unpaid"),
        "answer": {"outcome": "denied", "step": "notice", "why": "400", "requests": ["nobody: POST /notice/ -> 400"]},
        "owner": view("unpaid"),
        "operator": view("unpaid"),
    }


def notices() -> Data:
    """Return forged notices that nobody believed."""
    return {
        "control": {
            "number": "1",
            "pay": _silent(),
            "owner": view(),
            "rounds": 0,
            "replay": _silent("provider: POST /notice/ -> 200"),
            "owner_after": view(),
        },
        "attempts": [
            _attempt("signature altered", "signature", "2"),
            _attempt("signature of another notice", "signature", "2"),
            _attempt("no signature", "signature", "2"),
            _attempt("declined payment told as paid", "content", "2"),
            _attempt("notice of another order", "content", "3"),
        ],
        "forged": {
            "number": "4",
            "sent": {"amount": "1"},
            "before": view("unpaid"),
            "pay": _silent("payer: POST /checkout/ -> 303"),
            "owner": view("unpaid"),
            "operator": view("unpaid"),
            "charged": _done("merchant: GET /v1/payments -> 200", payments=[]) | {"rows": 7},
        },
    }


def refunded(order: str, requested: str, completed: str = "", **changes: Any) -> Data:
    """Return one row of the provider's list of refunds; without ``completed`` it is pending."""
    row = {
        "order": order,
        "amount": dict(TOTAL),
        "completed": "completed" if completed else "",
        "requested_at": requested,
        "completed_at": completed,
    }
    return row | changes


def refund() -> Data:
    """Return a refund that was over at once, and one of an earlier test."""
    listed = [
        refunded("5", "2026-11-21T09:50:00+00:00", "2026-11-21T09:50:01+00:00"),
        refunded("earlier", "2026-10-23T09:00:00+00:00", "2026-10-26T09:00:00+00:00"),
    ]
    return {
        "number": "5",
        "asked": dict(TOTAL),
        "placed": _silent("payer: POST /confirm/ -> 303"),
        "settle_s": 30.0,
        "paid": view(),
        "refunded": "138.00",
        "refund": _silent("operator: POST /refund/ -> 303") | {"status": 303},
        "listed": _done("merchant: GET /v1/refunds -> 200", refunds=listed) | {"rows": 2},
        "read": _done("payer: GET /orders/5/payment/ -> 200", refunds=[{"amount": dict(TOTAL), "completed": "yes"}]),
    }
