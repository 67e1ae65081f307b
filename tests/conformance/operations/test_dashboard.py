"""The dashboard: each of its queries is run against a real Prometheus that scrapes the real `duheng serve`."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from reports.ledger.store import LedgerStore
from tests.awaiting import until
from tests.conformance.operations.prometheus import Prometheus, scraping, tool
from tests.conformance.serving.ledgers import (
    HOUR_MS,
    PLATFORM,
    now_ms,
    open_store,
    reading,
    target_in,
    with_examination,
    with_runs,
    with_year,
)
from tests.conformance.serving.serving import serving

DASHBOARD = Path(__file__).parents[3] / "conformance/operations/grafana/duheng.json"
BOARD: dict[str, Any] = json.loads(DASHBOARD.read_text(encoding="utf-8"))
VARIABLES = {variable["name"]: variable for variable in BOARD["templating"]["list"]}
WAIVED = """
[[waivers]]
check = "SBT-3.1.3.3-ssl128"
reason = "being replaced"
owner = "operations"
expires = 2999-01-01T00:00:00+08:00
"""


NIGHT = '[night]\nsteps = ["examine"]\nfrom = "01:00"\nuntil = "05:00"\n'


def _with_night(store: LedgerStore) -> None:
    """Keep a night that ended two hours ago."""
    began = now_ms() - 3 * HOUR_MS
    data = {"run_id": "night-1", "started_ms": began, "ended_ms": began + HOUR_MS, "ended": "planned", "why": ""}
    step = {
        "step": "examine",
        "started_ms": began,
        "ended_ms": began + HOUR_MS,
        "ended": "done",
        "cause": "",
        "why": "",
    }
    data |= {"window": None, "over_by_ms": began + HOUR_MS, "steps": [step | {"exit": 0, "record": "run-1"}]}
    told = reading("night.run", "night", data, run_id="night-1", age=timedelta(hours=2))
    store.append_readings("night-1", (told,))


def _queries() -> list[tuple[str, str]]:
    targets = [(panel["title"], target) for panel in BOARD["panels"] for target in panel.get("targets", ())]
    return [(title, target["expr"]) for title, target in targets]


def _substituted(expression: str, **values: str) -> str:
    for name, value in values.items():
        expression = expression.replace(f"${name}", value)
    assert "$" not in expression, expression
    return expression


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """A Prometheus that scrapes a server over a ledger of 400 days, with an outage that is open."""
    tool("prometheus")
    folder = tmp_path_factory.mktemp("dashboard")
    with open_store(folder) as store:
        with_year(store)
        with_examination(store, "run-1", published=False)
        with_runs(store)
        _with_night(store)
    target = target_in(folder, WAIVED + NIGHT)
    with serving(target) as served, scraping(served.url.removeprefix("http://"), folder) as running:
        until(lambda: running.found("duheng:budget_left:ratio"), lambda: served.get("/healthz"))
        yield running


@pytest.mark.integration
@pytest.mark.parametrize(("title", "expression"), _queries())
def test_every_query_returns_data(prometheus: Prometheus, title: str, expression: str) -> None:
    for window in VARIABLES["window"]["query"].split(","):
        query = _substituted(expression, platform=PLATFORM, check=VARIABLES["check"]["allValue"], window=window)
        until(partial(prometheus.found, query), f"{title}: {query}")


@pytest.mark.integration
@pytest.mark.parametrize(("name", "values"), [("platform", {PLATFORM}), ("check", {"buying", "front"})])
def test_every_variable_has_its_values(prometheus: Prometheus, name: str, values: set[str]) -> None:
    definition = VARIABLES[name]["query"]["query"]
    matched = re.fullmatch(r"label_values\((.*), (\w+)\)", definition)
    assert matched is not None
    told = prometheus.asked(f"label/{matched[2]}/values", **{"match[]": _substituted(matched[1], platform=PLATFORM)})

    assert set(told) == values


@pytest.mark.integration
def test_the_open_outage_is_alerted(prometheus: Prometheus) -> None:
    firing = f'ALERTS{{alertname="DuhengOutageNearsItsLimit", alertstate="firing", platform="{PLATFORM}"}}'
    until(lambda: prometheus.found(firing), lambda: prometheus.found("ALERTS"))

    assert [series["metric"]["check"] for series in prometheus.found(firing)] == ["front"]


@pytest.mark.integration
def test_a_drill_that_left_a_wound_is_alerted(prometheus: Prometheus) -> None:
    firing = f'ALERTS{{alertname="DuhengDrillNotHealed", alertstate="firing", platform="{PLATFORM}"}}'
    until(lambda: prometheus.found(firing), lambda: prometheus.found("ALERTS"))

    assert [series["metric"]["drill"] for series in prometheus.found(firing)] == ["hang"]


def test_every_query_is_of_one_platform_and_through_the_chosen_source() -> None:
    for panel in BOARD["panels"]:
        for target in panel.get("targets", ()):
            assert 'platform="$platform"' in target["expr"], panel["title"]
            assert target["datasource"]["uid"] == "${datasource}", panel["title"]


def test_panels_have_their_own_ids_and_do_not_overlap() -> None:
    panels = BOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert at["x"] + at["w"] <= 24
        assert not taken & cells, panel["title"]
        taken |= cells
