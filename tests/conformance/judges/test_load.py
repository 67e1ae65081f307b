"""The load checks on recorded runs: all is well, each is wrong in one named way, and what tells nothing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from conformance.judges.firewall_under_load import LOST
from conformance.judges.load_runs import Run
from probes.clock import rfc3339
from probes.errors import CAUSES, Cause
from reports.verdict import Conforms, Undetermined, Violates, word
from tests.conformance.judges.evidence import SEEN_AT, Data, requirement
from tests.conformance.judges.load_evidence import KIND, STARTED_MS, World, world
from tests.conformance.judges.load_subjects import (
    DATABASE,
    FIREWALL,
    HOT,
    LOAD,
    PEAK,
    SUBJECTS,
    Subject,
    at_the_gate,
    failed_steps,
    of_database,
    of_orders,
    of_payments,
    of_queries,
    of_run,
    peak_of,
    purchases,
)
from tests.conformance.judges.ways import HALF_WIDTH

Change = Callable[[World], Any]


@pytest.mark.parametrize("subject", SUBJECTS, ids=[subject.name for subject in SUBJECTS])
def test_each_subject_violates_its_check_and_no_other(subject: Subject) -> None:
    wrong = world(subject.change)
    told = {own_id: wrong.told(own_id) for own_id in LOAD}
    violated = {own_id for own_id, verdict in told.items() if isinstance(verdict, Violates)}
    assert violated == {subject.violates, *subject.also}, {own_id: told[own_id].reason.en for own_id in violated}
    verdict = told[subject.violates]
    assert isinstance(verdict, Violates)
    assert verdict.repeat[0].startswith("duheng load ")
    assert subject.says in verdict.reason.en
    assert not [each.reason.zh for each in told.values() if HALF_WIDTH.search(each.reason.zh)]


@pytest.mark.parametrize("cause", CAUSES)
@pytest.mark.parametrize("own_id", LOAD)
def test_what_could_not_be_recalled_is_undetermined_with_its_cause(own_id: str, cause: Cause) -> None:
    away = world()
    away.kinds[KIND]["platform"] = cause
    verdict = away.told(own_id)
    assert isinstance(verdict, Undetermined)
    assert verdict.cause == cause
    assert "it was not to be had" in verdict.reason.en


def old(world: World) -> None:
    world.recalled["until"] = rfc3339(SEEN_AT + timedelta(days=7))


WORKER_LOST = [{"code": "lost-worker", "worker": 2, "second": 7, "why": "killed"}]
NOTHING_TOLD: dict[str, tuple[Change, Cause, str]] = {
    "no run": (lambda world: world.recalled.update(runs=[]), "stale", "duheng load peak"),
    "too old": (old, "stale", "its limit is 168 h"),
    "of the future": (lambda world: world.run.update(ended_ms=world.run["ended_ms"] + 10**8), "stale", "limit"),
    "incomplete": (of_run(complete=False), "stale", "record is not complete"),
    "invalid": (of_run(valid=False, invalid=WORKER_LOST), "stale", "worker 2 was lost in second 7: killed"),
    "closed model": (of_run(model="closed"), "stale", "closed model"),
    "stopped, and more": (
        of_run(
            stopped={"why": "lost-worker", "detail": "a worker was lost"},
            complete=False,
            valid=False,
            invalid=[{"code": "stopped"}, {"code": "lost-worker", "worker": 1}],
        ),
        "stale",
        "it tells nothing",
    ),
    "silent on validity": (lambda world: world.run.pop("valid"), "stale", "not told to be valid"),
}


@pytest.mark.parametrize(("change", "cause", "says"), NOTHING_TOLD.values(), ids=NOTHING_TOLD.keys())
@pytest.mark.parametrize("own_id", LOAD)
def test_a_run_that_tells_nothing_is_no_pass_and_no_fault(own_id: str, change: Change, cause: Cause, says: str) -> None:
    every_fault = [subject.change for subject in SUBJECTS if subject.violates == own_id][:1]
    for changes in ([change], [*every_fault, change]):
        verdict = world(*changes).told(own_id)
        assert isinstance(verdict, Undetermined), verdict.reason.en
        assert verdict.cause == cause
        assert says in verdict.reason.en
        assert not HALF_WIDTH.search(verdict.reason.zh), verdict.reason.zh


def test_the_age_is_that_of_the_run_and_not_of_the_recall() -> None:
    limit = timedelta(seconds=requirement(PEAK).age_limit_s)
    just = world()
    just.recalled["until"] = rfc3339(SEEN_AT - timedelta(hours=8) + limit)
    assert word(just.told(PEAK)) == "conforms"


def held(seconds: float, rate: float = 5.0) -> Change:
    return lambda world: world.run["planned"].update(held_s=seconds, peak_rate_per_s=rate)


def less(table: str, *keys: str) -> Change:
    def change(world: World) -> None:
        for key in keys:
            world.declared[table].pop(key)

    return change


def unread_host(name: str, cause: Cause) -> Change:
    def change(world: World) -> None:
        told: Data = {"host": name, "roles": [], "site": None, "state": "unread", "cause": cause, "why": "no way in"}
        world.run["hosts"] = [each for each in world.run["hosts"] if each["host"] != name] + [told]

    return change


def without_host(name: str) -> Change:
    return lambda world: world.run.update(hosts=[each for each in world.run["hosts"] if each["host"] != name])


def gap(name: str, seconds: float) -> Change:
    return lambda world: world.host(name).update(gaps_s=seconds)


def another_gate(world: World) -> None:
    world.declared["hosts"].append({"name": "gate2", "address": "192.0.2.12", "roles": ["firewall"]})
    world.run["hosts"].append({**world.host("gate"), "host": "gate2", "interfaces": []})


def stopped_by_a_file(world: World) -> None:
    why = {"why": "stop-file", "detail": "the file is there"}
    world.run.update(stopped=why, complete=False, valid=False, invalid=[{"code": "stopped", **why}])


DOUBTS: dict[str, tuple[str, Change, Cause, str]] = {
    "peak: not declared": (PEAK, less("load", "peak_rate_per_s"), "settings", "load.peak_rate_per_s"),
    "peak: no limits": (PEAK, less("utilisation", "peak_disk_percent"), "settings", "utilisation.peak_disk_percent"),
    "peak: no hosts": (PEAK, lambda world: world.declared.update(hosts=[]), "settings", "hosts"),
    "peak: not held": (PEAK, held(1_799.0), "stale", "duheng load peak"),
    "peak: below": (PEAK, held(1_800.0, 4.9), "stale", "duheng load peak"),
    "peak: stopped": (PEAK, stopped_by_a_file, "stale", "stopped (the file is there)"),
    "peak: nothing answered": (PEAK, failed_steps(900, 900), "target", "no step of a shopper"),
    "backup: stopped": (HOT, stopped_by_a_file, "stale", "not run to its end"),
    "firewall: stopped": (FIREWALL, stopped_by_a_file, "stale", "duheng load peak"),
    "peak: host away": (PEAK, unread_host("db1", "permission"), "permission", "db1 was not sampled meanwhile"),
    "peak: host missing": (PEAK, without_host("gate"), "target", "gate was not sampled"),
    "peak: gaps": (PEAK, gap("web1", 40.0), "stale", "web1 was sampled for 97."),
    "peak: late": (PEAK, lambda w: w.host("web1").update(from_ms=STARTED_MS + 30_000), "stale", "98."),
    "peak: no minute": (PEAK, peak_of("web1", "cpu", None), "target", "no whole minute of samples of web1 CPU"),
    "peak: few steps": (PEAK, failed_steps(49, 3), "stale", "fewer than 50"),
    "peak: few minutes": (
        PEAK,
        lambda w: w.host("db1")["resources"]["disk"].update(minutes=3),
        "target",
        "db1 disk only 3 whole minutes",
    ),
    "peak: nobody ordered": (PEAK, of_orders(acknowledged=0, found=0), "stale", "nobody ordered"),
    "database: nobody ordered": (DATABASE, of_orders(acknowledged=0, found=0), "stale", "nobody ordered"),
    "peak: orders untold": (PEAK, of_run(business=None), "target", "what became of the orders"),
    "peak: nobody came": (PEAK, of_run(steps={}), "target", "no step of a shopper"),
    "peak: other load": (
        PEAK,
        lambda w: (held(1_800.0, 9.0)(w), peak_of("web1", "cpu", 99.0)(w)),
        "stale",
        "more than",
    ),
    "database: not declared": (DATABASE, lambda world: world.declared.update(databases=[]), "settings", "databases"),
    "database: no bound": (DATABASE, less("load", "query_p95_ms"), "settings", "load.query_p95_ms"),
    "database: not held": (DATABASE, held(60.0), "stale", "duheng load peak"),
    "database: host away": (DATABASE, unread_host("db1", "target"), "target", "the database orders was not read"),
    "database: unread": (
        DATABASE,
        of_database(state="unread", cause="permission", why="refused"),
        "permission",
        "refused",
    ),
    "database: errors unknown": (DATABASE, of_database(errors=None, why="no log"), "settings", "no log"),
    "database: no durations": (
        DATABASE,
        of_queries(count=None, p95=None, why="switched off"),
        "settings",
        "switched off",
    ),
    "database: nobody asked": (DATABASE, of_queries(count=0), "settings", "query times"),
    "database: only by us": (
        DATABASE,
        lambda w: (of_queries(count=1_800)(w), of_database(looks=370)(w)),
        "settings",
        "hardly anybody but this tool",
    ),
    "database: gaps": (DATABASE, gap("db1", 1_200.0), "stale", "db1 was sampled for 35"),
    "database: orders untold": (DATABASE, of_run(business=None), "target", "what became of the orders"),
    "database: bound too wide": (DATABASE, of_queries(p95=None, p95_at_most=400.0), "settings", "at most 400 ms"),
    "database: orders unread": (DATABASE, of_orders(unread=2), "target", "2 orders could not be read back"),
    "database: charges unread": (
        DATABASE,
        of_payments(paid=None, unread="answered 503"),
        "target",
        "the provider's list of payments could not be read (answered 503)",
    ),
    "database: other load": (
        DATABASE,
        lambda w: (held(1_800.0, 9.0)(w), of_database(errors=1)(w)),
        "stale",
        "more than",
    ),
    "firewall: none": (FIREWALL, lambda world: world.declared["hosts"].pop(), "settings", '"firewall"'),
    "firewall: not held": (FIREWALL, held(60.0), "stale", "duheng load peak"),
    "firewall: away": (FIREWALL, unread_host("gate", "target"), "target", "gate was not sampled"),
    "firewall: no counters": (
        FIREWALL,
        lambda world: world.host("gate").update(interfaces=[]),
        "target",
        "no counters",
    ),
    "firewall: one of two without counters": (FIREWALL, another_gate, "target", "interfaces of gate2 told no counters"),
    "firewall: counters went back": (FIREWALL, at_the_gate(**dict.fromkeys(LOST, None)), "target", "no counters"),
    "firewall: no loss": (FIREWALL, lambda _: None, "document", "is twice that, by a document"),
    "firewall: stray frames": (FIREWALL, at_the_gate(rx_dropped=60), "document", "60 received frames"),
    "firewall: a tunnel": (FIREWALL, at_the_gate(hardware=False, tx_dropped=60, rx_errors=2), "document", "62 packets"),
    "firewall: small sheet": (
        FIREWALL,
        lambda w: w.declared["firewall"].update(throughput_mbit_s=300),
        "document",
        "not twice",
    ),
    "firewall: no sheet": (FIREWALL, less("firewall", "throughput_mbit_s"), "document", "data sheet has to be read"),
    "firewall: other load": (
        FIREWALL,
        lambda w: (held(1_800.0, 9.0)(w), at_the_gate(rx_fifo=1)(w)),
        "stale",
        "more than",
    ),
    "backup: none": (HOT, of_run(backup=None), "settings", "no backup was started"),
    "backup: not good": (HOT, lambda world: world.run["backup"].update(ok=False, why="status 7"), "target", "status 7"),
    "backup: not in its catalogue": (HOT, lambda world: world.run["backup"].update(id=None), "target", "no new entry"),
    "backup: too few": (HOT, purchases(19, 0), "stale", "only 19 purchases"),
    "backup: not over": (HOT, purchases(200, 0, 1), "target", "1 were not over when the run was"),
    "backup: nobody counted": (HOT, lambda world: world.run["backup"].pop("purchases"), "stale", "only 0 purchases"),
    "backup: other load": (HOT, lambda w: (held(1_800.0, 9.0)(w), purchases(90, 1)(w)), "stale", "more than"),
}


@pytest.mark.parametrize(("own_id", "change", "cause", "says"), DOUBTS.values(), ids=DOUBTS.keys())
def test_what_cannot_be_told_says_why(own_id: str, change: Change, cause: Cause, says: str) -> None:
    verdict = world(change).told(own_id)
    assert isinstance(verdict, Undetermined), verdict.reason.en
    assert verdict.cause == cause
    assert says in verdict.reason.en
    assert not HALF_WIDTH.search(verdict.reason.zh), verdict.reason.zh


@pytest.mark.parametrize("subject", SUBJECTS, ids=[subject.name for subject in SUBJECTS])
def test_a_host_that_is_away_does_not_hide_the_fault_of_another(subject: Subject) -> None:
    def spare(world: World) -> None:
        world.declared["hosts"].append({"name": "spare", "address": "192.0.2.11", "roles": []})

    assert isinstance(world(subject.change, spare).told(subject.violates), Violates)


def test_good_runs_say_what_they_stand_on() -> None:
    peak = world().told(PEAK)
    assert isinstance(peak, Conforms)
    assert peak.measured is not None
    assert (peak.measured.metric, peak.measured.value, peak.measured.unit) == ("cpu_minute_p99", 71.0, "%")
    assert "Load run peak, ended 2026-11-21 01:55 UTC, 5 shoppers/s, held 30.0 min" in peak.reason.en
    queries = world(of_queries(p95=None, p95_at_most=90.0)).told(DATABASE)
    assert word(queries) == "conforms"
    assert "p95 at most 90 ms" in queries.reason.en
    assert word(world(held(60.0), purchases(20, 0)).told(HOT)) == "conforms"  # no peak is asked for
    assert word(world(held(3_600.0, 8.0)).told(PEAK)) == "conforms"  # more than the peak, and nothing broke


@pytest.mark.parametrize("payments", [None, {"paid": 90, "doubled": [], "wrong": []}, "not declared"])
def test_without_a_wrong_charge_the_database_is_judged_as_ever(payments: Any) -> None:
    absent = world(lambda w: w.run["business"].pop("payments")).told(DATABASE)
    told = world(lambda w: w.run["business"].update(payments=payments)).told(DATABASE)
    assert word(told) == word(absent) == "conforms"
    assert told.reason == absent.reason


def test_a_wrong_charge_is_told_in_both_languages() -> None:
    told = world(of_payments(doubled=["100020", "100021"], wrong=["100022"], unread="answered 503")).told(DATABASE)
    assert word(told) == "violates"
    assert "2 orders charged twice (100020, 100021); 1 orders charged another amount (100022)" in told.reason.en
    assert "2 笔订单重复扣款（100020，100021）；1 笔订单扣款金额不符（100022）" in told.reason.zh


def test_a_failed_share_at_the_budget_is_within_it() -> None:
    assert word(world(failed_steps(100, 5)).told(PEAK)) == "conforms"
    tighter = world(failed_steps(100, 5))
    tighter.declared["load"]["error_share"] = 0.01
    assert word(tighter.told(PEAK)) == "violates"


def test_a_run_that_was_stopped_says_so_in_a_sentence() -> None:
    why = {"code": "stopped", "why": "stop-file", "detail": "the file stop is there", "second": 7}
    verdict = world(of_run(stopped="stop-file", complete=False, valid=False, invalid=[why])).told(PEAK)
    assert "stopped (the file stop is there)" in verdict.reason.en


def test_a_newer_run_that_does_not_count_hides_nothing() -> None:
    def broken(world: World) -> None:
        world.recalled["runs"].append({**world.run, "complete": False, "ended_ms": world.run["ended_ms"] + 1000})

    assert word(world(broken).told(PEAK)) == "conforms"
    assert word(world(broken, peak_of("db1", "cpu", 99.0)).told(PEAK)) == "violates"


def test_a_run_beside_a_backup_is_run_again_beside_it() -> None:
    run = Run(data={"profile": "peak", "backup": {"backup": "orders"}}, peak_per_s=None)
    assert run.command == "duheng load peak --backup orders"
    assert Run(data={"profile": "peak", "backup": None}, peak_per_s=None).command == "duheng load peak"
