"""One bad file and its exact message for each rule; every fault at once, each at its line."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes import target_tables
from probes.canonical import freeze, thaw
from probes.errors import EvidenceError, SettingsError
from probes.target import Target
from probes.target_check import say
from probes.target_file import read_target, target_from_declarations
from probes.target_keys import TABLES, TOPICS
from tests.probes.target_faults import FAULTS, HEAD, NO_USERINFO, SECRET, WINDOW


def told(folder: Path, text: str) -> list[str]:
    path = folder / "duheng.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as raised:
        read_target(path)
    assert SECRET not in str(raised.value)
    prefix = "duheng.toml:"
    return [fault.removeprefix(prefix) for fault in raised.value.faults if fault.startswith(prefix)]


def read(folder: Path, text: str) -> Target:
    path = folder / "duheng.toml"
    path.write_text(text, encoding="utf-8")
    return read_target(path)


@pytest.mark.parametrize(("lines", "faults"), FAULTS.items(), ids=[lines.replace("\n", " ")[:60] for lines in FAULTS])
def test_each_rule_has_its_message(tmp_path: Path, lines: str, faults: tuple[str, ...]) -> None:
    assert told(tmp_path, f"{HEAD}{lines}\n") == list(faults)


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("shop.example", "is not such a URL; write it as https://shop.example"),
        ("ftp://shop.example", "is not such a URL; write it as https://shop.example"),
        ("https://", "is not such a URL; write it as https://shop.example"),
        ("https://shop.example:port", "is not such a URL; write it as https://shop.example"),
        ("https://shop.example:0", "is not such a URL; write it as https://shop.example"),
        ("https://shop.example:99999", "is not such a URL; write it as https://shop.example"),
        ("https://shop .example", "is not such a URL; write it as https://shop.example"),
        ("https://[::1", "is not such a URL; write it as https://shop.example"),
        (f"https://u:{SECRET}@shop.example", NO_USERINFO),
        (f"ftp://u:{SECRET}@shop.example", NO_USERINFO),
        (f"https://user:{SECRET}", "is not such a URL; write it as https://shop.example"),
        (f"https://u:{SECRET}@shop.example:port", NO_USERINFO),
        ("https://shop.example/?a=1", "must end before '?' and '#'; write it as https://shop.example"),
        ("https://shop.example/#a", "must end before '?' and '#'; write it as https://shop.example"),
    ],
)
def test_malformed_urls(tmp_path: Path, url: str, fault: str) -> None:
    text = HEAD.replace("https://shop.example", url)
    assert told(tmp_path, text) == [f"4: [platform] base_url: {fault}"]


def test_each_topic_of_tables_is_listed_and_no_table_stands_twice() -> None:
    files = {path.stem for path in Path(target_tables.__file__ or "").parent.glob("*.py")} - {"__init__", "key"}
    assert len(TOPICS) == len(files)
    assert len(TABLES) == sum(len(topic) for topic in TOPICS)


def test_missing_keys(tmp_path: Path) -> None:
    assert told(tmp_path, "[platform]\n") == [
        "1: [platform] id: is missing",
        "1: [platform] name: is missing",
        "1: [platform] base_url: is missing",
    ]


@pytest.mark.parametrize("text", ["[limits]\nworkers = 2\n", "# nothing but a comment\n"])
def test_a_missing_platform(tmp_path: Path, text: str) -> None:
    assert told(tmp_path, text) == ["1: [platform]: the table is missing; `duheng init` writes one to start from"]


def test_the_platform_as_something_else(tmp_path: Path) -> None:
    assert told(tmp_path, 'platform = "shop"\n') == ["1: [platform]: must be written as [platform]"]
    assert told(tmp_path, '[[platform]]\nid = "x"\n') == ["1: [platform]: must be written as [platform]"]


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "{path}: the target file is empty; `duheng init` writes one to start from"),
        (b" \n\t\n", "{path}: the target file is empty; `duheng init` writes one to start from"),
        (b"\xef\xbb\xbf\n", "{path}: the target file is empty; `duheng init` writes one to start from"),
        (b"\xff\xfe[\0p\0", "{path}: not UTF-8 at byte 0; save the target file as UTF-8"),
        ("名称".encode("gb18030"), "{path}: not UTF-8 at byte 0; save the target file as UTF-8"),
        (b"{}", "{path}: not TOML: Invalid statement (at line 1, column 1)"),
        (b"[platform\n", "{path}: not TOML: Expected ']' at the end of a table declaration (at line 1, column 10)"),
    ],
)
def test_what_is_no_target_file(tmp_path: Path, raw: bytes, message: str) -> None:
    path = tmp_path / "duheng.toml"
    path.write_bytes(raw)
    with pytest.raises(SettingsError) as raised:
        read_target(path)
    assert raised.value.faults == (message.format(path=path),)


def test_no_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"there is no such target file; `duheng init` writes one"):
        read_target(tmp_path / "none.toml")
    with pytest.raises(SettingsError, match=r"the target file cannot be read: Is a directory"):
        read_target(tmp_path)


# One line each, so that any of them may stand beside any other.
INDEPENDENT = {
    "platform": ('colour = "red"', 'environment = "x"', "authorised = 1", 'hosts = ["a b"]', 'timezone = "no"'),
    "limits": ("workers = 0", "speed = 9", 'deadline_s = "long"', "body_bytes = -1"),
    "shop": ("sample = 'ten'", f"password = '{SECRET}'", "max_orders = 0"),
    "roles.operator": ("username = 5", "password_env = 'not a name'", "token = 'abc'"),
    "mailbox": ("listen = 'here'", "port = 1"),
}


@given(st.data())
def test_any_subset_of_faults_is_told_whole(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    chosen = {
        table: data.draw(st.lists(st.sampled_from(lines), unique=True, min_size=table == "platform"), label=table)
        for table, lines in INDEPENDENT.items()
    }
    text = HEAD
    expected: dict[int, str] = {}
    for table, lines in chosen.items():
        if table != "platform" and lines:
            text += f"\n# [{table}] follows\n[{table}]\n"
        for line in lines:
            text += f"{line}\n"
            expected[text.count("\n")] = line.partition(" ")[0]
    found = told(tmp_path_factory.mktemp("subset"), text)
    at = {int(number): rest for number, _, rest in (fault.partition(":") for fault in found)}
    for number, key in expected.items():
        assert re.search(rf"\] {key}: ", at[number]), (number, key, found)
    assert list(at) == sorted(at)


def test_faults_inside_values_of_many_lines_stand_at_their_key(tmp_path: Path) -> None:
    text = f"""{HEAD}hosts = [
  "a.example",  # [limits]
  "https://b.example",
]
description = '''
[limits]
workers = 0
'''
[limits]
workers = 0
"""
    assert [fault.partition(":")[0] for fault in told(tmp_path, text)] == ["5", "9", "14"]


# --- sound files


def test_defaults(tmp_path: Path) -> None:
    target = read(tmp_path, HEAD)
    assert target.platform.environment == "production"
    assert target.platform.authorised is False
    assert target.platform.plain_url == "http://shop.example"
    assert target.ledger_url == "sqlite:///duheng.db"
    assert [endpoint.url for endpoint in target.endpoints] == ["https://shop.example"]
    assert target.limits.workers == 4
    assert target.why_not_write(datetime.now(UTC)) == "the target file does not say authorised = true"
    for name, table in TABLES.items():
        for key_name, key in table.keys.items():
            found = getattr(getattr(target, name, None), key_name, key.default)
            assert found == key.default or (name, key_name) in {
                ("platform", "id"),
                ("platform", "name"),
                ("platform", "base_url"),
                ("platform", "plain_url"),
                ("shop", "max_orders"),
            }


def test_few_orders_unless_the_platform_is_disposable_or_the_file_says_so(tmp_path: Path) -> None:
    assert read(tmp_path, HEAD).shop.max_orders == 2
    assert read(tmp_path, f'{HEAD}environment = "staging"\n').shop.max_orders == 2
    assert read(tmp_path, f'{HEAD}environment = "disposable"\n').shop.max_orders == 200
    assert read(tmp_path, f'{HEAD}environment = "disposable"\n[shop]\nmax_orders = 7\n').shop.max_orders == 7


def test_a_whole_file(tmp_path: Path) -> None:
    target = read(
        tmp_path,
        f"""{HEAD}environment = "production"
