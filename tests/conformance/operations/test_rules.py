"""The rules that are shipped: what promtool says of them, and that each alert is shown firing and shown silent."""

from pathlib import Path

import pytest
import yaml

from tests.conformance.operations.prometheus import RULES, promtool

UNIT_TESTS = Path(__file__).with_name("alerts.test.yml")
FILES = sorted(RULES.glob("*.yml"))


def _alerts() -> dict[str, dict[str, object]]:
    groups = [group for file in FILES for group in yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]]
    return {rule["alert"]: rule for group in groups for rule in group["rules"] if "alert" in rule}


def test_promtool_accepts_the_rules() -> None:
    done = promtool("check", "rules", *FILES)

    assert (done.returncode, done.stderr) == (0, ""), done.stdout


@pytest.mark.integration
def test_alerts_fire_where_they_should_and_only_there() -> None:
    done = promtool("test", "rules", UNIT_TESTS)

    assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_is_shown_firing_with_its_texts() -> None:
    tests = yaml.safe_load(UNIT_TESTS.read_text(encoding="utf-8"))["tests"]
    shown = {case["alertname"] for test in tests for case in test.get("alert_rule_test", ()) if case["exp_alerts"]}

    assert shown == set(_alerts())


def test_every_alert_has_a_severity_and_texts_in_both_languages() -> None:
    for name, alert in _alerts().items():
        assert alert["labels"] in ({"severity": "page"}, {"severity": "ticket"}), name
        assert set(alert["annotations"]) == {"summary", "description", "summary_zh"}, name  # type: ignore[call-overload]


def test_burn_rates_hold_the_target_that_is_declared() -> None:
    burning = [alert for name, alert in _alerts().items() if "Budget" in name]

    assert len(burning) == 2
    for alert in burning:
        expression = str(alert["expr"])
        assert expression.count("duheng_availability_target_ratio") == 4
        assert "0.99" not in expression
