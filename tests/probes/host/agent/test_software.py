"""What is looked for and not there is read as absent; schedule, services, shares and age by their real formats."""

import os
import time
from pathlib import Path

import pytest

from probes.host.agent import age, databases, intrusion, monitoring, schedule, services, shares, software
from probes.host.agent.machine import Machine
from probes.host.agent.sections import SECTIONS

DPKG = """Package: fail2ban
Status: install ok installed
Version: 1.0.2-2

Package: suricata
Status: deinstall ok config-files
Version: 6.0.10
"""
TIMERS = """Id=backup.timer
ActiveState=active
Unit=backup.service
TimersCalendar={ OnCalendar=*-*-* 02:00:00 ; next_elapse=Mon 2026-11-23 02:00:00 UTC }
NextElapseUSecRealtime=Mon 2026-11-23 02:00:00 UTC
LastTriggerUSec=Sun 2026-11-22 02:00:03 UTC

Id=clean.timer
ActiveState=inactive
Unit=clean.service
TimersMonotonic={ OnBootUSec=15min ; next_elapse=0 }
NextElapseUSecRealtime=
LastTriggerUSec=n/a
"""
UNITS = """cron.service     loaded active   running Regular background program processing daemon
nginx.service    loaded failed   failed  A high performance web server
ssh.service      loaded active   running OpenBSD Secure Shell server
apt-daily.service loaded inactive dead   Daily apt download activities
"""


def _host(folder: Path, files: dict[str, str]) -> Machine:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (folder / "proc/net").mkdir(parents=True, exist_ok=True)
    (folder / "proc/net/protocols").write_text("protocol\nTCP\n")
    (folder / "proc/1").mkdir()
    (folder / "proc/1/status").write_text("Name:\tinit\n")
    return Machine(root=str(folder))


@pytest.mark.parametrize(("exported", "age_s", "told"), [(True, 60, True), (True, 86_400, False), (False, 60, False)])
def test_metrics_of_the_firewall_are_those_that_somebody_writes_and_exports(
    tmp_path: Path, exported: bool, age_s: int, told: bool
) -> None:
    text = "proc/9/cmdline", "node_exporter\0" if exported else "cat\0"
    prom = "var/lib/node_exporter/firewall.prom"
    files = dict([text]) | {prom: "nftables_rules 3\n", "proc/9/status": "Name:\tit\nUid:\t0\t0\t0\t0\n"}
    host = _host(tmp_path, files)
    at = time.time() - age_s
    os.utime(tmp_path / prom, (at, at))
    assert ("nftables_rules" in monitoring.read(host)["firewall_metrics"].get("names", [])) is told


def test_a_server_is_told_from_its_own_workers_whatever_its_arguments(tmp_path: Path) -> None:
    lines = {"10": "postgres\0-c\0shared_buffers=1GB\0", "11": "postgres: checkpointer \0", "12": "postgres\0"}
    files = {f"proc/{pid}/cmdline": line for pid, line in lines.items()}
    files |= {f"proc/{pid}/status": "Name:\tpostgres\nUid:\t7\t7\t7\t7\n" for pid in lines}
    assert [each["pid"] for each in databases.read(_host(tmp_path, files))["servers"]] == [10, 12]


def test_a_program_that_only_looks_at_a_file_of_that_name_is_not_the_program(tmp_path: Path) -> None:
    lines = {
        "10": "tail\0/var/log/suricata\0", "11": "/usr/bin/python3\0/usr/bin/fail2ban-server\0", "12": "vi\0snort\0",
    }  # fmt: skip
    files = {f"proc/{pid}/cmdline": line for pid, line in lines.items()}
    files |= {f"proc/{pid}/status": f"Name:\t{line[:4]}\nUid:\t0\t0\t0\t0\n" for pid, line in lines.items()}
    assert intrusion.read(_host(tmp_path, files))["running"] == ["fail2ban"]


def test_software_that_is_not_there_is_read_as_absent_with_how_it_was_looked_for(tmp_path: Path) -> None:
    host = _host(tmp_path, {"var/lib/dpkg/status": DPKG})
    for section in (intrusion, monitoring):
        told = section.read(host)
        assert told["running"] == []
        assert all(not tool["running"] and any(tool["looked_for"].values()) for tool in told["tools"].values())
    tools = intrusion.read(host)["tools"]
    assert {name for name, tool in tools.items() if tool["installed"]} == {"fail2ban"}
    assert tools["fail2ban"]["version"] == "1.0.2-2"


def test_a_script_is_known_by_its_own_name_and_a_server_by_its_first_word(tmp_path: Path) -> None:
    files = {
        "proc/7/cmdline": "/usr/bin/python3\0/usr/bin/fail2ban-server\0-xf\0start\0",
        "proc/7/status": "Name:\tfail2ban-server\nUid:\t0\t0\t0\t0\n",
        "proc/8/cmdline": "suricata-update-check\0",
        "proc/8/status": "Name:\tsuricata-updat\nUid:\t0\t0\t0\t0\n",
        "proc/9/cmdline": "",
        "proc/9/status": "Name:\tsuricata\nUid:\t0\t0\t0\t0\n",
    }
    assert intrusion.read(_host(tmp_path, files))["running"] == ["fail2ban"]


def test_packages_of_alpine() -> None:
    assert software.apk("C:Q1\nP:nftables\nV:1.0.9-r2\n\nP:musl\nV:1.2.5-r0\n") == {
        "nftables": "1.0.9-r2",
        "musl": "1.2.5-r0",
    }


