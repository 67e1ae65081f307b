"""The catalogue: whole, as the standard has it, and refused with a clear message where it is wrong."""

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.catalogue.load import (
    from_json,
    judged_records,
    load_catalogue,
    load_extras,
)
from conformance.catalogue.record import record_of, requirement_of
from conformance.catalogue.release import AlreadyReleasedError, main, released, with_release
from probes.canonical import canonical_bytes, digest
from probes.errors import EvidenceError, SettingsError

FOLDER = Path(__file__).parents[2] / "conformance" / "catalogue"
CHAPTERS = sorted((FOLDER / "sbt_10469").glob("chapter_*.json"))

# Chapter, groups, checks; the group of clause 3 stands at the head of 3.1.
COUNTS = {
    "1": (1, 2),
    "REF": (1, 2),
    "2": (10, 18),
    "3.1": (31, 101),
    "3.2": (6, 44),
    "4": (30, 169),
    "5": (33, 132),
    "6": (1, 5),
    "7": (11, 83),
}

# Every bound of the standard: id, obligation (r recommended, m mandatory), metric, operator, value, unit, token of the
# standard, our reading.
BOUNDS = """
SBT-3.1.1.1-ups-response | r | transfer_time | <= | 10 | ms | none; ours: 10 ms | yes
SBT-3.1.1.2-mtbf | r | mtbf | >= | 8500 | h | ≥8500h | no
SBT-3.1.1.2-sw-mttr | r | software_mttr | < | 4 | h | <4h | no
SBT-3.1.1.2-hw-mttr | r | hardware_mttr | < | 12 | h | <12h | no
SBT-3.1.1.2-daily-failure | r | daily_failure_rate | < | 1 | % | <1% | no
SBT-3.1.1.3.1 | r | backup_kinds_in_use | >= | 1 | kind | 至少具有下列一种 | no
SBT-3.1.1.3.3-incremental | r | backup_interval_incremental | <= | 2 | h | 推荐增量备份周期2h | yes
SBT-3.1.1.3.3-full | r | backup_interval_full | <= | 12 | h | 完全备份周期12h | yes
SBT-3.1.1.3.3-differential | r | backup_interval_differential | <= | 7 | d | 差分备份7d | yes
SBT-3.1.1.3.5-multi-kind | r | supported_backup_kinds | >= | 2 | kind | 多种 | yes
SBT-3.1.1.3.5-verify-means | r | verification_means | >= | 2 | kind | 多种校验手段 | yes
SBT-3.1.1.4.1-general | r | recovery_time_general_disaster | < | 1 | h | 小于1h | no
SBT-3.1.1.4.1-severe | r | recovery_time_severe_disaster | < | 12 | h | 小于12h | no
SBT-3.1.1.4.2-general | r | recovery_degree_general_disaster | == | 100 | % | 恢复100% | no
SBT-3.1.1.4.2-severe | r | recovery_degree_severe_disaster | > | 98 | % | 大于98% | no
SBT-3.1.2.4-ids | r | signature_age | <= | 30 | d | none; ours: 30 days | yes
SBT-3.1.3-complete | r | steps_at_random | >= | 300 | step | 交易信息完整 | yes
SBT-3.1.3-authenticable | r | time_error | <= | 300 | s | none; ours: 5 minutes | yes
SBT-3.1.3.1-no-intrusion | r | tries_until_stopped | <= | 10 | tries | none; ours: 10 wrong passwords | yes
SBT-3.1.3.1-no-intrusion | r | delay | >= | 1000 | ms | none; ours: 1 s more for each further try | yes
SBT-3.1.3.1-no-intrusion | r | session_id_entropy | >= | 64 | bit | none; ours: 64 bit | yes
SBT-3.1.3.2-vertical | r | guest_link_entropy | >= | 128 | bit | none; ours: 128 bit | yes
SBT-3.1.3.2-vertical | r | guest_link_lifetime | <= | 720 | h | none; ours: 30 d | yes
SBT-3.1.3.3-ssl128 | r | tls_symmetric_key_length | >= | 128 | bit | SSL128位 | yes
SBT-3.1.3.3-ssl128 | r | key_exchange_modulus | >= | 2048 | bit | none; ours: 2048 bit | yes
SBT-3.1.3.3-ssl128 | r | key_exchange_curve | >= | 224 | bit | none; ours: 224 bit | yes
SBT-3.1.3.5-db-access | r | time_error | <= | 300 | s | none; ours: 5 minutes | yes
SBT-3.1.3.5-operations | r | time_error | <= | 300 | s | none; ours: 5 minutes | yes
SBT-3.1.4.2-self-secure | r | advisory_age | <= | 30 | d | none; ours: 30 days | yes
SBT-3.1.4.3-resources | r | engine_cpu | <= | 5 | % | none; ours: 5 % | yes
SBT-3.1.4.3-deploy | r | signature_age | < | 24 | h | none; ours: 24 hours | yes
SBT-3.1.5 | r | interface_kinds_offered | >= | 8 | kind | 八项列举,包括但不限于 | yes
SBT-4.1.1.4.3-by-count | m | pieces_per_counted_unit | == | 1 | piece | 一物一个(件) | no
SBT-4.1.2.1.2-two-days | m | delivery_complaint_answer_and_handling_time | <= | 2 | working_day | 2个工作日内 | no
SBT-4.1.2.1.3-hours-5x8 | m | order_handling_days_per_week | >= | 5 | d/week | 每周5dx8h | no
SBT-4.1.2.1.3-hours-5x8 | m | order_handling_hours_per_day | >= | 8 | h/d | 每周5dx8h | no
SBT-4.1.2.1.3-hours-7x24 | m | order_handling_days_per_week | == | 7 | d/week | 每周7dx24h | no
SBT-4.1.2.1.3-hours-7x24 | m | order_handling_hours_per_day | == | 24 | h/d | 每周7dx24h | no
SBT-4.1.2.1.3-confirm-1-day | m | order_confirmation_time | <= | 1 | working_day | 1个工作日内 | no
SBT-4.1.2.1.3-complaint-half-day | m | complaint_reply_time | <= | 0.5 | working_day | 半个工作日内 | no
SBT-5.1.2.1.1-hours-5x8 | m | delivery_service_days_per_week | >= | 5 | d/week | 每周5dx8h | no
SBT-5.1.2.1.1-hours-5x8 | m | delivery_service_hours_per_day | >= | 8 | h/d | 每周5dx8h | no
SBT-5.1.2.1.1-complaint-half-day | m | complaint_reply_time | <= | 0.5 | working_day | 半个工作日内 | no
SBT-5.1.2.1.3-complaint-half-day | m | complaint_answer_time | <= | 0.5 | working_day | 半个工作日内 | no
SBT-6-safe | m | tls_symmetric_key_length | >= | 128 | bit | none; ours: 128 bit, as 3.1.3.3 | yes
SBT-6-reliable | m | sandbox_payments | >= | 100 | payment | none; ours: 100 sandbox payments | yes
SBT-6-refund-help | m | refund_time | <= | 3 | working_day | 及时 | yes
"""


