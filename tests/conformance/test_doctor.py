"""What is missing, in words; and that the clauses it names are those that stay undetermined."""

import importlib.util
import re
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from conformance.catalogue.load import load_catalogue
from conformance.cli.doctor import MANY
from conformance.doctoring.ledger import ledger_state, record_lacks
from conformance.doctoring.machine import EXTRAS, missing_extras
from conformance.doctoring.shop import PLACEHOLDER
from conformance.doctoring.undeclared import WANTED
from conformance.doctoring.whole import built, lacks_of
from conformance.judges.table import JUDGEMENTS
from conformance.target_template import template
from probes.target_file import read_target
from reports.latency_recorder import LatencyRecorder
from reports.ledger.entry import Draft
from reports.ledger.location import open_ledger
from reports.ledger.standing_record import open_key
from reports.signing.keys import default_folder, new
from tests.conformance.judges.standing_script import Script
from tests.conformance.recorded_runs import keep_drill, keep_load
from tests.conformance.running import duheng
from tests.miniatures.shop.miniature import MiniatureShop

HEAD = '[platform]\nid = "x"\nname = "X"\nbase_url = "https://shop.example"\n'
DECLARED = """
[[hosts]]
name = "web1"
address = "local"
[utilisation]
cpu_percent = 60
[antivirus]
scan_s = 120
[firewall]
advisories_of = "2026-11-01"
[[databases]]
name = "orders"
host = "web1"
kind = "postgresql"
account = "auditor"
database = "shop"
log = "/var/log/postgresql"
[[backups]]
name = "nightly"
tool = "restic"
host = "web1"
repository = "/srv/backup"
holds = ["trades"]
place = "local"
[[backup_plan]]
by = "flow"
data = "trades"
cycle_h = 24
rank = 1
[restore]
scratch = "/srv/scratch"
[load]
peak_rate_per_s = 2
query_p95_ms = 50
max_orders = 200
[[drills]]
name = "crash"
fault = "software-crash"
host = "web1"
pidfile = "/run/shop.pid"
start = ["systemctl", "start", "shop"]
"""
BOUNDS = 'environment = "staging"\nauthorised = true\nadapter = "oscar"\n'


