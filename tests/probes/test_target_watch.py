"""The tables of the standing watch: one bad file and its exact message for each rule."""

from pathlib import Path

import pytest

from conformance.watch.checks import checks_of, service_of, vantage_of, watch_value
from probes.errors import SettingsError
from probes.target import Target
from probes.target_file import read_target, target_from_declarations

HEAD = '[platform]\nid = "x"\nname = "X"\nbase_url = "https://shop.example"\n'
SHOP = HEAD + 'adapter = "oscar"\nenvironment = "staging"\nauthorised = true\n'
ORDERING = '[watch]\norder = true\nproduct = "/tea/"\n'
NAME = "must be a name of lower-case letters, digits, '-', '_' and '.', such as buying"

# What follows the head of seven lines -> the faults that are told.
FAULTS: dict[str, tuple[str, ...]] = {
    "[[checks]]": ("8: [[checks]] number 1 name: is missing",),
    '[[checks]]\nname = "Front page"': (f"9: [[checks]] number 1 name: {NAME}",),
    '[[checks]]\nname = "a/b"': (f"9: [[checks]] number 1 name: {NAME}",),
    '[[checks]]\nname = "a"\n[[checks]]\nname = "a"': (
        "11: [[checks]] number 2 name: is the name of number 1 too; each check needs its own",
    ),
    '[[checks]]\nname = "a"\nkind = "walk"': ("10: [[checks]] number 1 kind: must be one of page, journey, payment",),
    '[[checks]]\nname = "a"\nevery_s = 0.5\ndeadline_s = 0': (
        "10: [[checks]] number 1 every_s: must be at least 1",
        "11: [[checks]] number 1 deadline_s: must be greater than 0",
    ),
    '[[checks]]\nname = "a"\nevery_s = 2\ndeadline_s = 21': (
        "11: [[checks]] number 1 deadline_s: must be at most 10 times every_s, which is 2",
    ),
    '[[checks]]\nname = "a"\ndepth = "cart"': (
        "10: [[checks]] number 1 depth: a page has no other depth than page; write kind = 'journey'",
    ),
    '[[checks]]\nname = "a"\nkind = "journey"\ndepth = "moon"': (
        "11: [[checks]] number 1 depth: must be one of page, cart, checkout, order, payment",
    ),
    '[[checks]]\nname = "a"\nkind = "journey"\ndepth = "order"': (
        "11: [[checks]] number 1 depth: places orders: write [watch] order = true",
        "11: [[checks]] number 1 depth: places orders: [payment] must say sandbox = true",
    ),
    f'{ORDERING}[[checks]]\nname = "a"\nkind = "journey"\ndepth = "order"': (
        "14: [[checks]] number 1 depth: places orders: [payment] must say sandbox = true",
    ),
    f'{ORDERING}[payment]\nsandbox = false\n[[checks]]\nname = "a"\nkind = "journey"\ndepth = "order"': (
        "16: [[checks]] number 1 depth: places orders: [payment] must say sandbox = true",
    ),
    f'{ORDERING}[[checks]]\nname = "a"\nkind = "journey"\ndepth = "payment"': (
        "14: [[checks]] number 1 depth: pays: [payment] must say sandbox = true",
    ),
    '[[checks]]\nname = "a"\nkind = "payment"': (
        "10: [[checks]] number 1 kind: places orders: write [watch] order = true",
        "10: [[checks]] number 1 kind: pays: [payment] must say sandbox = true",
    ),
    f'{ORDERING}[payment]\nsandbox = true\n[[checks]]\nname = "a"\nkind = "payment"\ndepth = "order"': (
        "16: [[checks]] number 1 depth: a payment has no other depth than payment; leave it out",
    ),
    '[[checks]]\nname = "a"\nurl = "https://other.example/"': (
        (
            "10: [[checks]] number 1 url: other.example:443 is not listed; if it belongs to the platform, add it to "
            "[platform] hosts"
        ),
    ),
    '[[checks]]\nname = "a"\nshows = "("': (
        ("10: [[checks]] number 1 shows: is no regular expression: missing ), unterminated subpattern at position 0"),
    ),
    '[watch]\nservice = "selling"': ("9: [watch] service: is no check; known are: front, buying",),
    '[watch]\nservice = "front"\n[[checks]]\nname = "a"': ("9: [watch] service: is no check; known are: a",),
    "[watch]\nat_least = 0": ("9: [watch] at_least: must be from 1 to 1000000000",),
    '[watch]\ncanaries = ["resolver"]': (
        '9: [watch] canaries: must be a list of HOST:PORT or URLs, such as ["192.0.2.53:53", "https://www.example.org"]',
    ),
    '[watch]\ncanaries = ["SHOP.example:53"]': (
        "9: [watch] canaries: shop.example belongs to the platform; name hosts of somebody else",
    ),
    "[watch]\norder = true": ("9: [watch] order: needs a test product: name it in [watch] product",),
    '[watch]\nproduct = "https://other.example/tea/"': (
        (
            "9: [watch] product: other.example:443 is not listed; if it belongs to the platform, add it to "
            "[platform] hosts"
        ),
    ),
    "[[maintenance]]\nstarts = 2027-01-01T02:00:00Z\nends = 2027-01-01T02:00:00Z": (
        "8: [[maintenance]] number 1 reason: is missing",
        "10: [[maintenance]] number 1 ends: must be later than starts",
    ),
    '[[maintenance]]\nstarts = 2027-01-01T02:00:00\nends = 2027-01-01T03:00:00Z\nreason = "r"': (
        (
            "9: [[maintenance]] number 1 starts: must be an instant with its UTC offset, such as "
            "2026-12-31T18:00:00+08:00 (without quotes)"
        ),
    ),
    '[[incident_rules]]\nmatch = "*"\nclass = "bad luck"': (
        "9: [[incident_rules]] number 1 match: is no regular expression: nothing to repeat at position 0",
        "10: [[incident_rules]] number 1 class: must be one of software, hardware, network",
    ),
    "[availability]\ntarget_percent = 100": ("9: [availability] target_percent: must be above 0 and below 100",),
    '[availability]\nmtbf_reading = "kind"': ("9: [availability] mtbf_reading: must be one of record, demonstrated",),
    'watch = "here"': (
        (
            "8: [platform] watch: unknown key; known are: id, name, base_url, plain_url, environment, authorised, "
            "adapter, hosts, timezone, currency"
        ),
    ),
}


