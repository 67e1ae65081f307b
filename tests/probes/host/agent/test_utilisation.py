"""The sampling service and what is made of its spool; the same from sysstat and from a Prometheus."""

import calendar
import json
import math
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.host.agent import sampler, sar, spool, utilisation
from probes.host.agent.machine import Machine, Output
from tests.probes.host.agent.apart import need, read_apart

ROOT = Path(__file__).parents[4]
NOW_S = 1_795_312_800
DAY_S = 86_400


class Late(Machine):
    """A host whose clock stands at an instant of the test's own."""

    def now_ms(self) -> int:
        return NOW_S * 1000


def _record(start_s: int, cpu: float, peak: float, covered_s: int = 60) -> spool.Record:
    others = (math.nan,) * (len(spool.METERS) - 1)
    return spool.Record(start_s, covered_s, covered_s, (cpu, *others), (peak, *others))


def _spooled(folder: Path, *records: spool.Record) -> Machine:
    path = folder / "var/lib/duheng/utilisation.spool"
    file = sampler.opened(str(path))
    for record in records:
        sampler.write(file, record)
    os.close(file)
    return Late(root=str(folder))


def test_mean_peak_and_gaps_over_thirty_days(tmp_path: Path) -> None:
    begin = NOW_S - 3 * 3600
    times = [begin + 60 * minute for minute in range(180) if not 60 <= minute < 90]
    machine = _spooled(tmp_path, *(_record(at, 20.0 if at < begin + 3600 else 50.0, 90.0) for at in times))
    cpu = utilisation.read(machine)["resources"]["cpu"]
    assert (cpu["mean"], cpu["peak"], cpu["unit"], cpu["source"]) == (38.0, 90.0, "percent", "spool")
    assert (cpu["samples"], cpu["covered_s"], cpu["step_s"]) == (150, 9000, 60)
    assert (cpu["from_ms"], cpu["to_ms"]) == (begin * 1000, NOW_S * 1000)
    assert cpu["gaps"] == [{"from_ms": (begin + 3600) * 1000, "to_ms": (begin + 5400) * 1000}]
    assert cpu["gaps_s"] == 1800
    assert 0 < len(cpu["series"]) <= utilisation.MOST_SERIES
    assert cpu["series"][0] == [begin * 1000, 20.0, 90.0]


def test_what_is_older_than_the_window_or_of_the_future_does_not_count(tmp_path: Path) -> None:
    old, now, ahead = NOW_S - 31 * DAY_S, NOW_S - 120, NOW_S + 3600
    machine = _spooled(tmp_path, _record(old, 99, 99), _record(now, 10, 12), _record(ahead, 99, 99))
    cpu = utilisation.read(machine)["resources"]["cpu"]
    assert (cpu["mean"], cpu["peak"], cpu["samples"]) == (10.0, 12.0, 1)


def test_the_spool_never_grows_and_the_oldest_minute_gives_way(tmp_path: Path) -> None:
    turn = spool.SLOTS * spool.RECORD_S
    first = (NOW_S - 600) // 60 * 60
    machine = _spooled(tmp_path, _record(first - turn, 1, 1), _record(first, 2, 2))
    assert [each.means[0] for each in spool.records(machine, 0)] == [2.0]
    size = (tmp_path / "var/lib/duheng/utilisation.spool").stat().st_size
    assert size == len(spool.HEADER) + spool.SLOTS * spool.SLOT_BYTES < 6_000_000


def test_a_torn_record_is_left_out_and_the_others_are_kept(tmp_path: Path) -> None:
    one, other = (NOW_S - 600) // 60 * 60, (NOW_S - 300) // 60 * 60
    machine = _spooled(tmp_path, _record(one, 1, 1), _record(other, 2, 2))
    path = tmp_path / "var/lib/duheng/utilisation.spool"
    content = bytearray(path.read_bytes())
    content[spool.slot_of(one) + 20] ^= 1
    path.write_bytes(content)
    assert [each.start_s for each in spool.records(machine, 0)] == [other]


def test_a_minute_that_was_written_before_and_after_a_restart_is_one(tmp_path: Path) -> None:
    at = (NOW_S - 600) // 60 * 60
    machine = _spooled(tmp_path, _record(at, 10, 20, covered_s=20), _record(at, 40, 95, covered_s=40))
    (record,) = spool.records(machine, 0)
    assert (record.means[0], record.peaks[0], record.covered_s, record.looks) == (30.0, 95.0, 60, 60)


def test_without_a_spool_and_anything_else_no_resource_is_told(tmp_path: Path) -> None:
    told = utilisation.read(Late(root=str(tmp_path)))
    assert told["resources"] == {}
    assert {each["name"]: each["state"] for each in told["sources"][:2]} == {"spool": "unread", "sar": "unread"}
    (tmp_path / "var/lib/duheng").mkdir(parents=True)
    (tmp_path / "var/lib/duheng/utilisation.spool").write_bytes(b"something else")
    assert utilisation.read(Late(root=str(tmp_path)))["sources"][0]["cause"] == "target"


