"""What the judges of backups make of doubt: unverified, undated, unread, short records, thinned ones, lost looks."""

import itertools
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.judges.backup_gaps import longest
from conformance.judges.cron import cron
from reports.verdict import Conforms, NotApplicable, Undetermined, Verdict, Violates
from tests.conformance.judges.backup_evidence import (
    HOUR_MS,
    LAST_MS,
    READ_MS,
    World,
    array,
    content,
    raid,
    run,
    runs,
    world,
)
from tests.conformance.judges.backup_subjects import by_cron, catalogue, hole, nightly, timer, without
from tests.conformance.judges.ways import HALF_WIDTH

INCREMENTAL = "SBT-3.1.1.3.3-incremental"
UNKNOWN = {"how": "verify", "at_ms": None, "ok": None, "understood": False, "why": "it said nothing"}


def doubted(name: str, **changes: Any) -> Callable[[World], None]:
    """Change the incremental backup that began 20 h before the newest."""

    def change(made: World) -> None:
        for entry in made.catalogues[name]["backups"]:
            if entry["kind"] == "incremental" and entry["started_ms"] == LAST_MS - 20 * HOUR_MS:
                entry.update(changes)

    return change


def cause(made: World, own_id: str) -> str:
    verdict = made.told(own_id)
    assert isinstance(verdict, Undetermined), verdict.reason.en
    return verdict.cause


@pytest.mark.parametrize(
    "changes",
    [
        {"verified": None, "good": False},
        {"verified": UNKNOWN, "good": False},
        {"good": False},  # what it stands on is not verified
        {"flaws": ["from-the-future"], "good": False},
        {"flaws": ["no-start"], "started_ms": None, "good": False},
    ],
)
def test_one_backup_that_may_be_good_or_not_leaves_its_gap_untold(changes: dict[str, Any]) -> None:
    assert cause(world(doubted("near", **changes)), INCREMENTAL) == "target"


@pytest.mark.parametrize("flaw", ["half-written", "missing-base", "broken-base", "no-manifest"])
def test_one_backup_that_cannot_be_restored_makes_a_gap(flaw: str) -> None:
    verdict = world(doubted("near", flaws=[flaw], good=False)).told(INCREMENTAL)
    assert isinstance(verdict, Violates)
    assert verdict.measured is not None
    assert verdict.measured.value == 4
    assert verdict.threshold is not None


def test_an_unverified_backup_does_not_hide_a_longer_gap() -> None:
    made = world(doubted("near", verified=None, good=False), hole("incremental", 51, 60))
    assert isinstance(made.told(INCREMENTAL), Violates)


def test_entries_that_could_not_be_read_may_lie_in_the_gap() -> None:
    assert cause(world(hole("incremental", 51, 60), catalogue("near", unread=3)), INCREMENTAL) == "target"


def test_a_record_shorter_than_its_period_cannot_conform() -> None:
    made = world(lambda each: each.only("near"))
    made.catalogues["near"]["backups"] = [run("full", READ_MS - 5 * HOUR_MS), run("full", READ_MS - HOUR_MS)]
    made.catalogues["near"]["schedule"] |= {"incremental_h": None, "differential_h": None}
    assert cause(made, "SBT-3.1.1.3.3-full") == "stale"
    assert isinstance(made.told("SBT-3.1.1.3.1-full"), Conforms)


def test_the_time_since_the_newest_is_a_gap_too() -> None:
    made = world(hole("incremental", 0, 3))
    verdict = made.told(INCREMENTAL)
    assert isinstance(verdict, Violates)
    assert verdict.measured is not None
    assert verdict.measured.value == round((READ_MS - LAST_MS) / HOUR_MS + 4, 3)


def test_a_kind_that_is_not_in_use_is_not_applicable_unless_a_catalogue_is_missing() -> None:
    unused = without("differential", cycle=True)
    assert isinstance(world(unused).told("SBT-3.1.1.3.3-differential"), NotApplicable)
    assert cause(world(unused).lose("backup.catalogue", "vault"), "SBT-3.1.1.3.3-differential") == "target"


