"""`duheng load` on right miniature shops: what it puts on them, reads back, and leaves as it was."""

from pathlib import Path

import pytest

from tests.conformance.loading.running import OF_THE_GENERATOR, ONLY_ORDERS, load, profile, target
from tests.conformance.loading.shops import Recorded

pytestmark = pytest.mark.integration

EVERYBODY = "browse = 0.2\nsearch = 0.2\nread = 0.2\ncart = 0.1\norder = 0.2\nreturn = 0.1"
OWN = """\
import locust


class Visitor(locust.FastHttpUser):
    insecure = True
    wait_time = locust.constant(0.2)

    @locust.task
    def home(self) -> None:
        self.client.get("/")
        self.client.get("/no-such-page/")
"""


def test_a_right_shop_is_told_so_and_left_as_it_was(tmp_path: Path) -> None:
    with Recorded() as shop:
        target(shop, tmp_path)
        before = {number: order.status for number, order in shop.state.orders.items()}
        members = len(shop.state.accounts)
        run = load(tmp_path, profile(tmp_path, rate=8, seconds=5, mix=EVERYBODY), "--workers", "2")
        assert run.sound, run.said
        assert run.done.returncode == (0 if run.data["valid"] else 2), run.said
        assert run.data["complete"] is True
        assert run.data["planned"]["arrivals"] == 40
        assert {name.partition("/")[0] for name in run.data["steps"]} == {
            "browse", "search", "read", "cart", "order", "return",
        }  # fmt: skip

        orders = run.business["orders"]
        assert orders["acknowledged"] == orders["found"] == len(shop.acknowledged) == 8
        assert (orders["lost"], orders["doubled"], orders["altered"], orders["unread"]) == ([], [], [], 0)
        assert run.business["stock"]["sold"] == 8
        assert run.business["stock"]["before"] - run.business["stock"]["after"] == 8
        assert run.business["stock"]["oversold"] == run.business["empty_pages"] == 0
        assert run.business["payments"] == {"paid": 0, "doubled": [], "wrong": []}

        # Everything is put back: the orders cancelled, the accounts deleted, the stock as before.
        assert run.data["cleaned"] == {"cancelled": 8, "left": 0}
        placed = {number: order.status for number, order in shop.state.orders.items() if number not in before}
        assert {status.partition(" ")[2] for status in placed.values()} == {"Cancelled"}
        assert len(shop.state.accounts) == members
        assert set(shop.state.stall.stock.values()) == {5000}

        # No password that anybody used stands in any file.
        secrets = {password.encode() for password in shop.passwords - set(shop.accounts.values())}
        assert len(secrets) == 24
        for file in [path for path in tmp_path.rglob("*") if path.is_file()]:
            content = file.read_bytes()
            assert not any(secret in content for secret in secrets), file


def test_hosts_are_sampled_and_a_backup_runs_while_shoppers_buy(tmp_path: Path) -> None:
    (tmp_path / "manifests").mkdir()
    beside = (
        '[[hosts]]\nname = "here"\naddress = "local"\n[[backups]]\nname = "nightly"\ntool = "files"\nhost = "here"\n'
        f'path = "{tmp_path / "manifests"}"\nholds = ["trades"]\nplace = "local"\nstart = ["sleep", "2"]\n'
    )
    with Recorded() as shop:
        target(shop, tmp_path, beside)
        run = load(tmp_path, profile(tmp_path, rate=6, seconds=5, mix=ONLY_ORDERS), "--backup", "nightly")
        backup = run.data["backup"]
        assert backup["backup"] == "nightly"
        assert backup["stopped_ms"] - backup["started_ms"] >= 2000
        assert run.data["started_ms"] < backup["started_ms"] < backup["stopped_ms"] < run.data["ended_ms"] + 60_000
        # Two seconds of six purchases a second; all that were begun came about.
        assert 6 <= backup["purchases"]["begun_during"] < len(shop.acknowledged)
        assert backup["purchases"]["failed_during"] == 0
        # It wrote nothing into its catalogue: that it ended well is not enough.
        assert (backup["ok"], backup["id"]) == (False, None)
        (host,) = run.data["hosts"]
        assert (host["host"], host["state"]) == ("here", "read")
        assert host["from_ms"] <= run.data["started_ms"] + 2000
        assert host["resources"]["cpu"]["peak"] > 0


def test_a_locustfile_of_ones_own_is_recorded_and_never_judged(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(OWN, encoding="utf-8")
    with Recorded() as shop:
        target(shop, tmp_path, "error_share = 0.9\n")
        run = load(tmp_path, "mine.py", "--users", "3", "--users-per-s", "3", "--for", "4")
        assert run.done.returncode == 2, run.said
        assert (run.data["model"], run.data["valid"], run.data["profile"]) == ("closed", False, "mine.py")
        codes = {reason["code"] for reason in run.data["invalid"]}
        assert "closed-model" in codes
        assert codes <= {"closed-model", *OF_THE_GENERATOR}
        steps = run.data["steps"]
        assert sum(step["count"] for step in steps.values()) > 10
        assert sum(step["failed"] for step in steps.values()) > 5
        assert "(closed model)" in run.done.stdout
        assert "404" in run.done.stdout
        assert not shop.passwords  # nobody was registered for it
