import dataclasses
from collections.abc import Mapping

from probes.errors import CAUSES
from reports import overview, words
from reports.finding import Waiver
from reports.verdict import NotApplicable, Text, Undetermined, Verdict, Violates
from tests.reports import dossiers
from tests.reports.formats import sample

REPORT = sample.dossier(accepted_causes=("not-built",)).report


def test_chapters_add_up_to_the_footer() -> None:
    chapters = overview.chapters(REPORT)
    assert [each.chapter for each in chapters] == ["3.1", "3.2", "4", "5", "6", "7"]
    assert chapters[0].title.en == "Technical assurance"
    for name, number in REPORT.footer.counting.items():
        assert sum(each.counting[name] for each in chapters) == number
    for name, number in REPORT.footer.summary.items():
        assert sum(each.summary[name] for each in chapters) == number


def test_a_chapter_without_a_group_of_its_own_goes_by_its_number() -> None:
    report = sample.dossier(requirements=sample.catalogue()[1:2]).report
    (chapter,) = overview.chapters(report)
    assert (chapter.chapter, chapter.title.en) == ("3.1", "")


def test_a_chapter_whose_group_was_not_chosen_takes_its_title_from_the_catalogue() -> None:
    whole = overview.whole(dossiers.catalogue_json(sample.catalogue()))
    report = sample.dossier(requirements=sample.catalogue()[1:2]).report
    assert overview.chapters(report, whole.titles)[0].title.en == "Technical assurance"


def test_the_whole_catalogue_is_counted_whatever_was_chosen() -> None:
    whole = overview.whole(dossiers.catalogue_json(sample.catalogue()))
    assert whole.checks == sum(each.node == "check" for each in sample.catalogue())
    nothing = overview.whole(b"[]")
    assert (nothing.checks, nothing.titles) == (0, {})


def test_what_was_not_chosen_is_said_where_something_was_not() -> None:
    chosen = [each for each in sample.catalogue() if each.node == "check"][:3]
    report = sample.dossier(requirements=chosen).report
    told = overview.not_chosen(report, 556)
    assert told is not None
    assert told.en == "3 of 556 checks were chosen; nothing is said of the other 553."
    assert "全部 556 项检查中只选择了 3 项；其余 553 项均未检查" in told.zh
    unknown = overview.not_chosen(report, None)
    assert unknown is not None
    assert unknown.en == "Only 3 checks were chosen; nothing is said of any other."
    assert overview.not_chosen(report, 3) is None
    assert overview.not_chosen(sample.dossier(requirements=chosen, scope="all").report, 556) is None


def test_the_outcome_speaks_of_waivers_only_where_there_are_any() -> None:
    check = next(each for each in sample.catalogue() if each.node == "check")
    permission = dataclasses.replace(check, id="SBT-may", kind="permission")
    text = Text(zh="字", en="word")
    open_, bad = Undetermined(reason=text, cause="target"), Violates(reason=text, observations=())
    waiver = Waiver(requirement_id=check.id, reason="r", owner="o", expires_at="2026-04-30T23:59:59+08:00")

    def outcome(told: Mapping[str, Verdict], *waivers: Waiver) -> Text:
        by_id = {each.requirement_id: each for each in waivers}
        return overview.outcome(sample.report((check, permission), told, by_id, ()))

    assert outcome({check.id: open_, permission.id: open_}).en == "Nothing violates; some clauses could not be told"
    assert outcome({check.id: open_, permission.id: bad}).en.startswith("Nothing that counts violates; some")
    assert outcome({check.id: bad, permission.id: open_}, waiver) == words.EXITS[2]
    assert outcome({check.id: bad, permission.id: open_}) == words.EXITS[1]
    assert outcome({check.id: NotApplicable(reason=text), permission.id: open_}).en.endswith(
        "nothing was found to conform either"
    )


def test_what_could_not_be_told_adds_up_and_names_each_cause() -> None:
    unknowns = overview.unknowns(REPORT)
    assert [each.cause for each in unknowns] == list(words.CAUSE_ORDER)
    assert sum(len(each.findings) for each in unknowns) == REPORT.footer.summary["undetermined"]
    assert sum(each.counting for each in unknowns) == REPORT.footer.counting["undetermined"]
    assert {each.cause for each in unknowns if each.accepted} == {"not-built"}


def test_groups_that_only_repeat_their_checks_are_no_violations_of_their_own() -> None:
    found = overview.violations(REPORT)
    assert {each.requirement.node for each in found if not each.counts} <= {"check"}
    assert all(each.requirement.node == "check" or each.requirement.aggregate == "any" for each in found)


def test_coverage_is_of_what_counts() -> None:
    seen, counting = overview.coverage(REPORT), REPORT.footer.counting
    assert seen.untold == counting["undetermined"]
    assert seen.counting == sum(each.counts for each in REPORT.findings)


def test_every_cause_has_its_words_and_its_place() -> None:
    assert set(words.CAUSES) == set(words.CAUSES_NEXT) == set(words.CAUSE_ORDER) == set(CAUSES)
    assert len(words.CAUSE_ORDER) == len(CAUSES)
