"""3.1.1.3.5 RAID, or equal redundancy, of the volumes that hold data and backups; an array that lost it is no RAID."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.judges.backup_sets import FACTS
from conformance.judges.judgement import Evidence, together
from conformance.judges.sections import section
from conformance.judges.words import bad, cause_in, good, untold
from probes.observation import Observation
from reports.verdict import Measured, Requirement, Text, Undetermined, Verdict

_ALLOWED = {"raid4": 1, "raid5": 1, "raid6": 2, "raid10": 1}
"""Devices that may fail whichever they are."""

_KEEPING = frozenset({"database", "backup"})
"""Roles of hosts that keep data; where none is declared, every host is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Array:
    """An array, pool or volume: how it is said, and how many devices may still fail."""

    words: str
    redundant: bool
    spare: int


def redundant(_: Requirement, evidence: Evidence, declarations: Mapping[str, Any]) -> Verdict:
    """Judge the arrays of every host that keeps data or backups."""
    keeping = _keeping(declarations)
    seen = [each for each in evidence.of(FACTS) if not keeping or each.header.subject in keeping]
    missing = [each for each in evidence.missing_of(FACTS) if not keeping or each.subject in {*keeping, "", "hosts"}]
    told = (*(_host(each) for each in seen), *(each.verdict for each in missing))
    return together(told) if told else _none(keeping)


def _keeping(declarations: Mapping[str, Any]) -> frozenset[str]:
    hosts: Sequence[Mapping[str, Any]] = declarations.get("hosts") or ()
    named = {str(host["name"]) for host in hosts if _KEEPING.intersection(host.get("roles") or ())}
    return frozenset(named | {str(entry["host"]) for entry in declarations.get("backups") or () if "host" in entry})


def _none(keeping: frozenset[str]) -> Verdict:
    names = ", ".join(sorted(keeping))
    return Undetermined(
        reason=Text(
            zh=f"没有取得存放数据或备份的主机（{names}）的状况。".replace(", ", "、"),
            en=f"No facts were gathered of the hosts that keep data or backups ({names}).",
        ),
        cause="settings",
    )


def _host(facts: Observation) -> Verdict:
    read = section(facts, "raid")
    if isinstance(read, Undetermined):
        return read
    arrays = [array for array in _arrays(read) if array.redundant]
    if arrays:
        return _with_arrays(facts, arrays)
    return _hidden(facts, read) if read["redundant"] is None else _no_array(facts)


def _arrays(read: Mapping[str, Any]) -> Iterator[Array]:
    for md in read["md"].get("arrays") or ():
        words = f"{md['name']} {md['level']} {md['state']} [{md['active']}/{md['wanted']}]"
        yield Array(words=words, redundant=bool(md["redundant"]), spare=_spare(md))
    for pool in read["zfs"].get("pools") or ():
        words = f"{pool['name']} ({', '.join(pool['layouts'])}) {pool['health']}"
        yield Array(words=words, redundant=bool(pool["redundant"]), spare=int(pool["health"] == "ONLINE"))
    for volume in read["lvm"].get("volumes") or ():
        words = f"{volume['group']}/{volume['name']} {volume['layout']} {volume['health'] or 'whole'}"
        yield Array(words=words, redundant=bool(volume["redundant"]), spare=int(not volume["health"]))


def _spare(md: Mapping[str, Any]) -> int:
    """Return how many more devices may fail, whichever they are; none of an array that is not running."""
    if md["state"] == "inactive":
        return 0
    lost = md["wanted"] - md["active"]
    allowed = md["wanted"] - 1 if md["level"] == "raid1" else _ALLOWED.get(str(md["level"]), 0)
    return max(int(allowed - lost), 0)


def _with_arrays(facts: Observation, arrays: Sequence[Array]) -> Verdict:
    host, weak = facts.header.subject, [array for array in arrays if array.spare < 1]
    measured = Measured(metric="devices_that_may_fail", value=min(array.spare for array in arrays))
    shown = ", ".join(array.words for array in weak or arrays)
    if weak:
        return bad(
            facts,
            f"{host}: no further device may fail in {shown}.",
            f"{host}：以下阵列已不容许再有任何一块盘失效：{shown}。",
            repeat=[f"{host}: {array.words}" for array in weak],
            measured=measured,
        )
    return good(
        facts,
        f"{host}: a device may fail without loss in {shown}.",
        f"{host}：以下阵列允许有盘失效而不丢失数据：{shown}。",
        measured=measured,
    )


def _hidden(facts: Observation, read: Mapping[str, Any]) -> Verdict:
    unread = [read[name] for name in ("md", "zfs", "lvm") if read[name]["state"] != "read"]
    cause = cause_in(unread[0], "cause", "target") if unread else "target"
    why = str(unread[0].get("why")) if unread else f"the controller hides its disks: {', '.join(read['controllers'])}"
    return untold(
        facts,
        f"{facts.header.subject}: whether its disks form an array cannot be told ({why}).",
        f"{facts.header.subject}：无法得知其磁盘是否组成阵列（{why}）。",
        cause=cause,
    )


def _no_array(facts: Observation) -> Verdict:
    host = facts.header.subject
    age = section(facts, "age")
    virtual = None if isinstance(age, Undetermined) else age.get("virtual")
    if virtual:
        return untold(
            facts,
            f"{host} is a virtual machine ({virtual}) without an array of its own: that its volumes are replicated the "
            "provider has to state.",
            f"{host} 是虚拟机（{virtual}），自身没有阵列；其云盘是否多副本存储须由服务商出具说明。",
            cause="document",
        )
    return bad(
        facts,
        f"{host} keeps its data on single disks: no redundant array (md, ZFS, LVM) is there.",
        f"{host} 的数据存放在单块磁盘上：没有任何冗余阵列（md、ZFS、LVM）。",
        repeat=[f"{host}: cat /proc/mdstat; zpool status; lvs -> no redundant array"],
    )
