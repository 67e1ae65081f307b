"""The table ``[load]``: one bad file and its exact message for each rule, and the values with their defaults."""

from pathlib import Path

import pytest

from probes.errors import SettingsError
from probes.target import Target
from probes.target_file import read_target
from probes.target_load import load_limits

HEAD = '[platform]\nid = "x"\nname = "X"\nbase_url = "https://shop.example"\n'
PAGES = 'must be a list of pages, such as ["/tea/", "https://shop.example/tea/"]'

# What follows the head of four lines -> the faults that are told.
FAULTS: dict[str, tuple[str, ...]] = {
    "[load]\npeak_rate_per_s = -1": ("6: [load] peak_rate_per_s: must be greater than 0",),
    "[load]\nmax_rate_per_s = 0": ("6: [load] max_rate_per_s: must be greater than 0",),
    "[load]\nmax_orders = 0\naccounts = 1.5": (
        "6: [load] max_orders: must be from 1 to 1000000000",
        "7: [load] accounts: must be a whole number",
    ),
    "[load]\nerror_share = 5": ("6: [load] error_share: must be above 0 and below 1, such as 0.05",),
    "[load]\nquery_p95_ms = true": ("6: [load] query_p95_ms: must be a number",),
    '[load]\nproduct_urls = "/tea/"': (f"6: [load] product_urls: {PAGES}",),
    '[load]\nproduct_urls = ["/tea/", "https://other.example/tea/"]': (
        (
            "6: [load] product_urls: other.example:443 is not listed; if it belongs to the platform, add it to "
            "[platform] hosts"
        ),
    ),
    "[load]\nmax_rate = 5": ("6: [load] max_rate: unknown key; did you mean 'max_rate_per_s'?",),
}


def _read(folder: Path, further: str) -> Target:
    path = folder / "t.toml"
    path.write_text(HEAD + further, encoding="utf-8")
    return read_target(path)


@pytest.mark.parametrize("further", FAULTS)
def test_each_fault_is_told_with_its_line(tmp_path: Path, further: str) -> None:
    with pytest.raises(SettingsError) as told:
        _read(tmp_path, further)
    assert told.value.faults == tuple(f"t.toml:{fault}" for fault in FAULTS[further])


def test_what_is_not_declared_has_its_default(tmp_path: Path) -> None:
    limits = load_limits(_read(tmp_path, '[shop]\nproduct_urls = ["/tea/"]'))
    assert (limits.max_rate_per_s, limits.max_orders, limits.accounts) == (5.0, 50, None)
    assert limits.product_urls == ("/tea/",)
    assert (limits.peak_rate_per_s, limits.query_p95_ms, limits.latency_p99_ms) == (None, None, None)
    assert limits.error_share == pytest.approx(0.05)


def test_its_own_products_come_before_those_of_the_shop(tmp_path: Path) -> None:
    further = '[shop]\nproduct_urls = ["/tea/"]\n[load]\nproduct_urls = ["/cup/"]\npeak_rate_per_s = 12\naccounts = 9'
    limits = load_limits(_read(tmp_path, further))
    assert limits.product_urls == ("/cup/",)
    assert (limits.peak_rate_per_s, limits.accounts) == (12, 9)
