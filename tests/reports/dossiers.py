"""A small dossier of plain values in which all is as it must be; tests change one thing in it."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from conformance.catalogue.load import SCHEMA
from conformance.catalogue.record import record_of
from probes.canonical import canonical_bytes, digest, freeze
from probes.observation import Header as Seen
from probes.observation import Observation, Reading, Unobserved
from reports.dossier import Dossier, evidence_digest
from reports.finding import Waiver
from reports.report import Header, close, conclude
from reports.verdict import (
    Conforms,
    Measured,
    NotApplicable,
    Requirement,
    Text,
    Threshold,
    Undetermined,
    Verdict,
    Violates,
)

RUN = "20261121T080000Z-1a2b"
PAGE = "<h1>订单 100017</h1>".encode()
MTBF = Threshold(metric="mtbf", operator=">=", value=8500.0, unit="h", as_written="MTBF≥8500h")
DAY_S = 86400.0


def text(words: str) -> Text:
    return Text(zh=f"{words}（中文）", en=words)


def requirement(own_id: str, **changes: Any) -> Requirement:
    values: dict[str, Any] = {
        "id": own_id,
        "clause": own_id.split("-")[1],
        "document": "SBT",
        "chapter": "3",
        "node": "check",
        "parent": None,
        "aggregate": None,
        "obligation": "recommended",
        "kind": "requirement",
        "subject": "platform",
        "title": text(f"title of {own_id}"),
        "statement": text(f"statement of {own_id}"),
        "thresholds": (),
        "methods": ("probe",),
        "automation": "full",
        "reading": None,
        "observed": text("what is observed"),
        "age_limit_s": DAY_S,
    }
    return Requirement(**(values | changes))


REQUIREMENTS: tuple[Requirement, ...] = (
    requirement("SBT-3", node="group", aggregate="all"),
    requirement("SBT-3.1-function", parent="SBT-3"),
    requirement("SBT-3.2-access", parent="SBT-3"),
    requirement("SBT-3.3-mtbf", parent="SBT-3", thresholds=(MTBF,), age_limit_s=400 * DAY_S),
    requirement("SBT-3.4-document", parent="SBT-3"),
    requirement("SBT-3.5-seller", parent="SBT-3"),
    requirement("SBT-3.6-may", parent="SBT-3", kind="permission"),
    requirement("SBT-4", node="group", aggregate="any"),
    requirement("SBT-4.1-disk", parent="SBT-4"),
    requirement("SBT-4.2-tape", parent="SBT-4"),
)


def seen(kind: str, subject: str, **changes: Any) -> Seen:
    values: dict[str, Any] = {
        "platform_id": "shop-staging",
        "kind": kind,
        "subject": subject,
        "observed_at": "2026-11-21T08:00:05.000000Z",
        "clock_offset_s": 0.25,
        "vantage": "runner",
        "probe_version": "1",
        "run_id": RUN,
    }
    return Seen(**(values | changes))


FUNCTION = Observation(header=seen("shop", "buyer_a"), data=freeze({"number": "100017", "total": "12.34"}))
ACCESS = Observation(
    header=seen("access", "orders"), data=freeze({"status": 200, "ms": 1e20}), attachments=(digest(PAGE),)
)
HISTORY = Observation(
    header=seen("watch", "home", observed_at="2026-06-01T00:00:00.000000Z", run_id="watch-1"),
    data=freeze({"up_h": 9000.5, "gaps": [], "note": None, "ok": True}),
)
AWAY = Unobserved(header=seen("backup", "disk"), cause="target", detail="no answer within 20 s")
READINGS: tuple[Reading, ...] = (FUNCTION, ACCESS, HISTORY, AWAY)

VERDICTS: Mapping[str, Verdict] = {
    "SBT-3.1-function": Conforms(reason=text("ordered, and the operator sees it"), observations=(FUNCTION.id,)),
    "SBT-3.2-access": Violates(
        reason=text("another's order can be read"),
        observations=(ACCESS.id,),
        repeat=("buyer_b: GET /orders/100017 -> 200", "=cmd|' /C calc'!A0"),
    ),
    "SBT-3.3-mtbf": Conforms(
        reason=text("mtbf is long enough"),
        observations=(HISTORY.id,),
        measured=Measured(metric="mtbf", value=9000.5, unit="h"),
        threshold=MTBF,
    ),
    "SBT-3.4-document": Undetermined(reason=text("no document"), cause="document"),
    "SBT-3.5-seller": NotApplicable(reason=text("sells only its own goods")),
    "SBT-3.6-may": Violates(reason=text("does not offer it"), observations=(FUNCTION.id,)),
    "SBT-4.1-disk": Undetermined(reason=text("no answer"), cause="target", observations=(AWAY.id,)),
    "SBT-4.2-tape": Conforms(
        reason=text("read and understood"),
        observations=(FUNCTION.id,),
        measured=Measured(metric="verified", value=True),
    ),
}
WAIVERS: Mapping[str, Waiver] = {
    "SBT-3.2-access": Waiver(
        requirement_id="SBT-3.2-access",
        reason="fixed in release 8",
        owner="李雷",
        expires_at="2026-12-31T00:00:00+08:00",
    )
}
TARGET: Mapping[str, Any] = {
    "platform": {"id": "shop-staging", "base_url": "https://shop.example"},
    "thresholds": {"SBT-3.3-mtbf": {"mtbf": 8600}},
}


def catalogue_json(requirements: Sequence[Requirement] = REQUIREMENTS) -> bytes:
    return canonical_bytes(
        {
            "schema": SCHEMA,
            "standard": "SBT",
            "version": "1.0.0",
            "title": {"zh": "规范", "en": "standard"},
            "requirements": [record_of(each) for each in requirements],
        }
    )


def dossier(
    *,
    requirements: Sequence[Requirement] = REQUIREMENTS,
    verdicts: Mapping[str, Verdict] = VERDICTS,
    waivers: Mapping[str, Waiver] = WAIVERS,
    readings: tuple[Reading, ...] = READINGS,
    target: Mapping[str, Any] = TARGET,
    trail: bytes | None = b'{"kind":"order","number":"100017"}\n',
    **header: Any,
) -> Dossier:
    """Return a dossier whose report is made from the given parts; ``header`` replaces fields of its header."""
    catalogue = catalogue_json(requirements)
    values: dict[str, Any] = {
        "run_id": RUN,
        "started": "2026-11-21T08:00:00.000000Z",
        "finished": "2026-11-21T08:01:00.000000Z",
        "examined_at": "2026-11-21T08:00:55.000000Z",
        "tool": "duheng 0.1.0",
        "platform_id": "shop-staging",
        "platform_name": "Shop, staging",
        "base_url": "https://shop.example",
        "environment": "staging",
        "vantage": "runner",
        "clock_offset_s": 0.25,
        "target_sha256": digest(canonical_bytes(target)),
        "catalogue_sha256": digest(catalogue),
        "evidence_count": len(readings),
        "evidence_sha256": evidence_digest(readings),
        "ledger_head": "sha256:" + "0" * 64,
        "scope": "all",
        "accepted_causes": ("document",),
        "lang": "zh",
    }
    return Dossier(
        report=close(Header(**(values | header)), conclude(requirements, verdicts, waivers)),
        readings=readings,
        attachments={digest(PAGE): PAGE},
        catalogue_json=catalogue,
        target=freeze(dict(target)),
        trail=trail,
    )


def with_verdict(own_id: str, verdict: Verdict) -> dict[str, Verdict]:
    """Return the verdicts with one of them replaced."""
    return {**VERDICTS, own_id: verdict}


def with_finding_dropped(whole: Dossier, own_id: str) -> Dossier:
    """Return the dossier without one finding, its footer made to fit."""
    findings = tuple(each for each in whole.report.findings if each.requirement.id != own_id)
    return dataclasses.replace(whole, report=close(whole.report.header, findings))