def test_holds_all_groups_and_checks_of_each_chapter() -> None:
    requirements = load_catalogue().requirements
    counted = {
        chapter: tuple(
            sum(item.chapter == chapter and item.node == node for item in requirements) for node in ("group", "check")
        )
        for chapter in COUNTS
    }
    assert counted == COUNTS
    assert len(requirements) == 124 + 556
    assert len(load_catalogue().by_id) == len(requirements)


def test_has_exactly_the_bounds_of_the_standard() -> None:
    found = [
        f"{item.id} | {item.obligation[0]} | {bound.metric} | {bound.operator} | {bound.value:g} | {bound.unit}"
        f" | {bound.as_written} | {'yes' if bound.interpreted else 'no'}"
        for item in load_catalogue().requirements
        for bound in item.thresholds
    ]
    assert found == BOUNDS.strip().splitlines()


def test_obligation_follows_the_list_of_chapters() -> None:
    recommended = {"1", "REF", "2", "3.1"}
    for item in load_catalogue().requirements:
        assert item.obligation == ("recommended" if item.chapter in recommended else "mandatory"), item.id


def test_groups_are_aggregated_as_the_standard_words_them() -> None:
    of_any = [item.id for item in load_catalogue().requirements if item.aggregate == "any"]
    assert of_any == [
        "SBT-3.1.1.3.1",
        "SBT-4.1.1.4.4-types",
        "SBT-4.1.1.4.5-ways",
        "SBT-4.1.1.4.5-forms",
        "SBT-5.1.1.4.2-types",
    ]


def test_texts_of_every_record_are_in_both_languages() -> None:
    for item in load_catalogue().requirements:
        for text in (item.title, item.statement, item.observed, item.reading):
            assert text is None or (text.zh.strip() and text.en.strip()), item.id


def test_no_text_is_left_over_from_the_inventory() -> None:
    for file in CHAPTERS:
        text = file.read_text(encoding="utf-8")
        for leftover in ("Grouping clause", "本组条款涉及", "Scripted journey as", " the seed", "Seed ", "run profile"):
            assert leftover not in text, (file.name, leftover)