def test_lines_of_cron_with_and_without_a_user() -> None:
    text = "# m h\nMAILTO=root\n0 2 * * *  root  /usr/local/bin/backup --full\n@daily app  /bin/true\n1 2 3\n"
    system = schedule.crontab(text, "/etc/cron.d/x", None)
    assert [(each["line"], each["when"], each["user"], each["command"]) for each in system] == [
        (3, "0 2 * * *", "root", "/usr/local/bin/backup --full"),
        (4, "@daily", "app", "/bin/true"),
    ]
    (own,) = schedule.crontab("*/5 * * * * /bin/probe a\n", "/var/spool/cron/crontabs/app", "app")
    assert (own["when"], own["user"], own["command"]) == ("*/5 * * * *", "app", "/bin/probe a")


@pytest.mark.parametrize(
    "command",
    [
        "mysqldump -pS3cret shop",
        "PGPASSWORD=S3cret pg_dump",
        "curl https://me:S3cret@h/",
        "run --token S3cret",
        "x --password=S3cret",
    ],
)
def test_what_looks_like_a_password_is_left_out(command: str) -> None:
    assert "S3cret" not in schedule.bare(command)
    assert schedule.bare("/usr/bin/pgbackrest --stanza=main backup") == "/usr/bin/pgbackrest --stanza=main backup"


def test_timers_of_systemd() -> None:
    daily, boot = schedule.timers(TIMERS)
    assert (daily["name"], daily["calendar"], daily["active"]) == ("backup.timer", ["*-*-* 02:00:00"], True)
    assert (daily["next_ms"], daily["last_ms"]) == (1795399200000, 1795312803000)
    assert (boot["monotonic"], boot["next_ms"], boot["last_ms"]) == (["OnBootUSec=15min"], None, None)


def test_timers_are_read_from_files_where_systemd_does_not_run(tmp_path: Path) -> None:
    files = {
        "etc/systemd/system/timers.target.wants/b.timer": "[Timer]\nOnCalendar=daily\n",
        "etc/systemd/system/b.timer": "[Timer]\nOnCalendar=daily\n",
        "etc/systemd/system/b.service": "[Service]\nExecStart=-/usr/bin/backup --full\n",
        "etc/crontab": "0 1 * * * root /bin/one\n",
    }
    told = schedule.read(_host(tmp_path, files))
    assert [(each["name"], each["calendar"], each["commands"]) for each in told["timers"]] == [
        ("b.timer", ["daily"], ["/usr/bin/backup --full"])
    ]
    assert [each["command"] for each in told["cron"]] == ["/bin/one"]


def test_units_of_systemd() -> None:
    told = services.units(UNITS)
    assert [each["name"] for each in told["running"]] == ["cron.service", "ssh.service"]
    assert told["failed"] == [{"name": "nginx.service", "description": "A high performance web server"}]
    assert told["others"] == 1


def test_a_share_is_a_capability_until_something_serves_it(tmp_path: Path) -> None:
    can = {"proc/filesystems": "nodev\tcifs\n\text4\n", "etc/exports": "/srv/a 10.0.0.0/8(ro)\n# none\n"}
    told = shares.read(_host(tmp_path / "can", can))
    assert told["capability"]["smb"] == {"present": True, "how": ["kernel cifs"]}
    assert told["capability"]["nfs"]["present"] is False
    assert (told["active"], told["exports"]) == ([], ["/srv/a"])
    row = "   0: 00000000:01BD 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1\n"
    serves = {
        "proc/net/tcp": "  sl  local_address rem_address   st\n" + row,
        "proc/5/cmdline": "/usr/sbin/smbd\0-F\0",
        "proc/5/status": "Name:\tsmbd\nUid:\t0\t0\t0\t0\n",
        "proc/5/comm": "smbd\n",
    }
    host = _host(tmp_path / "serves", serves)
    (tmp_path / "serves/proc/5/fd").mkdir()
    (tmp_path / "serves/proc/5/fd/3").symlink_to("socket:[4711]")
    assert shares.read(host)["active"] == [{"kind": "smb", "process": "smbd", "pid": 5, "listening": ["0.0.0.0:445"]}]


@pytest.mark.parametrize(
    ("written", "day"),
    [("04/01/2014", "2014-04-01"), ("12/31/99", "1999-12-31"), ("01/02/19", "2019-01-02"), ("", None), ("soon", None)],
)
def test_dates_of_dmi(written: str, day: str | None) -> None:
    assert age.bios_date(written) == day


def test_a_machine_is_as_old_as_its_oldest_trace_and_a_virtual_one_is_named(tmp_path: Path) -> None:
    files = {
        "sys/class/dmi/id/sys_vendor": "Dell Inc.\n",
        "sys/class/dmi/id/product_name": "PowerEdge R740\n",
        "sys/class/dmi/id/bios_date": "03/14/2019\n",
        "etc/machine-id": "0\n",
        "lost+found/x": "",
    }
    host = _host(tmp_path, files)
    os.utime(tmp_path / "etc/machine-id", (1_555_555_555, 1_555_555_555))
    os.utime(tmp_path / "lost+found", (0, 0))
    told = age.read(host)
    assert (told["first_use"], told["virtual"], told["dmi"]["bios_date"]) == ("2019-04-18", None, "2019-03-14")
    (tmp_path / "sys/class/dmi/id/sys_vendor").write_text("QEMU\n")
    assert age.read(host)["virtual"] == "QEMU"


@pytest.mark.parametrize("name", sorted(SECTIONS))
def test_no_section_needs_root_or_a_healthy_host_to_answer(name: str, tmp_path: Path) -> None:
    from probes.host.agent.document import section

    told = section(SECTIONS[name], Machine(root=str(tmp_path)))
    assert told["state"] in {"read", "unread"}
    assert told["state"] == "read" or told["cause"] in {"permission", "settings", "target"}
