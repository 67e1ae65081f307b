import dataclasses
import re
from pathlib import Path

import pytest

from conformance.catalogue.load import Catalogue, load_catalogue
from conformance.stricter import faults_against, target_for, tightened
from probes.canonical import freeze
from probes.errors import SettingsError

HEAD = '[platform]\nid = "x"\nname = "X"\nbase_url = "https://shop.example"\n'
WAIVER = '[[waivers]]\nreason = "r"\nowner = "o"\nexpires = 2027-01-01T00:00:00Z\ncheck = '

FAULTS = {
    f'{WAIVER}"SBT-3.2.5-pages"': (
        "9: [[waivers]] number 1 check: no requirement 'SBT-3.2.5-pages'; did you mean SBT-3.2.5-page, "
    ),
    f'{WAIVER}"licence"': ("9: [[waivers]] number 1 check: no requirement 'licence'; duheng explain --list shows all"),
    '[not_applicable."SBT-9"]\nreason = "r"': "5: [not_applicable] SBT-9: no requirement 'SBT-9'; ",
    '[thresholds."SBT-9"]\nmtbf = 9000': "5: [thresholds] SBT-9: no requirement 'SBT-9'; ",
    '[thresholds."SBT-3.1.1.2-mtbf"]\nmttr = 1': (
        "6: [thresholds.SBT-3.1.1.2-mtbf] mttr: the clause has no such metric; it has: mtbf"
    ),
    '[thresholds."SBT-3.2.5-page"]\npages = 1': (
        "6: [thresholds.SBT-3.2.5-page] pages: the clause has no such metric; it has: none"
    ),
    '[thresholds."SBT-3.1.1.2-mtbf"]\nmtbf = 8499.5': (
        "6: [thresholds.SBT-3.1.1.2-mtbf] mtbf: 8499.5 is looser than the clause's >= 8500 h; "
        "only stricter bounds are taken"
    ),
    '[thresholds."SBT-3.1.1.2-sw-mttr"]\nsoftware_mttr = 4.5': (
        "6: [thresholds.SBT-3.1.1.2-sw-mttr] software_mttr: 4.5 is looser than the clause's < 4 h; "
        "only stricter bounds are taken"
    ),
    '[thresholds."SBT-3.1.1.4.2-general"]\nrecovery_degree_general_disaster = 101': (
        "6: [thresholds.SBT-3.1.1.4.2-general] recovery_degree_general_disaster: 101 is looser than the clause's "
        "== 100 %; only stricter bounds are taken"
    ),
}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def told(folder: Path, text: str, catalogue: Catalogue) -> tuple[str, ...]:
    path = folder / "duheng.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as raised:
        target_for(path, catalogue)
    return raised.value.faults


@pytest.mark.parametrize(("lines", "fault"), FAULTS.items())
def test_each_rule_has_its_message(tmp_path: Path, catalogue: Catalogue, lines: str, fault: str) -> None:
    (found,) = told(tmp_path, f"{HEAD}{lines}\n", catalogue)
    assert found.startswith(f"duheng.toml:{fault}")


def test_faults_of_file_and_catalogue_are_told_together_in_the_order_of_the_lines(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    found = told(tmp_path, f'{HEAD}colour = 1\n{WAIVER}"licence"\n[limits]\nworkers = 0\n', catalogue)
    assert [re.sub(r": .*", "", fault) for fault in found] == ["duheng.toml:5", "duheng.toml:10", "duheng.toml:12"]


def test_stricter_and_equal_bounds_are_taken(tmp_path: Path, catalogue: Catalogue) -> None:
    path = tmp_path / "duheng.toml"
    path.write_text(
        f'{HEAD}[thresholds."SBT-3.1.1.2-mtbf"]\nmtbf = 9000\n[thresholds."SBT-3.1.1.2-sw-mttr"]\nsoftware_mttr = 4\n'
        '[thresholds."SBT-3.1.1.4.2-severe"]\nrecovery_degree_severe_disaster = 99.5\n',
        encoding="utf-8",
    )
    target = target_for(path, catalogue)
    own = tightened(catalogue.by_id["SBT-3.1.1.2-mtbf"], target.declarations())
    assert [(bound.metric, bound.operator, bound.value) for bound in own.thresholds] == [("mtbf", ">=", 9000.0)]
    other = catalogue.by_id["SBT-3.1.1.2-hw-mttr"]
    assert tightened(other, target.declarations()) is other


@pytest.mark.parametrize(
    "written",
    [
        {},
        {"waivers": 5, "thresholds": [], "not_applicable": "x"},
        {"waivers": [3, {"check": 7}, {}], "thresholds": {"SBT-3.1.1.2-mtbf": 5}},
        {"thresholds": {"SBT-3.1.1.2-mtbf": {"mtbf": "many"}}},
    ],
)
def test_what_is_no_sound_file_is_left_to_the_other_rules(catalogue: Catalogue, written: dict[str, object]) -> None:
    assert list(faults_against(written, catalogue)) == []


def test_only_the_named_metric_changes(catalogue: Catalogue) -> None:
    requirement = next(item for item in catalogue.requirements if len(item.thresholds) > 1)
    first, *others = requirement.thresholds
    declared = freeze({"thresholds": {requirement.id: {first.metric: first.value}}})
    same = tightened(requirement, declared)
    assert same == dataclasses.replace(requirement, thresholds=(first, *others))