def lacks(folder: Path, text: str) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return what is missing -> what to do, and the checks."""
    path = folder / "duheng.toml"
    path.write_text(text, encoding="utf-8")
    found = lacks_of(read_target(path), datetime.now(UTC))
    return {lack.what.en: (lack.remedy.en, lack.checks) for lack in found}


def test_nothing_is_missing(tmp_path: Path, running_shop: MiniatureShop) -> None:
    target = running_shop.target_toml(tmp_path, further=DECLARED)
    done = duheng("doctor", "--target", target, folder=tmp_path)
    assert (done.returncode, done.stderr) == (2, "")
    assert "- ledger duheng.db: not there yet" in done.stdout
    assert not (tmp_path / "duheng.db").exists()
    assert f"{len(JUDGEMENTS)} of 556 checks have a judge" in done.stdout
    words = " ".join(done.stdout.split())
    for record in ("no standing record of availability", "no valid load run", "no drill of the last 400 days"):
        assert f"the ledger holds {record}" in words
    assert done.stdout.count("undetermined until then") == 3  # nothing but the records, which take their time

    now = datetime.now(UTC)
    script = Script(hours=30, ends=now, platform_id="miniature")
    with open_ledger("sqlite:///duheng.db", base=tmp_path) as store:
        script.keep(store)
        keep_load(store, "miniature", ended=now - timedelta(hours=1))
        keep_drill(store, "miniature", "crash", ended=now, seen=now)
    done = duheng("doctor", "--target", target, folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("Nothing is missing.\nThe shop itself was not contacted.\n")


def test_every_check_that_wants_a_key_is_named_where_the_target_file_holds_none(tmp_path: Path) -> None:
    found = lacks(tmp_path, HEAD)
    named = {check for _, checks in found.values() for check in checks}
    assert {check for check, judged in JUDGEMENTS.items() if judged.declares} <= named
    keys = {key for judged in JUDGEMENTS.values() for key in judged.declares}
    rooms = ("platform.", "roles.", "payment.", "api.")  # told by the shop's room
    assert set(WANTED) == {key for key in keys if not key.startswith(rooms)}


def test_many_checks_are_told_by_their_clauses(tmp_path: Path) -> None:
    (tmp_path / "duheng.toml").write_text(HEAD + BOUNDS, encoding="utf-8")
    count = len([check for check, judged in JUDGEMENTS.items() if "backups" in judged.declares])
    assert count > MANY
    english = " ".join(duheng("doctor", folder=tmp_path).stdout.split())
    told = re.search(rf"undetermined until then: {count} checks, by clause: ((?:SBT-[0-9.]+ \(\d+\)(?:, )?)+)", english)
    assert told is not None
    clauses = re.findall(r"SBT-([0-9.]+)", told[1])
    assert clauses == sorted(clauses, key=lambda clause: [int(part) for part in clause.split(".")])
    assert sum(map(int, re.findall(r"\((\d+)\)", told[1]))) == count
    chinese = "".join(duheng("doctor", "--lang", "zh", folder=tmp_path).stdout.split())
    assert f"在此之前无法判定：{count}项检查，按条款：SBT-" in chinese


def test_without_a_standing_record_long_run_checks_are_told_to_stay_undetermined(tmp_path: Path) -> None:
    (tmp_path / "duheng.toml").write_text(HEAD + BOUNDS, encoding="utf-8")
    target, now = read_target(tmp_path / "duheng.toml"), datetime.now(UTC)
    (none,) = record_lacks(target, now)
    assert none.what.en == "the ledger holds no standing record of availability"
    assert set(none.checks) == {name for name, judged in JUDGEMENTS.items() if "ledger.history" in judged.needs}
    assert not (tmp_path / "duheng.db").exists()
    said = " ".join(duheng("doctor", folder=tmp_path).stdout.split())
    assert "keep `duheng watch` running; bring in a history" in said
    assert "台账中没有可用性的长期记录" in duheng("doctor", "--lang", "zh", folder=tmp_path).stdout

    with open_ledger(target.ledger_url, base=tmp_path) as store:
        Script(hours=30, ends=now - timedelta(hours=25), platform_id=target.platform.id).keep(store)
    (old,) = record_lacks(target, now)
    assert "nothing of the last 24 hours" in old.what.en
    assert record_lacks(target, now - timedelta(hours=2)) == ()
    with open_ledger(target.ledger_url, base=tmp_path) as store:
        store.note({open_key(target.platform.id, "front", "here"): b"{}"})
    (altered,) = record_lacks(target, now)
    assert "a note of the ledger is no interval" in altered.what.en


def test_a_missing_target_is_something_missing(tmp_path: Path) -> None:
    done = duheng("doctor", folder=tmp_path)
    assert done.returncode == 2
    assert "no target file: give one with --target FILE.toml" in done.stdout
    assert "Nothing is missing." not in done.stdout
    assert done.stdout.endswith("The shop itself was not contacted.\n")
    chinese = duheng("doctor", "--lang", "zh", folder=tmp_path)
    assert chinese.returncode == 2
    assert "没有目标文件" in chinese.stdout
    assert "没有缺项" not in chinese.stdout
    assert chinese.stdout.endswith("未连接商城本身。\n")


def test_addresses_that_cannot_be_meant(tmp_path: Path) -> None:
    found = lacks(tmp_path, (HEAD + BOUNDS).replace("https:", "http:"))
    assert "[platform] base_url is still the placeholder of `duheng init` (shop.example)" in found
    assert any(what.startswith("[platform] base_url is http: journeys go over TLS") for what in found)
    found = lacks(tmp_path, (HEAD + BOUNDS).replace("shop.example", "myshop.test"))
    assert not any("base_url" in what for what in found)
    assert f"https://{PLACEHOLDER}" in template()


def test_the_ledger_is_verified_and_none_is_made(tmp_path: Path) -> None:
    (tmp_path / "duheng.toml").write_text(HEAD + BOUNDS, encoding="utf-8")
    target, file = read_target(tmp_path / "duheng.toml"), tmp_path / "duheng.db"
    state = ledger_state(target)
    assert state is not None
    assert (state.found, state.lacks, file.exists()) == (None, (), False)

    with open_ledger(target.ledger_url, base=tmp_path) as store:
        store.append("run", [Draft(kind="note", payload=b"{}")])
        head = store.verify().head.hash
    words = " ".join(duheng("doctor", folder=tmp_path).stdout.split())
    assert f"ledger duheng.db: 1 entry, head {head}, verified" in words

    with sqlite3.connect(file) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("UPDATE entries SET payload = x'5b5d'")
    connection.close()
    done = duheng("doctor", folder=tmp_path)
    assert done.returncode == 2
    words = " ".join(done.stdout.split())
    assert "duheng.db, entry 1: " in words
    assert "restore a backup" in words
    assert "台账 duheng.db" in duheng("doctor", "--lang", "zh", folder=tmp_path).stdout

    file.write_bytes(b"no ledger" * 100)
    done = duheng("doctor", folder=tmp_path)
    assert (done.returncode, done.stderr) == (2, "")
    assert "put this right first" in done.stdout


def test_latencies_that_were_altered_are_told(tmp_path: Path) -> None:
    (tmp_path / "duheng.toml").write_text(HEAD + BOUNDS, encoding="utf-8")
    target = read_target(tmp_path / "duheng.toml")
    planned_ms = round(datetime.now(UTC).timestamp() * 1000) - 3 * 86_400_000
    with open_ledger(target.ledger_url, base=tmp_path) as store:
        recorder = LatencyRecorder(
            run_id="watch",
            platform_id=target.platform.id,
            check="front",
            vantage="here",
            zone=ZoneInfo("Asia/Shanghai"),
            keep_days=400,
        )
        recorder.record(planned_ms, 120)
        recorder.flush(store, planned_ms + 2 * 86_400_000)
    assert "latencies of" not in duheng("doctor", folder=tmp_path).stdout
    with open_ledger(target.ledger_url, base=tmp_path) as store:
        (name,) = store.notes("latency/")
        store.note({name: b"altered"})
    done = duheng("doctor", folder=tmp_path)
    assert done.returncode == 2
    assert "latencies of front from here, hour" in done.stdout
    assert "do not fit the digest" in " ".join(done.stdout.split())
    assert "时延数据：" in duheng("doctor", "--lang", "zh", folder=tmp_path).stdout


def test_a_ledger_that_nobody_knows(tmp_path: Path) -> None:
    found = HEAD + BOUNDS + '[ledger]\nurl = "{}"\n'
    away = "postgresql://nobody@127.0.0.1:1/nowhere"
    for url, lacking in (("memory:", None), ("postgres://x", 1), ("sqlite:x", 1), (away, 1)):
        (tmp_path / "duheng.toml").write_text(found.format(url), encoding="utf-8")
        state = ledger_state(read_target(tmp_path / "duheng.toml"))
        assert (None if state is None else len(state.lacks)) == lacking


@pytest.mark.parametrize("environment", ["staging", "production"])
def test_why_a_run_may_only_read_is_said_in_chinese(tmp_path: Path, environment: str) -> None:
    authorised = str(environment == "production").lower()
    text = f'{HEAD}environment = "{environment}"\nauthorised = {authorised}\n'
    (tmp_path / "duheng.toml").write_text(text, encoding="utf-8")
    (told,) = (
        lack.what.zh
        for lack in lacks_of(read_target(tmp_path / "duheng.toml"), datetime.now(UTC))
        if lack.what.zh.startswith("本次运行只能读取：")
    )
    assert re.search("未写明|时间窗口", told)
    assert "the target" not in told


def test_a_bad_target_exits_64(tmp_path: Path) -> None:
    (tmp_path / "duheng.toml").write_text(f"{HEAD}colour = 1\n[limits]\nworkers = 0\n", encoding="utf-8")
    done = duheng("doctor", folder=tmp_path)
    assert done.returncode == 64
    assert re.findall(r"^duheng\.toml:(\d+): ", done.stderr, re.MULTILINE) == ["5", "7"]


def test_everything_is_missing(tmp_path: Path) -> None:
    (tmp_path / "duheng.toml").write_text(
        f'{HEAD}[tls]\nca_file = "none.pem"\n[roles.buyer_a]\nusername = "a"\npassword_env = "DUHENG_NONE"\n',
        encoding="utf-8",
    )
    done = duheng("doctor", folder=tmp_path)
    assert (done.returncode, done.stderr) == (2, "")
    words = " ".join(done.stdout.split())
    for part in (
        "[tls] ca_file:",
        "[roles.buyer_a]: the environment variable DUHENG_NONE is not set",
        "the run may only read: the target file does not say authorised = true",
        "[roles.operator] is not declared",
        "[roles.seller_a] is not declared",
        "[roles.seller_b] is not declared",
        "[platform] adapter is not set",
        "undetermined until then: SBT-",
    ):
        assert part in words
    assert max(len(line) for line in done.stdout.splitlines() if " " in line.strip()) <= 80

    chinese = duheng("doctor", "--lang", "zh", folder=tmp_path)
    assert chinese.returncode == 2
    for part in (
        "未声明 [roles.operator]",
        "未设置 [platform] adapter",
        "在此之前无法判定：",
        "以上各项有缺，或须更正。",
        "authorised = true",
    ):
        assert part in chinese.stdout


def test_a_signing_key_that_others_may_read(tmp_path: Path, home: Path) -> None:
    folder = default_folder({"HOME": str(home)})
    new(folder)
    (folder / "signing.key").chmod(0o644)
    done = duheng("doctor", folder=tmp_path)
    assert done.returncode == 2
    assert f"run: chmod 600 {folder}/signing.key" in " ".join(done.stdout.split())


def test_an_adapter_that_lacks_verbs(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        '[adapter]\nname = "mine"\ntitle_zh = "自备"\ntitle_en = "Mine"\n[session]\nkind = "cookie"\n'
        '[pages]\nhome = "/"\n[[journeys.home.steps]]\nstepId = "see"\npath = "/"\n',
        encoding="utf-8",
    )
    found = lacks(tmp_path, HEAD + BOUNDS.replace('"oscar"', '"mine.toml"'))
    remedy, checks = found["the adapter for Mine has no journey register"]
    assert remedy == "add [journeys.register] to the adapter file"
    assert "SBT-3.2.1-register" in checks
    assert set(found["the adapter for Mine has no journey confirm_order"][1]) >= {"SBT-3.2.1-orders"}
    assert "the adapter for Mine has no journey home" not in found


def test_an_adapter_with_faults(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('[adapter]\nname = "mine"\ncolour = 1\n', encoding="utf-8")
    found = lacks(tmp_path, HEAD + BOUNDS.replace('"oscar"', '"mine.toml"'))
    assert len([what for what in found if what.startswith("mine.toml:")]) > 1


def test_extras(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert set(missing_extras()) == set(EXTRAS)
    found = lacks(tmp_path, f'{HEAD}{BOUNDS}[mailbox]\nlisten = "127.0.0.1:0"\n')
    assert found["[mailbox] wants the extra [mail]"][0] == "run pip install 'duheng[mail]'"


def test_where_no_browser_can_walk_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    walked = ("SBT-3.1.3.3-personal-no-leak", "SBT-3.1.3.3-trade-no-leak")
    found = lacks(tmp_path, f'{HEAD}{BOUNDS}[browser]\nexecutable = "no-such-browser"\n')
    assert found["[browser] executable names a program that is not there"][1] == walked
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    said = "Playwright is not installed: no browser can walk the buying journey"
    assert lacks(tmp_path, HEAD + BOUNDS)[said] == ("run pip install 'duheng[browser]'", walked)
    assert said not in lacks(tmp_path, f"{HEAD}{BOUNDS}[browser]\nwalk = false\n")


def test_built_checks_are_counted() -> None:
    assert built(load_catalogue()) == (len(JUDGEMENTS), 556)
