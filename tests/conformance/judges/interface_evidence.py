"""What the looks at the platform interfaces record where all is well."""

import copy
from typing import Any

Data = dict[str, Any]

KINDS = ("accounting", "stock", "sales-payment", "identity", "logistics", "e-bank", "crm", "analytics")
ACTING = ("stock", "logistics", "e-bank", "crm")
_ORDER = {"order": "100001"}
_ABOUT: dict[str, Data] = {
    "accounting": _ORDER,
    "stock": {"ref": "1"},
    "sales-payment": _ORDER,
    "identity": {"customer": "b@example.com", "name": "Li", "phone": "13800001111"},
    "logistics": {},
    "e-bank": {},
    "crm": {"customer": "b@example.com"},
    "analytics": {"day": "2026-11-21"},
}
_STATES: dict[str, tuple[Any, Any]] = {
    "accounting": (None, {"order": "100001", "lines": [{"amount": "24.50"}, {"amount": "10.00"}]}),
    "stock": (20, 21),
    "sales-payment": (None, {"order": "100001", "net": "34.50"}),
    "identity": (None, True),
    "logistics": (None, {"number": "WB1000001", "status": "accepted"}),
    "e-bank": (None, {"payment": "PB1000001", "status": "paid"}),
    "crm": ({"name": "Li", "remark": ""}, {"name": "Li", "remark": "duheng00aa11bb"}),
    "analytics": (None, 3),
}
_MADE = {"logistics": "WB1000001", "e-bank": "PB1000001"}
_CONTROLS: dict[str, Data] = {"identity": {"state": False}, "analytics": {"state": 0}}
MARK = "duheng00aa11bb"


def trip(line: str, status: int = 200, **outputs: Any) -> Data:
    return {"outcome": "done", "outputs": copy.deepcopy(outputs), "requests": [line], "status": status}


def no(line: str, status: int = 401, outcome: str = "denied") -> Data:
    why = f"step read: denied by {status}"
    return {"outcome": outcome, "step": "read", "why": why, "requests": [line], "status": status}


def refusal(kind: str, who: str, verb: str, **changes: Any) -> Data:
    acts = verb == "act"
    back = trip("api client: GET /x -> 200", state=_STATES[kind][1]) if acts and kind not in _MADE else None
    one = no(f"{who}: GET /x -> 401") | {"who": who, "verb": verb, "mark": f"mark-of-{who}" if acts else None}
    return one | {"made": None, "read_back": back, "carries": False} | changes


def round_trip(kind: str) -> Data:
    acts = kind in ACTING
    before, after = _STATES[kind]
    read = trip("api client: GET /x -> 200", state=after)
    made = {"made": _MADE[kind]} if kind in _MADE else {}
    one = {
        "before": trip("api client: GET /x -> 200", state=before) if acts and kind not in _MADE else None,
        "act": trip("api client: POST /x -> 201", 201, **made) if acts else None,
        "mark": MARK,
        "after": read,
        "waited": 0,
    }
    control: Data | None = None
    if not acts:
        about_else = "api client: GET /other -> 200"
        control = trip(about_else, **_CONTROLS[kind]) if kind in _CONTROLS else no(about_else, 404)
    elif kind in _MADE:
        control = no("api client: GET /none -> 404", 404)
    roles = ("act", "read") if acts else ("read",)
    if control is not None:
        control["same"] = False
    return {
        "about": dict(_ABOUT[kind]),
        "rounds": [one],
        "control": control,
        "refusals": [refusal(kind, who, verb) for who in ("nobody", "stranger") for verb in roles],
        "again": trip("api client: GET /x -> 200", state=after),
        "calls": [{"role": role, "operation": f"{role} it", "status": 200, "fit": "fits", "why": ""} for role in roles],
    }


def declared(*roles: str, found: bool = True) -> Data:
    operations = [
        {"role": role, "operation": f"{role}It", "found": found, "shown": "GET /it" if found else None}
        for role in roles
    ]
    return {"declared": operations, "candidates": []}


def description() -> Data:
    kinds = {kind: declared("read", "act") if kind in ACTING else declared("read") for kind in KINDS}
    return {
        "source": "https://shop.example/openapi.json",
        "style": "openapi",
        "version": "3.0.3",
        "bytes": 9000,
        "sha256": "0" * 64,
        "operations": 12,
        "unread": [],
        "servers_elsewhere": [],
        "kinds": kinds,
    }