def test_extras_are_kept_out_of_judging() -> None:
    extras = load_extras()
    assert extras.keys() == load_catalogue().by_id.keys()
    assert extras["SBT-3.1.1.2-mtbf"]["good_example"] == "17 520 h with 2 failures = 8760 h."
    assert "good_example" not in json.dumps(load_catalogue().as_json())


@pytest.mark.parametrize("file", CHAPTERS, ids=lambda file: file.stem)
def test_files_keep_to_the_schema(file: Path) -> None:
    schema = json.loads((FOLDER / "schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(json.loads(file.read_text(encoding="utf-8")))


def test_every_chapter_file_is_named_in_the_document() -> None:
    document = json.loads((FOLDER / "sbt_10469" / "document.json").read_text(encoding="utf-8"))
    assert sorted(document["chapters"]) == [file.name for file in CHAPTERS]


# --- round trip and digest ---


def test_a_bundle_gives_the_same_catalogue_back() -> None:
    catalogue = load_catalogue()
    again = from_json(json.loads(canonical_bytes(catalogue.as_json())))
    assert again == catalogue
    assert again.sha256 == catalogue.sha256


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schema": "duheng/catalogue/v9"}, 'schema: "duheng/catalogue/v9" is not duheng/catalogue/v1'),
        ({"requirements": {}}, "requirements: not a list"),
        ({"requirements": [3]}, "catalogue.json: record 1: not an object"),
        ({"title": "T"}, 'title: not an object with "zh" and "en"'),
    ],
)
def test_a_wrong_catalogue_in_a_bundle_is_wrong_evidence(change: dict[str, Any], message: str) -> None:
    with pytest.raises(EvidenceError) as caught:
        from_json({**load_catalogue().as_json(), **change})
    assert str(caught.value) == message


def test_what_is_no_object_is_no_catalogue() -> None:
    with pytest.raises(EvidenceError, match="not an object"):
        from_json([])


def test_records_of_all_requirements_come_back() -> None:
    for item in load_catalogue().requirements:
        assert requirement_of(record_of(item)) == item


def _shuffled(value: Any, random: Any) -> Any:
    if isinstance(value, dict):
        names = list(value)
        random.shuffle(names)
        return {name: _shuffled(value[name], random) for name in names}
    if isinstance(value, list):
        return [_shuffled(item, random) for item in value]
    return value


