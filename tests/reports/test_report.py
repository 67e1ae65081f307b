"""The report: a finding for every requirement, what counts, and the exit status that follows from it."""

import dataclasses
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.errors import CAUSES, Cause
from reports.finding import Finding, Waiver
from reports.report import ACCEPTABLE_CAUSES, NOT_SELECTED, close, conclude, counts, exit_of, tally
from reports.verdict import Conforms, NotApplicable, Requirement, Text, Undetermined, Verdict, Violates, word
from tests.reports.dossiers import dossier, requirement

TEXT = Text(zh="因", en="why")
GOOD = Conforms(reason=TEXT, observations=("sha256:a",))
BAD = Violates(reason=TEXT, observations=("sha256:b",))
OFF = NotApplicable(reason=TEXT)


def untold(cause: Cause = "target") -> Undetermined:
    return Undetermined(reason=TEXT, cause=cause)


def waiver(own_id: str) -> Waiver:
    return Waiver(requirement_id=own_id, reason="known", owner="ops", expires_at="2027-01-01T00:00:00.000000Z")


# An `all` group with a check of each kind, an `any` group of two checks, one inside the other, a group of permissions.
SCOPE: tuple[Requirement, ...] = (
    requirement("SBT-1", node="group", aggregate="all"),
    requirement("SBT-1.1-must", parent="SBT-1"),
    requirement("SBT-1.2-if", parent="SBT-1", kind="conditional"),
    requirement("SBT-1.3-may", parent="SBT-1", kind="permission"),
    requirement("SBT-1.4-says", parent="SBT-1", kind="statement"),
    requirement("SBT-2", node="group", aggregate="any"),
    requirement("SBT-2.1-disk", parent="SBT-2"),
    requirement("SBT-2.2", node="group", aggregate="all", parent="SBT-2"),
    requirement("SBT-2.2-tape", parent="SBT-2.2"),
    requirement("SBT-3", node="group", aggregate="any", kind="permission"),
    requirement("SBT-3.1-may", parent="SBT-3", kind="permission"),
)
CHECKS = tuple(item.id for item in SCOPE if item.node == "check")
COUNTING = {"SBT-1.1-must", "SBT-1.2-if", "SBT-2"}
_verdicts: st.SearchStrategy[Verdict] = st.sampled_from([GOOD, BAD, OFF, *(untold(cause) for cause in CAUSES)])
VERDICTS: st.SearchStrategy[Mapping[str, Verdict]] = st.dictionaries(st.sampled_from(CHECKS), _verdicts)
WAIVED = st.sets(st.sampled_from([item.id for item in SCOPE]), max_size=3)
ACCEPTED = st.sets(st.sampled_from(ACCEPTABLE_CAUSES))


def concluded(verdicts: Mapping[str, Verdict], waived: set[str] | None = None) -> tuple[Finding, ...]:
    return conclude(SCOPE, verdicts, {own_id: waiver(own_id) for own_id in waived or ()})


def by_id(findings: tuple[Finding, ...]) -> dict[str, Finding]:
    return {finding.requirement.id: finding for finding in findings}


@given(VERDICTS, WAIVED)
def test_every_requirement_has_one_finding_in_order(verdicts: Mapping[str, Verdict], waived: set[str]) -> None:
    findings = concluded(verdicts, waived)
    assert [finding.requirement for finding in findings] == list(SCOPE)
    for own_id, finding in by_id(findings).items():
        if finding.requirement.node == "check":
            assert finding.verdict == verdicts.get(own_id, NOT_SELECTED)
        assert (finding.waiver is not None) == (own_id in waived)


@given(VERDICTS)
def test_what_counts(verdicts: Mapping[str, Verdict]) -> None:
    found = by_id(concluded(verdicts))
    counting = {own_id for own_id, finding in found.items() if finding.counts}
    off = {own_id for own_id in ("SBT-1.2-if",) if isinstance(found[own_id].verdict, NotApplicable)}
    assert counting == COUNTING - off


def test_groups_are_computed_from_what_weighs() -> None:
    found = by_id(concluded({"SBT-1.1-must": GOOD, "SBT-1.2-if": OFF, "SBT-1.3-may": BAD, "SBT-1.4-says": GOOD,
                             "SBT-2.1-disk": BAD, "SBT-2.2-tape": GOOD, "SBT-3.1-may": GOOD}))  # fmt: skip
    assert {own_id: word(found[own_id].verdict) for own_id in ("SBT-1", "SBT-2", "SBT-2.2", "SBT-3")} == dict.fromkeys(
        ("SBT-1", "SBT-2", "SBT-2.2", "SBT-3"), "conforms"
    )


def test_a_group_of_which_nothing_is_in_scope_is_undetermined() -> None:
    group = requirement("SBT-9", node="group", aggregate="any")
    (finding,) = conclude((group,), {}, {})
    assert isinstance(finding.verdict, Undetermined)
    assert finding.counts
    assert exit_of([finding]) == 2


def test_a_member_of_an_any_group_counts_where_the_group_is_out_of_scope() -> None:
    member = requirement("SBT-2.1-disk", parent="SBT-2")
    assert counts(member, {member.id: member}, BAD)