def test_what_retention_thinned_out_is_no_gap_where_that_is_declared_and_recent_gaps_stay() -> None:
    thinned = hole("incremental", 175, 200)
    times = world().catalogues["near"]["schedule"]
    kept = catalogue("near", schedule=times | {"kept_whole_h": 1})
    assert isinstance(world(thinned).told(INCREMENTAL), Violates)
    assert isinstance(world(thinned, kept).told(INCREMENTAL), Conforms)
    assert isinstance(world(hole("incremental", 20, 30), kept).told(INCREMENTAL), Violates)


def test_a_yearly_archive_beside_takes_nothing_from_the_frequent_backups() -> None:
    made = world()
    made.catalogues["vault"]["backups"].insert(0, run("full", READ_MS - 9000 * HOUR_MS))
    assert isinstance(made.told("SBT-3.1.1.3.3-full"), Conforms)


@pytest.mark.parametrize("own_id", ["SBT-3.1.1.3.1-incremental", "SBT-3.1.1.3.2-local", "SBT-3.1.1.3.5-image"])
def test_where_one_suffices_another_that_is_away_changes_nothing(own_id: str) -> None:
    assert isinstance(world().lose("backup.catalogue", "remote").told(own_id), Conforms)


@pytest.mark.parametrize("own_id", ["SBT-3.1.1.3.5-multi-kind", "SBT-3.1.1.3.5-scheduled", INCREMENTAL])
def test_where_all_must_one_that_is_away_keeps_it_from_conforming(own_id: str) -> None:
    assert cause(world().lose("backup.catalogue", "remote", cause="permission"), own_id) == "permission"


def test_a_gap_that_a_lost_catalogue_of_the_same_data_might_fill_is_not_told_as_one() -> None:
    made = world(hole("incremental", 51, 60))
    assert cause(made.lose("backup.catalogue", "vault"), INCREMENTAL) == "target"
    apart = world(hole("incremental", 51, 60)).lose("backup.catalogue", "vault")
    apart.declared["backups"][-1]["holds"] = []
    assert isinstance(apart.told(INCREMENTAL), Violates)


def test_places_need_labels_on_both_sides() -> None:
    for own_id in ("SBT-3.1.1.3.2-local", "SBT-3.1.1.3.2-remote", "SBT-3.1.3.4-physical-fire"):
        unlabelled = world()
        for host in unlabelled.declared["hosts"]:
            host.pop("site")
        assert cause(unlabelled, own_id) == "settings"
        assert cause(world(*(catalogue(name, site=None) for name in ("near", "remote", "vault"))), own_id) == "settings"


def test_a_host_whose_role_is_not_declared_leaves_the_offline_copy_untold() -> None:
    made = world()
    made.declared["hosts"][-1].pop("roles")
    assert cause(made, "SBT-3.1.1.3.1-offline") == "settings"


def test_a_schedule_that_could_not_be_read_in_whole_is_not_missing() -> None:
    made = world()
    section = made.facts["db1"]["sections"]["schedule"]["data"]
    section["timers"], section["unread"] = [], [{"state": "unread", "cause": "permission", "why": "crontabs"}]
    assert cause(made, "SBT-3.1.1.3.5-scheduled") == "permission"
    made.facts["db1"]["sections"]["schedule"] = {"state": "unread", "cause": "settings", "why": "no systemd"}
    assert cause(made, "SBT-3.1.1.3.5-start-date") == "settings"


def test_disks_that_a_controller_hides_or_a_cloud_keeps_are_not_single_disks() -> None:
    made = world()
    hidden = raid() | {"redundant": None, "controllers": ["megaraid_sas"]}
    made.facts["db1"]["sections"]["raid"]["data"] = hidden
    assert cause(made, "SBT-3.1.1.3.5-raid") == "target"
    made.facts["db1"]["sections"] |= {
        "raid": {"state": "read", "data": raid()},
        "age": {"state": "read", "data": {"virtual": "KVM"}},
    }
    assert cause(made, "SBT-3.1.1.3.5-raid") == "document"


