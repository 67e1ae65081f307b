"""The shipped profiles hold their own rules; a profile that does not is refused with every fault at its place."""

from pathlib import Path

import pytest

from probes.errors import SettingsError
from probes.shop.verbs import VERBS
from profiles.arrivals import arrivals
from profiles.catalogue import LEAST_ROOM, PROFILES, Profile, load_profile, read_profile
from profiles.shoppers import SHOPPERS
from tests.profiles.plans import plan

HELD_S = 1800

GOOD = """
[[stages]]
rate_per_s = 2
seconds = 60

[mix]
browse = 1.0
"""


def faults(text: str) -> tuple[str, ...]:
    """Return what is wrong with a profile."""
    with pytest.raises(SettingsError) as told:
        read_profile(text, name="mine", place="mine.toml")
    return told.value.faults


@pytest.mark.parametrize("name", list(PROFILES))
def test_a_shipped_profile_says_what_it_is_and_can_be_run(name: str) -> None:
    profile = load_profile(name)
    assert profile.name == name
    assert profile.en
    assert any("\u4e00" <= letter <= "\u9fff" for letter in profile.zh)
    assert set(profile.mix) == set(SHOPPERS)
    stages = profile.stages_at(5.0)
    assert max(stage.rate_per_s for stage in stages) <= 5.0
    assert profile.room(5.0) >= LEAST_ROOM


def test_the_folder_and_the_table_are_the_same() -> None:
    folder = next(iter(PROFILES.values())).parent
    assert sorted(PROFILES.values()) == sorted(folder.iterdir())


def test_peak_holds_the_declared_peak_for_half_an_hour() -> None:
    profile = load_profile("peak")
    held = plan(stages=profile.stages_at(40.0)).held
    assert [(to_s - from_s, rate) for from_s, to_s, rate in held] == [(HELD_S, 40.0)]


def test_smoke_needs_no_peak_and_has_every_shopper_in_it() -> None:
    profile = load_profile("smoke")
    assert not profile.needs_peak
    for seed in range(50):
        came = arrivals(plan(stages=profile.stages_at(None), arrivals="even", mix=profile.mix, seed=seed, max_orders=9))
        assert {arrival.shopper for arrival in came} == set(SHOPPERS)


def test_a_profile_in_shares_of_the_peak_asks_for_it() -> None:
    profile = load_profile("peak")
    assert profile.needs_peak
    for ask in (profile.stages_at, profile.room):
        with pytest.raises(SettingsError, match=r"\[load\] peak_rate_per_s: is missing; the profile peak"):
            ask(None)


def test_there_is_room_for_those_who_arrive_in_the_time_given() -> None:
    profile = read_profile("room_s = 30\n" + GOOD, name="mine", place="mine.toml")
    assert profile.room(None) == 60
    assert read_profile("room_s = 0.5\n" + GOOD, name="mine", place="mine.toml").room(None) == LEAST_ROOM


def test_what_a_profile_does_not_say_is_as_usual() -> None:
    usual = Profile(name="mine", en="", zh="", stages=(), mix={})
    profile = read_profile(GOOD, name="mine", place="mine.toml")
    assert (profile.arrivals, profile.think_s, profile.budgets) == (usual.arrivals, usual.think_s, usual.budgets)
    assert (profile.seconds, profile.en) == (60.0, "mine")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GOOD.replace("rate_per_s = 2", "rate_per_s = -2"), "mine.toml.stages 1.rate_per_s: must be at least 0"),
        (GOOD.replace("rate_per_s = 2", ""), "mine.toml.stages 1: has neither of rate_per_s and of_peak"),
        (GOOD.replace("rate_per_s = 2", "rate_per_s = 2\nof_peak = 1"), "mine.toml.stages 1: has both of"),
        (GOOD.replace("rate_per_s = 2", "of_peak = 11"), "of_peak: must be at least 0 and at most 10"),
        (GOOD.replace("seconds = 60", "seconds = -1"), "seconds: must be more than 0"),
        (GOOD.replace("seconds = 60", "seconds = 600000\n[[stages]]\nrate_per_s = 1\nseconds = 9999"), "(7 days)"),
        (GOOD.replace("rate_per_s = 2", "rate_per_s = 0"), "nobody would come"),
        (GOOD.replace("seconds", "secnods"), "did you mean 'seconds'?"),
        (GOOD.replace("browse = 1.0", "browse = 0.9"), "add up to 0.9, not to 1"),
        (GOOD.replace("browse", "browser"), "is no shopper"),
        (GOOD.replace("[mix]\nbrowse = 1.0", ""), "mine.toml.mix: is missing"),
        (GOOD.replace("[[stages]]", "[stages]"), "stages: must be a list, not a table"),
        ("[mix]\nbrowse = 1.0", "mine.toml.stages: is missing"),
        ("arrivals = 'random'\n" + GOOD, "arrivals: must be one of poisson, even"),
        ("think_s = -1\n" + GOOD, "think_s: must be at least 0"),
        ("users = 10\n" + GOOD, "users: unknown key"),
        (GOOD + "[budgets]\nerrors = 1\n", "budgets.errors: unknown key"),
        ("[[stages", "mine.toml: not TOML"),
        (GOOD.replace("seconds = 60", f"seconds = {10**400}"), "seconds: must be a number"),
        (GOOD.replace("seconds = 60", f"seconds = 1{5000 * '0'}"), "mine.toml: not TOML"),
        (GOOD.replace("seconds = 60", f"seconds = {5000 * '['}"), "mine.toml: not TOML"),
    ],
)
def test_a_fault_is_told_with_its_place(text: str, told: str) -> None:
    assert any(told in fault for fault in faults(text))


def test_all_faults_are_told_at_once() -> None:
    assert len(faults("think_s = -1\nx = 1\n[[stages]]\nrate_per_s = -1\nseconds = 0\n[mix]\nbrowse = 2\n")) >= 5


def test_a_name_that_nobody_knows_and_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no load profile 'smok'; there are smoke, nightly, peak, soak"):
        load_profile("smok")
    with pytest.raises(SettingsError, match=r"nowhere\.toml: cannot read the load profile: No such file"):
        load_profile(str(tmp_path / "nowhere.toml"))
    (tmp_path / "odd.toml").write_bytes(b"en = '\xff'")
    with pytest.raises(SettingsError, match="not UTF-8"):
        load_profile(str(tmp_path / "odd.toml"))


def test_a_profile_of_the_users_own_is_found_by_its_path(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(GOOD, encoding="utf-8")
    assert load_profile(str(tmp_path / "mine.toml")).name == "mine"


def test_shoppers_speak_a_shops_language() -> None:
    for name, shopper in SHOPPERS.items():
        assert shopper.name == name
        assert set(shopper.verbs) <= set(VERBS)
        assert shopper.writes == any(VERBS[verb].writes for verb in shopper.verbs)
        assert shopper.orders == any(VERBS[verb].makes == "order" for verb in shopper.verbs)
        assert shopper.account or "log_in" not in shopper.verbs