def test_a_waiver_on_a_member_does_not_waive_its_group() -> None:
    verdicts: dict[str, Verdict] = {"SBT-1.1-must": GOOD, "SBT-1.2-if": GOOD, "SBT-2.1-disk": BAD, "SBT-2.2-tape": BAD}
    assert exit_of(concluded(verdicts, {"SBT-2.1-disk", "SBT-2.2-tape"})) == 1
    assert exit_of(concluded(verdicts, {"SBT-2"})) == 0


@given(VERDICTS, WAIVED, ACCEPTED)
def test_a_further_violation_that_counts_makes_it_1(
    verdicts: Mapping[str, Verdict], waived: set[str], accepted: set[Cause]
) -> None:
    findings = concluded(dict(verdicts) | {"SBT-1.1-must": BAD}, waived - {"SBT-1.1-must"})
    assert exit_of(findings, accepted) == 1


@given(VERDICTS, WAIVED, ACCEPTED, st.sampled_from([GOOD, BAD, OFF, untold()]))
def test_permissions_and_statements_never_matter(
    verdicts: Mapping[str, Verdict], waived: set[str], accepted: set[Cause], other: Verdict
) -> None:
    changed = dict(verdicts) | dict.fromkeys(("SBT-1.3-may", "SBT-1.4-says", "SBT-3.1-may"), other)
    assert exit_of(concluded(verdicts, waived), accepted) == exit_of(concluded(changed, waived), accepted)


@given(VERDICTS, WAIVED, ACCEPTED)
def test_the_exit_follows_the_contract(verdicts: Mapping[str, Verdict], waived: set[str], accepted: set[Cause]) -> None:
    findings = concluded(verdicts, waived)
    counting = [finding for finding in findings if finding.counts]
    open_ones = [finding.verdict for finding in counting if finding.waiver is None]
    status = exit_of(findings, accepted)
    assert (status == 1) == any(isinstance(verdict, Violates) for verdict in open_ones)
    unknown = [verdict for verdict in open_ones if isinstance(verdict, Undetermined) and verdict.cause not in accepted]
    if status == 0:
        assert not unknown
        assert any(isinstance(finding.verdict, Conforms) for finding in counting)
    elif status == 2:
        assert unknown or not any(isinstance(finding.verdict, Conforms) for finding in counting)


@given(VERDICTS, WAIVED, ACCEPTED)
def test_accepting_more_and_waiving_more_never_makes_it_worse(
    verdicts: Mapping[str, Verdict], waived: set[str], accepted: set[Cause]
) -> None:
    severity = {0: 0, 2: 1, 1: 2}
    less = severity[exit_of(concluded(verdicts), ())]
    assert severity[exit_of(concluded(verdicts), accepted)] <= less
    assert severity[exit_of(concluded(verdicts, waived), ())] <= less


def test_nothing_conforming_is_2_whatever_is_accepted_or_waived() -> None:
    verdicts: dict[str, Verdict] = dict.fromkeys(CHECKS, untold("permission"))
    assert exit_of(concluded(verdicts), ACCEPTABLE_CAUSES) == 2
    assert exit_of(concluded(dict.fromkeys(CHECKS, BAD), {item.id for item in SCOPE}), ACCEPTABLE_CAUSES) == 2
    assert exit_of(concluded(dict.fromkeys(CHECKS, OFF)), ACCEPTABLE_CAUSES) == 2
    assert exit_of((), ()) == 2


def test_something_conforming_that_does_not_count_is_not_enough() -> None:
    verdicts: dict[str, Verdict] = dict.fromkeys(CHECKS, untold("document"))
    verdicts["SBT-1.3-may"] = GOOD
    assert exit_of(concluded(verdicts), ACCEPTABLE_CAUSES) == 2


@pytest.mark.parametrize("cause", sorted(set(CAUSES) - set(ACCEPTABLE_CAUSES)))
def test_a_cause_that_may_not_be_accepted_is_refused(cause: Cause) -> None:
    with pytest.raises(ValueError, match=cause):
        exit_of(concluded({}), [cause])


@given(VERDICTS, WAIVED)
def test_counts_add_up_and_waived_ones_stand_under_their_verdict_too(
    verdicts: Mapping[str, Verdict], waived: set[str]
) -> None:
    findings = concluded(verdicts, waived)
    numbers = tally(findings)
    assert sum(number for name, number in numbers.items() if name != "waived") == len(findings)
    assert numbers["waived"] == len(waived)


@given(VERDICTS, WAIVED, ACCEPTED)
def test_the_footer_is_computed_and_never_given(
    verdicts: Mapping[str, Verdict], waived: set[str], accepted: set[Cause]
) -> None:
    findings = concluded(verdicts, waived)
    header = dataclasses.replace(dossier().report.header, accepted_causes=tuple(sorted(accepted)))
    report = close(header, findings)
    assert report.footer.total == len(SCOPE)
    assert report.footer.summary == tally(findings)
    assert report.footer.counting == tally(finding for finding in findings if finding.counts)
    assert report.footer.exit == exit_of(findings, accepted)
    assert close(header, findings) == report
    fewer = close(header, findings[1:])
    assert fewer.footer.total == len(SCOPE) - 1