@pytest.mark.parametrize(
    ("level", "wanted", "active", "fails"), [("raid6", 4, 3, False), ("raid5", 3, 2, True), ("raid10", 4, 3, True)]
)
def test_an_array_conforms_as_long_as_one_more_disk_may_fail(level: str, wanted: int, active: int, fails: bool) -> None:
    made = world()
    degraded = array(level, "degraded", wanted, active)
    made.facts["db1"]["sections"]["raid"]["data"] = raid(degraded)
    assert isinstance(made.told("SBT-3.1.1.3.5-raid"), Violates if fails else Conforms)


def test_a_web_host_that_is_away_does_not_bear_on_the_arrays_of_those_that_keep_data() -> None:
    assert isinstance(world().lose("host.facts", "web1").told("SBT-3.1.1.3.5-raid"), Conforms)
    assert cause(world().lose("host.facts", "db1"), "SBT-3.1.1.3.5-raid") == "target"


def test_a_restore_without_a_manifest_or_a_count_proves_nothing() -> None:
    made = world()
    for data in made.restores.values():
        data["kinds"], data["manifest"] = {}, {"found": False, "stopped_ms": None, "why": "none beside it"}
    for own_id in ("SBT-3.1.1.3.4-pages", "SBT-3.1.1.3.5-integrity", "SBT-3.1.3.4-physical-fire"):
        assert cause(made, own_id) == "settings"
    uncounted = world()
    for data in uncounted.restores.values():
        data["kinds"]["pages"]["sources"][0] |= {"sha256_found": None, "why": "sha256sum: not found"}
    assert cause(uncounted, "SBT-3.1.1.3.4-pages") == "target"
    assert cause(uncounted, "SBT-3.1.1.3.5-integrity") == "target"


def test_a_byte_that_was_not_flipped_proves_nothing() -> None:
    made = world()
    made.restores["near"]["flipped"] = {"tried": False, "refused": None, "why": "no room"}
    assert cause(made, "SBT-3.1.1.3.5-verify-means") == "target"


def test_a_copy_that_did_not_pass_before_the_flip_proves_nothing() -> None:
    for before in (None, {"ok": False, "understood": True}, {"ok": None, "understood": False}):
        made = world()
        made.restores["near"]["flipped"] = {"tried": True, "refused": True, "why": "mismatch", "before": before}
        assert cause(made, "SBT-3.1.1.3.5-verify-means") == "target"


def test_a_manifest_that_counts_nothing_of_what_is_declared_proves_nothing() -> None:
    empty = {"expected": 0, "found": 0, "sha256_expected": "e3" * 32, "sha256_found": "e3" * 32}
    for data in (content("trades", **empty), None):
        made = world()
        for restored in made.restores.values():
            restored["kinds"] |= {"trades": data}
            if data is None:
                del restored["kinds"]["trades"]
        for own_id in ("SBT-3.1.1.3.5-integrity", "SBT-3.1.3.4-physical-fire"):
            assert cause(made, own_id) == "settings"


def test_a_site_that_nothing_bears_out_is_not_believed() -> None:
    lost = {"same_host": None, "address": None}
    for name, own_id in (("near", "SBT-3.1.1.3.2-local"), ("remote", "SBT-3.1.1.3.2-remote")):
        made = world(catalogue(name, lies_on=lost)).only(name)
        assert cause(made, own_id) == "document"
    nowhere = (catalogue(name, lies_on=lost) for name in ("remote", "vault"))
    assert cause(world(*nowhere), "SBT-3.1.3.4-physical-fire") == "document"