authorised = true
hosts = ["PAY.example", "[::1]:8443"]
[ledger]
url = "sqlite:///evidence.db"
[[endpoints]]
url = "https://shop.example/"
addresses = ["192.0.2.1", "::1"]
[[endpoints]]
url = "http://cdn.example:8080"
[roles.operator]
username = "op"
password_file = "secrets/op"
[shop]
product_urls = ["/a/", "https://pay.example/b/?c=d#e"]
[mailbox]
listen = "[::1]:0"
{WINDOW}purpose = "test orders"
""",
    )
    assert target.ledger_url == "sqlite:///evidence.db"
    assert target.endpoints[0].addresses == ("192.0.2.1", "::1")
    assert len(target.endpoints) == 2
    assert target.roles["operator"].password_file == tmp_path / "secrets" / "op"
    assert target.permits("https://pay.example/x")
    assert target.permits("http://[::1]:8443/")
    assert target.permits("http://cdn.example:8080/")
    assert not target.permits("https://cdn.example/")
    assert target.why_not_write(datetime(2027, 1, 10, 3, tzinfo=UTC)) is None
    assert target.why_not_write(datetime(2027, 1, 10, 4, tzinfo=UTC)) is not None  # over at its end


def test_a_byte_order_mark_and_windows_lines(tmp_path: Path) -> None:
    path = tmp_path / "staging.toml"
    path.write_bytes(b"\xef\xbb\xbf" + HEAD.replace("\n", "\r\n").encode())
    target = read_target(path)
    assert target.platform.id == "x"
    assert target.ledger_url == "sqlite:///staging.duheng.db"


def test_declarations_give_the_same_target_again(tmp_path: Path) -> None:
    text = f"""{HEAD}