def _proc(folder: Path, *, busy: int, idle: int, moved: int, disk_ms: int) -> None:
    files = {
        "proc/stat": f"cpu  {busy} 0 0 {idle} 0 0 0 0 0 0\ncpu0 1 1 1 1\n",
        "proc/meminfo": "MemTotal: 1000 kB\nMemFree: 100 kB\nMemAvailable: 250 kB\n",
        "proc/diskstats": f" 8 0 sda 1 0 8 1 1 0 8 1 0 {disk_ms} 2\n 7 0 loop0 1 0 8 1 1 0 8 1 0 999999 2\n",
        "proc/net/dev": f"Inter\n face\n  eth0: {moved} 1 0 0 0 0 0 0 {moved} 1\n    lo: 9 1 0 0 0 0 0 0 9 1\n",
        "sys/block/sda/size": "1\n",
        "sys/block/loop0/size": "1\n",
        "sys/class/net/eth0/speed": "100\n",
        "sys/class/net/lo/speed": "1\n",
        "proc/77/comm": "clamd\n",
        "proc/77/stat": f"77 (clamd) S 1 77 77 0 -1 0 0 0 0 0 {busy // 10} 0 0 0 20 0 1 0 5 6 7\n",
        "proc/77/statm": "900 100 1 1 0 1 0\n",
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_looks_become_a_record_with_mean_and_peak(tmp_path: Path) -> None:
    steps = ((0, 0, 0, 0), (50, 50, 1_250_000, 500), (60, 140, 2_500_000, 500))
    begin = NOW_S // 60 * 60
    _proc(tmp_path, busy=0, idle=0, moved=0, disk_ms=0)
    service = sampler.Sampler(Machine(root=str(tmp_path)))
    for second, (busy, idle, moved, disk_ms) in enumerate(steps):
        _proc(tmp_path, busy=busy, idle=idle, moved=moved, disk_ms=disk_ms)
        assert service.look(begin + second, 1000.0 + second) is None
    record = service.look(begin + 60, 1060.0)
    assert record is not None
    assert (record.start_s, record.looks, record.covered_s) == (begin, 2, 2)
    means = dict(zip(spool.METERS, record.means, strict=True))
    peaks = dict(zip(spool.METERS, record.peaks, strict=True))
    assert (means["cpu_percent"], peaks["cpu_percent"]) == (30.0, 50.0)
    assert (means["memory_percent"], means["disk_percent"], peaks["disk_percent"]) == (75.0, 25.0, 50.0)
    assert (means["network_bytes_s"], means["network_percent"]) == (2_500_000, 10.0)
    assert means["antivirus_cpu_percent"] == pytest.approx(3.0)
    assert means["antivirus_bytes"] == 100 * os.sysconf("SC_PAGE_SIZE")


def test_the_anti_virus_share_of_a_day_comes_from_the_spool(tmp_path: Path) -> None:
    index = spool.METERS.index("antivirus_cpu_percent")

    def record(at: int, share: float) -> spool.Record:
        values = tuple(share if number == index else 1.0 for number in range(len(spool.METERS)))
        return spool.Record(at, 60, 60, values, tuple(2 * value for value in values))

    machine = _spooled(tmp_path, record(NOW_S - 2 * DAY_S, 80), record(NOW_S - 120, 2), record(NOW_S - 60, 4))
    use = spool.antivirus_use(machine)
    assert (use["cpu_mean_percent"], use["cpu_peak_percent"], use["samples"]) == (3.0, 8.0, 120)


def _service(path: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "probes.host.agent", "--sample", "1", "--spool", str(path)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip


def test_the_service_writes_what_it_has_when_it_is_ended_and_goes_on_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "var/lib/duheng/utilisation.spool"
    for _ in range(2):
        with _service(path) as process:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("sampling every 1 s into")
            with _service(path) as second:  # one at a time
                assert second.wait(timeout=60) == 1
                assert second.stderr is not None
                assert "another service writes it" in second.stderr.read()
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=60) == 0
    records = spool.records(Machine(root=str(tmp_path)), 0)
    assert sum(record.looks for record in records) >= 2
    assert all(0 <= record.means[1] <= 100 for record in records)


POINTS = st.lists(st.tuples(st.integers(1, 600), st.integers(0, 600), st.floats(0, 100)), min_size=1, max_size=50)


@given(POINTS)
def test_what_is_covered_and_the_gaps_are_all_of_the_span(rows: list[tuple[int, int, float]]) -> None:
    points: list[Any] = []
    at = 1000
    for span, pause, value in rows:
        points.append((at, span, value, value))
        at += span + pause
    told = utilisation.summary(points)
    span_s = (told["to_ms"] - told["from_ms"]) // 1000
    assert told["covered_s"] + told["gaps_s"] <= span_s
    assert span_s - told["covered_s"] - told["gaps_s"] < told["step_s"] * len(points)
    assert min(row[2] for row in rows) - 0.001 <= told["mean"] <= told["peak"] + 0.001
    assert len(told["series"]) <= utilisation.MOST_SERIES


def test_a_restart_in_the_files_of_sysstat_is_no_sample() -> None:
    rows = [
        {"timestamp": {"date": "2026-11-21", "time": "00:10:00", "utc": 1, "interval": 600},
         "cpu-load": [{"cpu": "all", "idle": 70.0, "iowait": 5.0}, {"cpu": "0", "idle": 1.0}],
         "disk": [{"disk-device": "sda", "util-percent": 3.0}, {"disk-device": "sdb", "util-percent": 9.0}],
         "network": {"net-dev": [{"iface": "lo", "rxkB": 9.0, "txkB": 9.0},
                                 {"iface": "eth0", "rxkB": 1.0, "txkB": 2.0, "ifutil-percent": 0.5}]}},
        {"timestamp": {"date": "2026-11-21", "time": "00:20:00", "utc": 1, "interval": 0}},
    ]  # fmt: skip
    points = sar.parse({"sysstat": {"hosts": [{"statistics": rows, "restarts": []}]}})
    start = calendar.timegm((2026, 11, 21, 0, 0, 0))
    assert points["cpu"] == [(start, 600, 25.0, 25.0)]
    assert points["disk"] == [(start, 600, 9.0, 9.0)]
    assert points["network_bytes"] == [(start, 600, 3072.0, 3072.0)]


class _Monthly(Machine):
    """A host whose every day's file is one and the same: as after a February, the days of whose numbers are today's."""

    def run(self, name: str, device: str = "", seconds: float = 20.0) -> Output:
        stamp = {"date": "2026-11-21", "time": "00:10:00", "utc": 1, "interval": 600}
        row = {"timestamp": stamp, "memory": {"memused-percent": 40.0}}
        return Output(0, json.dumps({"sysstat": {"hosts": [{"statistics": [row]}]}}), "")


def test_a_file_that_two_days_name_is_counted_once(tmp_path: Path) -> None:
    (tmp_path / "var/log/sysstat").mkdir(parents=True)
    (tmp_path / "var/log/sysstat/sa21").touch()
    assert len(sar.read(_Monthly(root=str(tmp_path)))["memory"]) == 1


@pytest.mark.integration
def test_the_files_of_sysstat_are_read_by_its_own_program() -> None:
    need(sadf="sysstat")
    script = """
    mount -t tmpfs tmpfs /var/log
    mkdir /var/log/sysstat; /usr/lib/sysstat/sadc -F -S DISK 1 3 /var/log/sysstat/sa$(date +%d)
    """
    data = read_apart(script, "utilisation")["utilisation"]["data"]
    assert {each["name"]: each["state"] for each in data["sources"]}["sar"] == "read"
    cpu = data["resources"]["cpu"]
    assert (cpu["source"], cpu["samples"] >= 1) == ("sar", True)
    assert 0 <= cpu["mean"] <= 100
    assert "memory" in data["resources"]


@pytest.mark.integration
def test_a_prometheus_on_the_host_tells_of_its_node_exporter() -> None:
    need(prometheus="prometheus", prometheus_node_exporter="prometheus-node-exporter")
    script = """
    mount -t tmpfs tmpfs /mnt
    cat > /mnt/p.yml <<EOF
global: {scrape_interval: 200ms, scrape_timeout: 200ms}
scrape_configs: [{job_name: node, static_configs: [{targets: ['127.0.0.1:9100']}]}]
EOF
    prometheus-node-exporter --web.listen-address=127.0.0.1:9100 >/dev/null 2>&1 &
    prometheus --config.file=/mnt/p.yml --storage.tsdb.path=/mnt/d --web.listen-address=127.0.0.1:9090 >/dev/null 2>&1 &
    ask() { python3 -c "import json, time, urllib.parse, urllib.request as u, sys
q = urllib.parse.urlencode({'query': 'sum(rate(node_cpu_seconds_total[5m]))', 'time': int(time.time())})
a = json.load(u.urlopen('http://127.0.0.1:9090/api/v1/query?' + q))
sys.exit(not a['data']['result'])"; }
    await ask
    """
    read = read_apart(script, "utilisation", "monitoring")
    resources = read["utilisation"]["data"]["resources"]
    assert resources["cpu"]["source"] == "prometheus"
    assert 0 <= resources["memory"]["mean"] <= 100
    monitoring = read["monitoring"]["data"]
    assert {"node_exporter", "prometheus"} <= set(monitoring["running"])
    assert monitoring["tools"]["node_exporter"]["listening"] == ["127.0.0.1:9100"]
    assert monitoring["firewall_metrics"]["state"] == "read"