def read(folder: Path, text: str) -> Target:
    path = folder / "duheng.toml"
    path.write_text(text, encoding="utf-8")
    return read_target(path)


def told(folder: Path, text: str) -> list[str]:
    with pytest.raises(SettingsError) as raised:
        read(folder, text)
    return [fault.removeprefix("duheng.toml:") for fault in raised.value.faults]


@pytest.mark.parametrize(("lines", "faults"), FAULTS.items(), ids=[lines.replace("\n", " ")[:60] for lines in FAULTS])
def test_each_rule_has_its_message(tmp_path: Path, lines: str, faults: tuple[str, ...]) -> None:
    assert told(tmp_path, f"{SHOP}{lines}\n") == list(faults)


def test_what_an_adapter_or_a_permission_is_needed_for(tmp_path: Path) -> None:
    assert told(tmp_path, f'{HEAD}{ORDERING}[[checks]]\nname = "a"\nkind = "journey"\n') == [
        "6: [watch] order: places orders: [platform] must say authorised = true",
        "10: [[checks]] number 1 kind: a journey needs [platform] adapter",
    ]


def test_defaults(tmp_path: Path) -> None:
    page_only = read(tmp_path, HEAD)
    (front,) = checks_of(page_only)
    assert (front.name, front.kind, front.url, front.depth) == ("front", "page", "https://shop.example/", "page")
    assert (front.grid.every_ms, front.grid.phase_ms, front.deadline_s) == (60_000, 0, 20)
    assert service_of(page_only) == "front"
    assert vantage_of(page_only)
    assert watch_value(page_only, "max_orders_a_day") == 24
    shop = read(tmp_path, SHOP)
    assert [(check.name, check.kind, check.depth) for check in checks_of(shop)] == [
        ("front", "page", "page"), ("buying", "journey", "checkout"),
    ]  # fmt: skip
    assert service_of(shop) == "buying"


def test_orders_are_placed_where_all_that_they_need_is_declared(tmp_path: Path) -> None:
    ordering = '[payment]\nsandbox = true\n[[checks]]\nname = "a"\nkind = "journey"\ndepth = "order"\n'
    (check,) = checks_of(read(tmp_path, SHOP + ORDERING + ordering))
    assert check.places_orders


def test_a_short_interval_shortens_the_deadline_that_nobody_chose(tmp_path: Path) -> None:
    (quick,) = checks_of(read(tmp_path, f'{HEAD}[[checks]]\nname = "a"\nevery_s = 1\n'))
    assert quick.deadline_s == 10


def test_what_a_bundle_declares_is_read_again(tmp_path: Path) -> None:
    text = (
        f'{SHOP}[[maintenance]]\nstarts = 2027-01-01T02:00:00+08:00\nends = 2027-01-01T03:00:00+08:00\nreason = "r"\n'
    )
    target = read(tmp_path, text)
    again = target_from_declarations(Path("target.json"), target.declarations())
    assert again.sha256 == target.sha256
