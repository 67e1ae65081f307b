"""The plan: what the selected requirements need, with what must come before, each look once, in the table's order."""

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.catalogue.load import judged_records, load_catalogue
from conformance.judges.judgement import NOT_BUILT, Judgement
from conformance.judges.table import JUDGEMENTS
from conformance.plan import plan
from probes.look import Probe
from probes.registry import PROBES
from tests.conformance.looks import probe, table, target
from tests.reports.dossiers import requirement

A, B, C = (requirement(f"SBT-1.{number}-x") for number in (1, 2, 3))


def judgement(*kinds: str) -> Judgement:
    return Judgement(parts={kind: lambda *_: NOT_BUILT for kind in kinds})


def test_only_what_is_needed_is_planned_and_once(tmp_path: Path) -> None:
    probes = table(probe("net"), probe("shop"), probe("idle"))
    judgements = {A.id: judgement("shop", "net"), B.id: judgement("net"), C.id: judgement("idle")}
    assert [look.name for look in plan([A, B], judgements, probes, target(tmp_path))] == ["net/one", "shop/one"]
    assert [look.name for look in plan([A, A], judgements, probes, target(tmp_path))] == ["net/one", "shop/one"]
    assert plan([], judgements, probes, target(tmp_path)) == ()


def test_what_must_come_before_is_planned_too_through_any_depth(tmp_path: Path) -> None:
    probes = table(
        probe("order", after=("register",)), probe("register", after=("home",)), probe("home"), probe("else")
    )
    looks = plan([A], {A.id: judgement("order")}, probes, target(tmp_path))
    assert [look.name for look in looks] == ["order/one", "register/one", "home/one"]


def test_each_subject_is_a_look_of_its_own(tmp_path: Path) -> None:
    probes = table(probe("shop", subjects=("buyer_a", "buyer_b")), probe("net", subjects=()))
    looks = plan([A], {A.id: judgement("shop", "net")}, probes, target(tmp_path))
    assert [look.name for look in looks] == ["shop/buyer_a", "shop/buyer_b"]


def test_what_has_no_judge_or_is_declared_not_applicable_needs_no_look(tmp_path: Path) -> None:
    probes = table(probe("net"), probe("shop"))
    judgements = {A.id: judgement("net"), B.id: judgement("shop")}
    excused = dataclasses.replace(target(tmp_path), not_applicable={A.id: "sold elsewhere"})
    assert [look.name for look in plan([A, B, C], judgements, probes, excused)] == ["shop/one"]


def test_a_kind_that_no_probe_yields_is_a_bug(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        plan([A], {A.id: judgement("unheard-of")}, table(probe("net")), target(tmp_path))


@given(st.data())
def test_plans_are_closed_over_what_comes_before(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    given_target = target(tmp_path_factory.getbasetemp())
    probes: dict[str, Probe] = {}
    for number in range(data.draw(st.integers(1, 8))):
        before = tuple(data.draw(st.sets(st.sampled_from(sorted(probes)), max_size=3))) if probes else ()
        probes[f"p{number}"] = probe(f"p{number}", after=before)
    asked = data.draw(st.sets(st.sampled_from(sorted(probes))))
    looks = plan([A], {A.id: judgement(*asked)}, probes, given_target)
    names = [look.probe.name for look in looks]
    assert len(names) == len(set(names))
    assert asked <= set(names)
    assert all(before in names for look in looks for before in look.probe.after)
    assert names == [name for name in probes if name in set(names)]
    needless = set(names) - asked
    assert all(any(name in probes[other].after for other in names) for name in needless)


def test_the_whole_catalogue_needs_every_probe_but_no_other(tmp_path: Path) -> None:
    records = judged_records(load_catalogue().requirements)
    probes = {name: dataclasses.replace(one, subjects=lambda _: ("x",)) for name, one in PROBES.items()}
    assert [look.probe.name for look in plan(records, JUDGEMENTS, probes, target(tmp_path))] == list(PROBES)
