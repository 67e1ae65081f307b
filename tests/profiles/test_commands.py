"""The command lines of a run: what stands in them and, above all, what does not."""

import pytest

from profiles import variables
from profiles.commands import CLOSED, environment, locustfiles, master_command, worker_command, worker_elsewhere
from profiles.plan import Closed
from tests.profiles.plans import plan


def test_loopback_and_no_page_unless_told() -> None:
    made = plan(workers=3)
    words = master_command(made, locustfiles(made), bind="127.0.0.1", port=0, web_port=None, host=None)
    assert "--headless" in words
    assert "--master-bind-host=127.0.0.1" in words
    assert {"--expect-workers=3", "--users=3"} <= set(words)
    shown = master_command(made, locustfiles(made), bind="127.0.0.1", port=0, web_port=8089, host=None)
    assert "--headless" not in shown
    assert shown[shown.index("--web-host") + 1] == "127.0.0.1"


def test_a_locustfile_of_ones_own_has_our_listener_beside_it() -> None:
    made = plan(stages=(), mix={}, closed=Closed(locustfile="/shop/own file.py", users=20, users_per_s=2.5, seconds=60))
    assert locustfiles(made) == f"/shop/own file.py,{CLOSED}"
    words = master_command(made, locustfiles(made), bind="127.0.0.1", port=0, web_port=None, host="https://shop.test")
    assert {"--users=20", "--spawn-rate=2.5", "--host=https://shop.test"} <= set(words)
    assert "'own file.py'," in worker_elsewhere(made, host="192.0.2.7", port=5557)


def test_the_secret_goes_by_environment_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variables.SECRET, "of another run")
    assert variables.SECRET not in environment({})
    assert environment({variables.SECRET: "of this run"})[variables.SECRET] == "of this run"
    made = plan()
    lines = [
        *worker_command(made, locustfiles(made), host="127.0.0.1", port=5557),
        worker_elsewhere(made, host="192.0.2.7", port=5557),
    ]
    assert not any("of another run" in line for line in lines)


def test_settings_of_locust_in_the_environment_do_not_bend_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCUST_RUN_TIME", "1s")
    assert not any(name.startswith("LOCUST_") for name in environment({}))


def test_other_machines_are_told_a_name_not_every_address() -> None:
    line = worker_elsewhere(plan(), host="0.0.0.0", port=5557)
    assert "0.0.0.0" not in line
    assert "--master-port=5557" in line
