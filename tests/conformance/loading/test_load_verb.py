"""`duheng load` on right miniature shops: what it puts on them, reads back, and leaves as it was."""

from pathlib import Path

import pytest

from profiles.arrivals import orders_planned
from tests.conformance.loading.running import OF_THE_GENERATOR, ONLY_ORDERS, load, profile, target
from tests.conformance.loading.shops import BackedUp, Recorded

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

        # Who of the 40 orders is drawn from a new seed each time; who finds no room, or is not served, orders nothing.
        due, placed = orders_planned(run.plan), len(shop.acknowledged)
        unserved = run.data["delivered"]["dropped"] + sum(step["failed"] for step in run.data["steps"].values())
        assert 0 <= due - placed <= unserved, run.said
        assert placed == sum(purchase["bought"] for purchase in run.purchases) > 0
        orders = run.business["orders"]
        assert orders["acknowledged"] == orders["found"] == placed
        assert (orders["lost"], orders["doubled"], orders["altered"], orders["unread"]) == ([], [], [], 0)
        assert run.business["stock"]["sold"] == placed
        assert run.business["stock"]["before"] - run.business["stock"]["after"] == placed
        assert run.business["stock"]["oversold"] == run.business["empty_pages"] == 0
        assert run.business["payments"] == {"paid": 0, "doubled": [], "wrong": []}

        # Everything is put back: the orders cancelled, the accounts deleted, the stock as before.
        assert run.data["cleaned"] == {"cancelled": placed, "left": 0}
        statuses = {number: order.status for number, order in shop.state.orders.items() if number not in before}
        assert {status.partition(" ")[2] for status in statuses.values()} == {"Cancelled"}
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
    began, enough = tmp_path / "began", tmp_path / "enough"
    backup = f"touch {began}; while [ ! -e {enough} ]; do sleep 0.1; done"
    beside = (
        '[[hosts]]\nname = "here"\naddress = "local"\n[[backups]]\nname = "nightly"\ntool = "files"\nhost = "here"\n'
        f'path = "{tmp_path / "manifests"}"\nholds = ["trades"]\nplace = "local"\n'
        f'start = ["timeout", "60", "sh", "-c", "{backup}"]\n'
    )
    with BackedUp(began, enough) as shop:
        target(shop, tmp_path, beside)
        run = load(tmp_path, profile(tmp_path, rate=6, seconds=10, mix=ONLY_ORDERS), "--backup", "nightly")
        backed_up = run.data["backup"]
        assert backed_up["backup"] == "nightly"
        assert run.data["started_ms"] < backed_up["started_ms"] < backed_up["stopped_ms"], run.said
        meanwhile = [
            purchase
            for purchase in run.purchases
            if purchase["begun_ms"] <= backed_up["stopped_ms"] and purchase["ended_ms"] >= backed_up["started_ms"]
        ]
        failed = sum(purchase["bought"] is False for purchase in meanwhile)
        unfinished = sum(purchase["bought"] is None for purchase in meanwhile)
        assert backed_up["purchases"] == {
            "begun_during": len(meanwhile), "failed_during": failed, "unfinished_during": unfinished,
        }  # fmt: skip
        assert meanwhile, run.said
        # It wrote nothing into its catalogue: that it ended well is not enough.
        assert (backed_up["ok"], backed_up["id"]) == (False, None)
        (host,) = run.data["hosts"]
        assert (host["host"], host["state"]) == ("here", "read")
        assert host["from_ms"] < host["to_ms"]
        assert host["from_ms"] < run.data["ended_ms"]
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
        asked, failed = (sum(step[name] for step in steps.values()) for name in ("count", "failed"))
        assert 0 < failed <= asked - failed <= failed + 3, run.said  # each of the three may be between its two pages
        assert "(closed model)" in run.done.stdout
        assert "404" in run.done.stdout
        assert not shop.passwords  # nobody was registered for it