@pytest.mark.parametrize("address", ["192.0.2.1", "192.0.2.1:2222", "[2001:db8::1]:22"])
def test_a_repository_at_the_address_of_a_production_host_is_not_elsewhere(address: str) -> None:
    told = address.strip("[]").removesuffix(":2222").removesuffix("]:22")
    made = world(lambda each: each.only("near", "remote"))
    made.catalogues["remote"]["lies_on"] = {"same_host": False, "address": told}
    made.declared["hosts"][0]["address"] = address
    assert isinstance(made.told("SBT-3.1.1.3.2-remote"), Violates)


def test_a_repository_on_a_host_without_a_label_lies_nowhere_in_particular() -> None:
    made = world(catalogue("vault", lies_on={"same_host": True, "address": None}), lambda each: each.only("vault"))
    made.declared["hosts"][-1].pop("site")
    assert cause(made, "SBT-3.1.1.3.2-remote") == "settings"


def test_a_list_that_a_command_prints_does_not_show_that_copies_are_offline() -> None:
    assert cause(world(catalogue("vault", tool="command", host="db1")), "SBT-3.1.1.3.1-offline") == "document"


def test_a_kind_is_not_absent_while_entries_could_not_be_read() -> None:
    made = world(without("differential", cycle=True), catalogue("near", unread=1))
    assert cause(made, "SBT-3.1.1.3.3-differential") == "target"


def test_a_gap_among_entries_that_were_counted_only_is_not_lost() -> None:
    gap = {"longest_s": 9 * 3600.0, "from_ms": READ_MS - 9000 * HOUR_MS, "to_ms": READ_MS - 8991 * HOUR_MS}
    assert cause(world(catalogue("near", read=20_000, gaps={"incremental": gap})), INCREMENTAL) == "target"
    short = gap | {"longest_s": 2 * 3600.0}
    assert isinstance(world(catalogue("near", read=20_000, gaps={"incremental": short})).told(INCREMENTAL), Conforms)


def test_a_timer_that_counts_from_the_start_of_the_host_takes_no_date() -> None:
    for which in ("start", "stop"):
        made = world(timer("bak1", "tape.timer", calendar=[], monotonic=["OnBootSec=12h"]))
        assert isinstance(made.told(f"SBT-3.1.1.3.5-{which}-date"), Violates)