@given(random=st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_the_digest_does_not_depend_on_the_order_of_keys(random: Any) -> None:
    few = load_catalogue().as_json()
    few["requirements"] = few["requirements"][:12]
    assert digest(canonical_bytes(_shuffled(few, random))) == digest(canonical_bytes(few))


def test_the_digest_depends_on_every_bound() -> None:
    looser = copy.deepcopy(load_catalogue().as_json())
    mtbf = next(record for record in looser["requirements"] if record["id"] == "SBT-3.1.1.2-mtbf")
    mtbf["thresholds"][0]["value"] = 8499
    assert from_json(looser).sha256 != load_catalogue().sha256


# --- selection ---


def _ids(clauses: str) -> list[str]:
    return [item.id for item in load_catalogue().select(clauses)]


def test_without_a_selection_everything_is_selected() -> None:
    assert load_catalogue().select(None) == load_catalogue().requirements


def test_a_clause_means_all_below_it_and_no_group_that_is_looked_at_in_part() -> None:
    assert _ids("3.1.3.3") == [
        "SBT-3.1.3.3",
        "SBT-3.1.3.3-personal-no-leak",
        "SBT-3.1.3.3-trade-no-leak",
        "SBT-3.1.3.3-plain-web",
        "SBT-3.1.3.3-ssl128",
    ]


def test_a_clause_ends_at_a_dot_or_a_number_sign() -> None:
    chosen = _ids("3.1.3")
    assert {"SBT-3.1.3", "SBT-3.1.3-confidential", "SBT-3.1.3.3-ssl128"} <= set(chosen)
    assert all(own.startswith("SBT-3.1.3") for own in chosen)
    assert "SBT-2.10-classify" not in _ids("2.11")


def test_a_clause_may_have_our_running_number() -> None:
    assert _ids("3.1.3#1") == ["SBT-3.1.3-confidential"]
    assert _ids("4.1.1.4.4#4")[-7:] == [
        f"SBT-4.1.1.4.4-tag-{slug}" for slug in ("name", "origin", "grade", "spec", "price", "clerk", "supervision")
    ]


def test_an_id_means_itself_and_a_group_all_in_it() -> None:
    assert _ids("SBT-3.2.5-page") == ["SBT-3.2.5-page"]
    assert _ids("SBT-3.1.3.3") == _ids("3.1.3.3")


def test_a_list_is_the_union_in_the_order_of_the_standard() -> None:
    assert _ids(" SBT-3.2.5-page , 3.1.2.3,") == [
        "SBT-3.1.2.3",
        "SBT-3.1.2.3-tcpip",
        "SBT-3.2.5-page",
    ]


def test_one_member_of_an_any_group_brings_all() -> None:
    assert _ids("SBT-3.1.1.3.1-offline")[-6:] == [
        "SBT-3.1.1.3.1",
        *(f"SBT-3.1.1.3.1-{kind}" for kind in ("incremental", "full", "differential", "online", "offline")),
    ]


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_every_selection_can_be_computed(data: st.DataObject) -> None:
    requirements = load_catalogue().requirements
    names = data.draw(st.lists(st.sampled_from([item.id for item in requirements]), min_size=1, max_size=4))
    chosen = load_catalogue().select(",".join(names))
    ids = {item.id for item in chosen}
    below: dict[str, set[str]] = {}
    for item in requirements:
        below.setdefault(item.parent or "", set()).add(item.id)
    assert set(names) <= ids
    assert all((item.id in ids) == (below[item.id] <= ids) for item in requirements if item.node == "group")
    assert list(chosen) == [item for item in requirements if item.id in ids]
    again = load_catalogue().select(",".join(item.id for item in chosen if item.node == "check"))
    assert {item.id for item in again if item.node == "check"} == {item.id for item in chosen if item.node == "check"}


def test_unknown_selectors_are_all_told_with_near_misses() -> None:
    with pytest.raises(SettingsError) as caught:
        load_catalogue().select("3.1.3.33,3.1,SBT-3.1.3.3-ssl12,???")
    assert caught.value.faults == (
        '--clauses: no clause or id "3.1.3.33"; did you mean 3.1.3.3#3, 3.1.3.3, 3.1.1.3.3#3?',
        '--clauses: no clause or id "SBT-3.1.3.3-ssl12"; did you mean SBT-3.1.3.3-ssl128, SBT-3.1.3.3, SBT-3.1.3.2?',
        '--clauses: no clause or id "???"; duheng explain --list shows all',
    )


@pytest.mark.parametrize("clauses", ["", " ", ",", " , "])
def test_an_empty_selection_is_refused(clauses: str) -> None:
    with pytest.raises(SettingsError, match="--clauses: empty"):
        load_catalogue().select(clauses)


def test_every_check_and_every_any_group_is_an_item() -> None:
    items = judged_records(load_catalogue().requirements)
    assert len(items) == 556 + 5
    assert {item.aggregate for item in items} == {None, "any"}


# --- release ---


def test_the_digest_is_among_the_released() -> None:
    assert load_catalogue().sha256 in {entry["sha256"] for entry in released()}, (
        "the catalogue has changed: raise version in document.json and run python -m conformance.catalogue.release"
        " (--amend while no bundle with the version has left the house)"
    )


def test_a_new_version_is_appended_and_old_ones_stay() -> None:
    old = ({"standard": "SBT", "version": "0.0.1", "sha256": "sha256:00"},)
    new = with_release(old, load_catalogue())
    assert new[0] == old[0]
    assert new[1] == {"standard": "SBT", "version": load_catalogue().version, "sha256": load_catalogue().sha256}
    assert with_release(new, load_catalogue()) == new


def test_a_released_version_does_not_change_unless_amended() -> None:
    old = ({"standard": "SBT", "version": load_catalogue().version, "sha256": "sha256:00"},)
    with pytest.raises(AlreadyReleasedError, match=r"raise version in document\.json"):
        with_release(old, load_catalogue())
    assert [entry["sha256"] for entry in with_release(old, load_catalogue(), amend=True)] == [load_catalogue().sha256]


def test_the_command_writes_the_list_and_refuses_a_change(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "released.json"
    file.write_text("[]", encoding="utf-8")
    main([], file=file)
    assert [entry["sha256"] for entry in released(file)] == [load_catalogue().sha256]
    changed = file.read_text(encoding="utf-8").replace(load_catalogue().sha256, "sha256:00")
    file.write_text(changed, encoding="utf-8")
    with pytest.raises(SystemExit) as caught:
        main([], file=file)
    assert caught.value.code == 2
    assert "released with another digest" in capsys.readouterr().err
    assert file.read_text(encoding="utf-8") == changed
    main(["--amend"], file=file)
    assert [entry["sha256"] for entry in released(file)] == [load_catalogue().sha256]
