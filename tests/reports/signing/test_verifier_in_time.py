"""Wrong on purpose: looser thresholds, instants in disorder and stale evidence, each refused by its own answer."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from probes.canonical import freeze
from probes.observation import Observation
from reports.verdict import Violates
from tests.reports.dossiers import (
    DAY_S,
    FUNCTION,
    HISTORY,
    MTBF,
    READINGS,
    REQUIREMENTS,
    TARGET,
    VERDICTS,
    WAIVERS,
    catalogue_json,
    dossier,
    seen,
    text,
    with_verdict,
)
from tests.reports.signing.shelf import (
    ask,
    knowing,
    lay_out,
    refused,
    said,
)


def test_finding_judged_by_a_looser_threshold_is_refused(tmp_path: Path) -> None:
    own = replace(VERDICTS["SBT-3.3-mtbf"], threshold=replace(MTBF, value=800.0))
    answers = ask(lay_out(tmp_path, dossier(verdicts=with_verdict("SBT-3.3-mtbf", own))))

    assert refused(answers) == ["thresholds"]
    assert "SBT-3.3-mtbf mtbf >= 800.0 h" in said(answers)


def test_threshold_that_the_standard_has_not_is_refused(tmp_path: Path) -> None:
    own = Violates(reason=text("slow"), observations=(FUNCTION.id,), threshold=replace(MTBF, metric="seconds"))

    assert refused(ask(lay_out(tmp_path, dossier(verdicts=with_verdict("SBT-3.6-may", own))))) == ["thresholds"]


@pytest.mark.parametrize(
    "declared",
    [
        {"SBT-3.3-mtbf": {"mtbf": 8499}},
        {"SBT-3.3-mtbf": {"mttr": 9000}},
        {"SBT-3.3-mtbf": {"mtbf": True}},
        {"SBT-3.3-mtbf": 9000},
        {"SBT-9": {"mtbf": 9000}},
        ["SBT-3.3-mtbf"],
    ],
)
def test_looser_threshold_of_the_target_is_refused(tmp_path: Path, declared: object) -> None:
    answers = ask(lay_out(tmp_path, dossier(target={**TARGET, "thresholds": declared})))

    assert refused(answers) == ["thresholds"]


def test_looser_catalogue_is_refused_by_two_answers(tmp_path: Path) -> None:
    loose = tuple(
        replace(each, thresholds=(replace(MTBF, value=85.0),)) if each.id == "SBT-3.3-mtbf" else each
        for each in REQUIREMENTS
    )
    own = replace(VERDICTS["SBT-3.3-mtbf"], threshold=replace(MTBF, value=85.0))
    whole = dossier(requirements=loose, verdicts=with_verdict("SBT-3.3-mtbf", own))

    assert refused(ask(lay_out(tmp_path, whole))) == ["completeness", "thresholds"]


def test_earlier_release_is_held_against_its_own_thresholds(tmp_path: Path) -> None:
    earlier = tuple(
        replace(each, thresholds=(replace(MTBF, value=8000.0),)) if each.thresholds else each for each in REQUIREMENTS
    )
    own = replace(VERDICTS["SBT-3.3-mtbf"], threshold=replace(MTBF, value=8000.0))
    whole = dossier(requirements=earlier, verdicts=with_verdict("SBT-3.3-mtbf", own))
    both = knowing(catalogue_json(), catalogue_json(earlier))

    assert said(ask(lay_out(tmp_path, whole), released=both)) == ""


# --- time


@pytest.mark.parametrize(
    "header",
    [
        {"started": "2026-11-21T08:02:00.000000Z"},
        {"examined_at": "2026-11-21T08:01:01.000000Z"},
        {"finished": "2026-11-21T08:00:30.000000Z"},
        {"examined_at": "2026-11-21T08:00:04.000000Z"},
        {"started": "2026-11-21T08:00:06.000000Z"},
        {"finished": "2026-11-23T08:00:00.000000Z"},
        {"started": "yesterday"},
        {"examined_at": "0001-01-01T00:00:00+14:00"},
        {"started": "2026-11-21T08:00:00"},
    ],
)
def test_disorder_of_instants_is_refused(tmp_path: Path, header: dict[str, Any]) -> None:
    assert "time" in refused(ask(lay_out(tmp_path, dossier(**header))))


def test_evidence_of_an_earlier_run_may_not_come_after_the_examination(tmp_path: Path) -> None:
    later = Observation(
        header=seen("watch", "home", observed_at="2026-11-21T09:00:00.000000Z", run_id="watch-2"), data=freeze({})
    )

    assert refused(ask(lay_out(tmp_path, dossier(readings=(*READINGS, later))))) == ["time"]


def test_expired_waiver_is_refused(tmp_path: Path) -> None:
    expired = {"SBT-3.2-access": replace(WAIVERS["SBT-3.2-access"], expires_at="2026-11-21T16:00:55+08:00")}

    assert said(ask(lay_out(tmp_path, dossier(waivers=expired)))) == "waivers that had expired: SBT-3.2-access"


# --- freshness


def test_stale_evidence_is_refused(tmp_path: Path) -> None:
    stale = replace(
        HISTORY,
        header=replace(HISTORY.header, observed_at="2025-06-01T00:00:00.000000Z"),
    )
    own = replace(VERDICTS["SBT-3.3-mtbf"], observations=(stale.id,))
    whole = dossier(readings=(*READINGS[:2], stale, READINGS[3]), verdicts=with_verdict("SBT-3.3-mtbf", own))
    answers = ask(lay_out(tmp_path, whole))

    assert refused(answers) == ["freshness"]
    assert "SBT-3.3-mtbf (538.3 d)" in said(answers)


def test_not_older_than_asks_about_today(tmp_path: Path) -> None:
    folder = lay_out(tmp_path, dossier(verdicts={k: v for k, v in VERDICTS.items() if k != "SBT-3.3-mtbf"}))

    assert all(answer.good for answer in ask(folder, not_older_than_s=2 * DAY_S))
    assert refused(ask(folder, not_older_than_s=DAY_S / 2)) == ["freshness"]


def test_nothing_told_is_not_fresh_today(tmp_path: Path) -> None:
    folder = lay_out(tmp_path, dossier(verdicts={}, waivers={}))

    assert refused(ask(folder, not_older_than_s=DAY_S)) == ["freshness"]