def test_cron_fires_in_the_zone_of_its_host() -> None:
    hour = (LAST_MS // HOUR_MS % 12 + 5) % 12  # as a clock at +05:00 shows the even hour
    made = world(by_cron("remote", "db1", f"0 {hour},{hour + 12} * * *"))
    made.catalogues["remote"]["schedule"]["zone"] = None
    made.catalogues["remote"]["backups"] = runs("full", 12, 210, place="remote", site="Hangzhou")
    assert isinstance(made.told("SBT-3.1.1.3.5-scheduled"), Violates)
    made.facts["db1"]["sections"]["clock"] = {"state": "read", "data": {"zone": "Asia/Karachi"}}
    assert isinstance(made.told("SBT-3.1.1.3.5-scheduled"), Conforms)


SCHEDULED = "SBT-3.1.1.3.5-scheduled"
SIXTEEN_OF_THIRTY = (*range(0, 30, 2), 1)


@pytest.mark.parametrize("started_by", ["tape.timer", "cron"])
def test_a_job_that_ran_in_just_over_half_of_its_nights_is_untold_unless_all_are_kept(started_by: str) -> None:
    line = f"0 {LAST_MS // HOUR_MS % 24} * * *"
    cron_line = by_cron("vault", "bak1", line) if started_by == "cron" else lambda _: None
    made = world(nightly((*SIXTEEN_OF_THIRTY, 40)), cron_line)
    verdict = made.told(SCHEDULED)
    assert isinstance(verdict, Undetermined), verdict.reason.en
    assert verdict.cause == "settings"
    assert re.search(r"16 of the (29|30) times", verdict.reason.en)
    assert "kept_whole_h" in verdict.reason.en
    assert "kept_whole_h" in verdict.reason.zh
    assert not HALF_WIDTH.search(verdict.reason.zh), verdict.reason.zh
    assert verdict.measured is not None
    made.catalogues["vault"]["schedule"] |= {"kept_whole_h": 720}
    assert isinstance(made.told(SCHEDULED), Violates)


@pytest.mark.parametrize(
    ("nights", "kept_h", "told"),
    [
        ([night for night in range(31) if night not in {3, 9}], None, Conforms),
        ([night for night in range(31) if night not in {3, 9, 15, 22, 27}], None, Undetermined),
        ([*range(15), 18, 25], 336, Conforms),  # thinned out before, and by declaration whole since
        ([0, 1, 3, 5, 7, *range(8, 31)], 168, Violates),
        (range(15, 31), 336, Violates),  # the newest are missing
        ([40], 336, Violates),
    ],
)
def test_nine_in_ten_of_the_due_runs_suffice_where_all_are_kept(
    nights: list[int], kept_h: int | None, told: type[Verdict]
) -> None:
    assert isinstance(world(nightly(nights, kept_whole_h=kept_h)).told(SCHEDULED), told)


def test_a_timer_that_last_fired_before_the_stretch_that_is_kept_whole_is_not_held_against_it() -> None:
    weekly = nightly((10, 40), full_h=720, kept_whole_h=168)
    made = world(weekly, timer("bak1", "tape.timer", last_ms=LAST_MS - 10 * 24 * HOUR_MS))
    assert cause(made, SCHEDULED) == "stale"


def test_what_an_unknown_tool_can_do_is_a_matter_of_documents() -> None:
    made = world(lambda each: each.only("remote"), catalogue("remote", tool="command"))
    for own_id in ("multi-kind", "verify-means", "image"):
        assert cause(made, f"SBT-3.1.1.3.5-{own_id}") == "document"


def test_without_a_plan_there_is_a_setting_missing() -> None:
    made = world(lambda each: each.declared.pop("backup_plan"))
    assert {cause(made, f"SBT-3.1.1.3.3-by-{order}") for order in ("flow", "importance")} == {"settings"}


@given(st.lists(st.integers(0, 1000)), st.integers(0, 500), st.integers(501, 1000))
def test_no_start_lies_inside_the_longest_gap_and_none_is_longer(starts: list[int], begin: int, end: int) -> None:
    gap = longest(begin, starts, end)
    inside = sorted(start for start in starts if begin <= start <= end)
    assert not [start for start in inside if gap.from_ms < start < gap.to_ms]
    points = [begin, *inside, end]
    assert gap.long_ms == max(later - earlier for earlier, later in itertools.pairwise(points))


@pytest.mark.parametrize(
    ("line", "fires"),
    [
        ("0 */6 * * *", ["01 00:00", "01 06:00", "01 12:00", "01 18:00", "02 00:00"]),
        ("30 2 * * tue", ["01 18:30"]),
        ("@daily", ["01 16:00"]),
        ("15 4,5 1-3 jun *", ["01 20:15", "01 21:15"]),
        ("0 0 2 * sun", ["01 16:00"]),
        ("0 0 3-4/2 * *", []),
    ],
)
def test_cron_lines_fire_in_their_hosts_zone(line: str, fires: list[str]) -> None:
    found = cron(line)
    assert found is not None
    begin, end = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 2, tzinfo=UTC)
    zone = ZoneInfo("UTC" if "/6" in line else "Asia/Shanghai")
    assert [f"{at:%d %H:%M}" for at in found.fires(begin, end, zone)] == fires


@pytest.mark.parametrize("line", ["", "* * * *", "61 * * * *", "*/0 * * * *", "0 0 * * nay", "backup", "5-1 * * * *"])
def test_what_is_no_cron_line_is_none(line: str) -> None:
    assert cron(line) is None
