from probes.errors import CAUSES
from reports import overview, words
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
