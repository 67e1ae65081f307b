"""Clause families: each judged record is in exactly one suite file, and the files are the table."""

import ast
from collections import Counter
from pathlib import Path

import pytest

from conformance.catalogue.load import judged_records, load_catalogue
from conformance.families import FAMILIES, family_of
from conformance.judges.table import JUDGEMENTS
from tests.reports.dossiers import requirement

SUITES = Path(__file__).parents[2] / "conformance" / "suites"
RECORDS = judged_records(load_catalogue().requirements)


def family_in(path: Path) -> str:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    (named,) = (
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["FAMILY"]
    )
    return str(ast.literal_eval(named))


def test_the_suite_files_are_the_table() -> None:
    files = sorted(SUITES.glob("test_*.py"))
    assert [path.stem.removeprefix("test_") for path in files] == sorted(FAMILIES)
    assert [family_in(path) for path in files] == [path.stem.removeprefix("test_") for path in files]


def test_every_suite_file_has_the_one_test_of_three_lines() -> None:
    bodies = set()
    for path in SUITES.glob("test_*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
        assert [function.name for function in functions] == ["test_clause"]
        bodies.add(ast.unparse(functions[0]))
    assert len(bodies) == 1


def test_every_judged_record_is_in_exactly_one_family_and_no_family_is_empty() -> None:
    found = Counter(family_of(record) for record in RECORDS)
    assert found.total() == len(RECORDS)
    assert set(found) == set(FAMILIES)
    prefixes = [prefix for listed in FAMILIES.values() for prefix in listed]
    assert len(prefixes) == len(set(prefixes))
    for one in prefixes:
        assert not any(other != one and other.startswith(f"{one}.") for other in prefixes), one


def test_every_judge_is_reached_by_a_suite() -> None:
    assert {family_of(load_catalogue().by_id[own_id]) for own_id in JUDGEMENTS} <= set(FAMILIES)


@pytest.mark.parametrize(
    ("clause", "family"),
    [("3.1.3.2#1", "transactions"), ("3.1.3", "transactions"), ("3.1.2.3#1", "network"),
     ("7.2.3#9", "customer_information"), ("REF#1", "scope_and_terms"), ("6#2", "payment")],
)  # fmt: skip
def test_a_clause_is_in_the_family_of_those_above_it(clause: str, family: str) -> None:
    assert family_of(requirement("SBT-x-y", clause=clause)) == family


@pytest.mark.parametrize("clause", ["3.1.33", "8.1", "31.3", "3.1"])
def test_a_clause_that_no_family_has_is_a_bug_that_names_it(clause: str) -> None:
    with pytest.raises(LookupError, match=clause):
        family_of(requirement("SBT-x-y", clause=clause))