[[waivers]]
check = "SBT-1"
reason = "r"
owner = "o"
expires = 2027-01-01T00:00:00.5+08:00
{WINDOW}purpose = "p"
"""
    target = read(tmp_path, text)
    again = target_from_declarations(target.path, target.declarations())
    assert again == target
    assert again.sha256 == target.sha256


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"platform": {"id": "x"}}, r"target\.json: \[platform\] name: is missing"),
        ({"waivers": [{"check": "a"}]}, r"target\.json: not the declarations of a target file"),
        ({"waivers": [7]}, r"target\.json: not the declarations of a target file"),
        ({"windows": "now"}, r"target\.json: not the declarations of a target file"),
        ({"extra": 1}, r"target\.json: \[extra\]: unknown table"),
    ],
)
def test_declarations_that_no_file_made(tmp_path: Path, change: dict[str, object], message: str) -> None:
    sound = thaw(read(tmp_path, HEAD).declarations())
    with pytest.raises(EvidenceError, match=message):
        target_from_declarations(tmp_path, freeze(sound | change))


def test_faults_say_their_place() -> None:
    assert say((("shop",), "w")) == "[shop]: w"
    assert say((("shop", "sample"), "w")) == "[shop] sample: w"
    assert say((("waivers", 1), "w")) == "[[waivers]] number 2: w"
    assert say((("waivers", 1, "owner"), "w")) == "[[waivers]] number 2 owner: w"
    assert say((("roles", "operator", "username"), "w")) == "[roles.operator] username: w"
