"""Waivers and declared inapplicability: what counts changes, what was measured never."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from conformance.judging import waivers_in_force
from probes.canonical import freeze
from tests.conformance.running import duheng, report_of
from tests.miniatures.shop.miniature import MiniatureShop

NETWORK = "SBT-3.1.2.3-tcpip,SBT-3.1.3.3-plain-web,SBT-3.1.3.3-ssl128"
PLAIN = "SBT-3.1.3.3-plain-web"
NOT_BUILT = "SBT-7.2.5-complete"


def waiver(check: str, expires: datetime) -> str:
    return f'[[waivers]]\ncheck = "{check}"\nreason = "release 7"\nowner = "Li Lei"\nexpires = {expires.isoformat()}\n'


def finding(folder: Path, name: str) -> dict[str, object]:
    return next(found for found in report_of(folder)["findings"] if found["id"] == name)


def test_a_waiver_in_force_is_shown_beside_the_violation(tmp_path: Path, shop_without_hsts: MiniatureShop) -> None:
    soon = datetime.now(UTC) + timedelta(hours=1)
    shop_without_hsts.target_toml(tmp_path, further=waiver(PLAIN, soon))
    done = duheng("examine", "--clauses", NETWORK, folder=tmp_path)
    assert done.returncode == 0
    assert "1 waived" in done.stdout
    assert "w" in done.stdout.partition("test_transactions.py ")[2].split()[0]
    assert "waived until" in done.stdout
    assert "Li Lei" in done.stdout
    found = finding(tmp_path, PLAIN)
    assert (found["verdict"], found["waived"]) == ("violates", True)
    assert report_of(tmp_path)["summary"]["waived"] == 1


def test_an_expired_waiver_is_gone(tmp_path: Path, shop_without_hsts: MiniatureShop) -> None:
    past = datetime.now(UTC) - timedelta(seconds=1)
    shop_without_hsts.target_toml(tmp_path, further=waiver(PLAIN, past))
    done = duheng("examine", "--clauses", NETWORK, folder=tmp_path)
    assert done.returncode == 1
    assert finding(tmp_path, PLAIN)["waived"] is False


def test_what_could_not_be_told_may_be_waived_but_nothing_conforming_is_still_2(
    tmp_path: Path, running_shop: MiniatureShop
) -> None:
    soon = datetime.now(UTC) + timedelta(hours=1)
    running_shop.target_toml(tmp_path, further=waiver(NOT_BUILT, soon))
    assert duheng("examine", "--clauses", f"{NETWORK},{NOT_BUILT}", folder=tmp_path).returncode == 0
    assert finding(tmp_path, NOT_BUILT)["verdict"] == "undetermined"
    assert duheng("examine", "--clauses", NOT_BUILT, folder=tmp_path).returncode == 2


def test_a_waiver_ends_at_its_instant() -> None:
    at = datetime(2027, 3, 31, 10, tzinfo=UTC)
    entry = {"check": "C", "reason": "r", "owner": "o", "expires": "2027-03-31T18:00:00+08:00"}
    declared = freeze({"waivers": [entry]})
    assert waivers_in_force(declared, at - timedelta(microseconds=1))["C"].expires_at == "2027-03-31T10:00:00.000000Z"
    assert not waivers_in_force(declared, at)


def test_not_applicable_is_the_targets_word_with_its_reason(tmp_path: Path, shop_without_hsts: MiniatureShop) -> None:
    declared = f'[not_applicable."{PLAIN}"]\nreason = "there is no plain port"\n'
    shop_without_hsts.target_toml(tmp_path, further=declared)
    before = len(shop_without_hsts.request_log)
    done = duheng("examine", "--clauses", f"{PLAIN},SBT-3.1.2.3-tcpip", folder=tmp_path)
    assert done.returncode == 0
    assert "1 not applicable" in done.stdout
    assert done.stdout.partition("test_transactions.py ")[2].split()[0] == "n"
    found = finding(tmp_path, PLAIN)
    assert found["verdict"] == "not_applicable"
    assert "there is no plain port" in str(found["reason"])
    assert len(shop_without_hsts.request_log) == before  # what nobody asks is not looked at


def test_a_stricter_threshold_is_judged_by(tmp_path: Path, running_shop: MiniatureShop) -> None:
    declared = '[thresholds."SBT-3.1.3.3-ssl128"]\ntls_symmetric_key_length = 512\n'
    running_shop.target_toml(tmp_path, further=declared)
    done = duheng("examine", "--clauses", "SBT-3.1.3.3-ssl128", folder=tmp_path)
    assert done.returncode == 1
    threshold = finding(tmp_path, "SBT-3.1.3.3-ssl128")["threshold"]
    assert isinstance(threshold, dict)
    assert (threshold["operator"], threshold["value"], threshold["unit"]) == (">=", 512, "bit")
