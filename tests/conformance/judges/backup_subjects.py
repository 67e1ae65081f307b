"""Subjects of the backup checks: a recorded platform each, wrong in one named way; every check that it violates.

What the miniature shop's defects are to the other checks: at least two a check, each through another code path.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from conformance.judges.table import JUDGEMENTS, RECALLED
from tests.conformance.judges.backup_evidence import HOUR_MS, LAST_MS, READ_MS, World, array, raid, run
from tests.conformance.judges.backup_evidence import content as found

BACKUPS: Sequence[str] = (
    *(
        own_id
        for own_id, judgement in JUDGEMENTS.items()
        if own_id.startswith("SBT-3.1.1.3.") and not RECALLED & set(judgement.needs)
    ),
    "SBT-3.1.3.4-physical-fire",
    "SBT-3.1.4.4-offsite",
    "SBT-6-backup",
)

K, P, C, D, S = (f"SBT-3.1.1.3.{number}-" for number in range(1, 6))
FIRE, OFFSITE, PAYMENTS = BACKUPS[-3:]
PLANS = (f"{C}by-flow", f"{C}by-importance")


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One recorded platform: the check that it is about, and those that are violated by the same fault."""

    name: str
    violates: str
    change: Callable[[World], Any]
    also: tuple[str, ...] = field(default=())


def only_near(world: World) -> None:
    world.only("near")


def _entries(world: World, *names: str) -> list[dict[str, Any]]:
    return [entry for name in names or world.catalogues for entry in world.catalogues[name]["backups"]]


def without(kind: str, *, cycle: bool = False) -> Callable[[World], None]:
    """Take every backup of a kind away; with ``cycle`` what is declared of it too."""

    def change(world: World) -> None:
        for data in world.catalogues.values():
            data["backups"] = [entry for entry in data["backups"] if entry["kind"] != kind]
            if cycle:
                data["schedule"][f"{kind}_h"] = None

    return change


def late(kind: str, hours: int) -> Callable[[World], None]:
    """Take the backups of a kind of the last hours away."""

    def change(world: World) -> None:
        for data in world.catalogues.values():
            since = READ_MS - hours * HOUR_MS
            data["backups"] = [e for e in data["backups"] if e["kind"] != kind or e["started_ms"] < since]

    return change


def broken(kind: str, newest: int = 1_000_000) -> Callable[[World], None]:
    """Let the verification of the newest backups of a kind fail."""

    def change(world: World) -> None:
        for entry in [entry for entry in _entries(world) if entry["kind"] == kind][-newest:]:
            entry["verified"] |= {"ok": False, "why": "checksum mismatch"}
            entry["good"] = False

    return change


def hole(kind: str, from_h: int, to_h: int) -> Callable[[World], None]:
    """Take the backups of a kind away that began between so many hours before the newest."""

    def change(world: World) -> None:
        for data in world.catalogues.values():
            data["backups"] = [
                entry
                for entry in data["backups"]
                if entry["kind"] != kind or not from_h <= (LAST_MS - entry["started_ms"]) / HOUR_MS <= to_h
            ]

    return change


def all_runs(**changes: Any) -> Callable[[World], None]:
    def change(world: World) -> None:
        for entry in _entries(world):
            entry.update(changes)

    return change


def catalogue(name: str, **changes: Any) -> Callable[[World], None]:
    return lambda world: world.catalogues[name].update(changes)


def restore(name: str, **changes: Any) -> Callable[[World], None]:
    return lambda world: world.restores[name].update(changes)


ALL = ("near", "remote", "vault")


def content(kind: str, *, names: Sequence[str] = ALL, **changes: Any) -> Callable[[World], None]:
    def change(world: World) -> None:
        for name in names:
            world.restores[name]["kinds"][kind] = found(kind, **changes)

    return change


def forget(kind: str) -> Callable[[World], None]:
    """Back a kind of data up nowhere."""

    def change(world: World) -> None:
        for data in (*world.catalogues.values(), *world.restores.values(), *world.declared["backups"]):
            data["holds"] = [each for each in data["holds"] if each != kind]
        for data in world.restores.values():
            data["kinds"].pop(kind)

    return change


def plan(by: str, change: Callable[[list[dict[str, Any]]], Any]) -> Callable[[World], None]:
    def changed(world: World) -> None:
        change([entry for entry in world.declared["backup_plan"] if entry["by"] == by])

    return changed


def unplanned(by: str, kind: str) -> Callable[[World], None]:
    def change(world: World) -> None:
        entries = world.declared["backup_plan"]
        world.declared["backup_plan"] = [e for e in entries if (e["by"], e["data"]) != (by, kind)]

    return change


def turned(entries: list[dict[str, Any]]) -> None:
    entries[0]["cycle_h"], entries[-1]["cycle_h"] = entries[-1]["cycle_h"], entries[0]["cycle_h"]


def alike(entries: list[dict[str, Any]]) -> None:
    for entry in entries:
        entry["cycle_h"] = 24


def faster_than_backed_up(entries: list[dict[str, Any]]) -> None:
    entries[0]["cycle_h"] = 0.5


def timer(host: str, unit: str, **changes: Any) -> Callable[[World], None]:
    def change(world: World) -> None:
        timers = world.facts[host]["sections"]["schedule"]["data"]["timers"]
        next(one for one in timers if one["name"] == unit).update(changes)

    return change


def no_timer(host: str, unit: str) -> Callable[[World], None]:
    def change(world: World) -> None:
        data = world.facts[host]["sections"]["schedule"]["data"]
        data["timers"] = [one for one in data["timers"] if one["name"] != unit]

    return change


def by_cron(name: str, host: str, line: str) -> Callable[[World], None]:
    def change(world: World) -> None:
        world.catalogues[name]["schedule"] |= {"schedule": line, "zone": "UTC"}
        cron = world.facts[host]["sections"]["schedule"]["data"]["cron"]
        cron.append({"file": "/etc/cron.d/backup", "line": 1, "when": line, "user": "root", "command": "backup"})

    return change


def by_hand(world: World) -> None:
    data = world.catalogues["near"]
    data["backups"] = [entry for entry in data["backups"] if entry["started_ms"] % (24 * HOUR_MS) == 10 * HOUR_MS]


def nightly(nights: Sequence[int], **schedule: Any) -> Callable[[World], None]:
    """Let the vault's job be due once a night, and run so many nights before the newest alone."""

    def change(world: World) -> None:
        data = world.catalogues["vault"]
        fulls = [run("full", LAST_MS - 24 * night * HOUR_MS, place="offline", online=False) for night in nights]
        data["backups"] = sorted(fulls, key=lambda entry: entry["started_ms"])
        data["schedule"] |= {"full_h": 24, **schedule}

    return change


def arrays(host: str, *entries: dict[str, Any]) -> Callable[[World], None]:
    return lambda world: world.facts[host]["sections"]["raid"].update(data=raid(*entries))


def every(*changes: Callable[[World], Any]) -> Callable[[World], None]:
    def change(world: World) -> None:
        for each in changes:
            each(world)

    return change


DATA = ("pages", "customers", "trades", "management", "merchants")

SUBJECTS: Sequence[Subject] = (
    # 3.1.1.3.1 kinds
    Subject(name="no incremental", violates=f"{K}incremental", change=without("incremental", cycle=True)),
    Subject(name="incrementals stopped", violates=f"{K}incremental", change=late("incremental", 9),
            also=(f"{C}incremental",)),
    Subject(name="incrementals are broken", violates=f"{K}incremental", change=broken("incremental"),
            also=(f"{C}incremental",)),
    Subject(name="no full", violates=f"{K}full", change=every(only_near, without("full", cycle=True)),
            also=(f"{K}offline", f"{P}remote", f"{S}image", FIRE, OFFSITE)),
    Subject(name="fulls are broken", violates=f"{K}full", change=broken("full"),
            also=(f"{C}full",)),
    Subject(name="no differential", violates=f"{K}differential", change=without("differential", cycle=True)),
    Subject(name="differentials stopped", violates=f"{K}differential", change=late("differential", 30)),
    Subject(name="the service is stopped meanwhile", violates=f"{K}online", change=all_runs(online=False)),
    Subject(name="hot ones are broken", violates=f"{K}online", change=every(
        only_near, broken("full"), broken("incremental"), broken("differential")),
            also=(f"{K}full", f"{K}incremental", f"{K}differential", f"{K}offline", f"{C}full", f"{C}incremental",
                  f"{C}differential", f"{P}local", f"{P}remote", f"{S}image", *PLANS, FIRE, OFFSITE, PAYMENTS)),
    Subject(name="nothing offline", violates=f"{K}offline", change=lambda world: world.only("near", "remote"),
            also=(OFFSITE, f"{S}image")),
    Subject(name="the tape is always in", violates=f"{K}offline", change=catalogue("vault", host="db1"),
            also=(OFFSITE,)),
    # 3.1.1.3.2 places
    Subject(name="nothing near", violates=f"{P}local", change=lambda world: world.only("remote", "vault"),
            also=(f"{K}incremental", f"{K}differential")),
    Subject(name="near ones stopped", violates=f"{P}local", change=lambda world: world.catalogues["near"].update(
        backups=[e for e in world.catalogues["near"]["backups"] if e["started_ms"] < READ_MS - 100 * HOUR_MS]),
            also=(f"{K}incremental", f"{K}differential", f"{C}incremental", f"{S}scheduled")),
    Subject(name="only near", violates=f"{P}remote", change=only_near,
            also=(f"{K}offline", OFFSITE, f"{S}image", FIRE)),
    Subject(name="remote by its word only", violates=f"{P}remote", change=every(
        lambda world: world.only("near", "remote"), catalogue("remote", site="Shanghai")),
            also=(f"{K}offline", OFFSITE, f"{S}image", FIRE)),
    Subject(name="remote on the production host itself", violates=f"{P}remote", change=every(
        lambda world: world.only("near", "remote"),
        catalogue("remote", lies_on={"same_host": True, "address": None})),
            also=(f"{K}offline", OFFSITE, f"{S}image", FIRE)),
    # 3.1.1.3.3 cycles
    Subject(name="three hours without an incremental in spring", violates=f"{C}incremental",
            change=hole("incremental", 101, 103)),
    Subject(name="an incremental that failed", violates=f"{C}incremental", change=lambda world: next(
        entry for entry in _entries(world, "near") if entry["kind"] == "incremental"
        and entry["started_ms"] == LAST_MS - 50 * HOUR_MS).update(error="killed", good=False)),
    Subject(name="a day without a full", violates=f"{C}full", change=hole("full", 60, 84)),
    Subject(name="fulls are declared, none is there", violates=f"{C}full", change=every(
        only_near, without("full")), also=(f"{K}full", f"{K}offline", f"{P}remote", f"{S}image", FIRE, OFFSITE)),
    Subject(name="eight days without a differential", violates=f"{C}differential", change=hole("differential", 1, 180)),
    Subject(name="differentials are declared, none is there", violates=f"{C}differential",
            change=without("differential"), also=(f"{K}differential",)),
    *(subject for by, check in zip(("flow", "importance"), PLANS, strict=True) for subject in (
        Subject(name=f"the plan by {by} is turned round", violates=check, change=plan(by, turned)),
        Subject(name=f"one cycle for all by {by}", violates=check, change=plan(by, alike)),
        Subject(name=f"the plan by {by} is not kept", violates=check, change=plan(by, faster_than_backed_up)),
        Subject(name=f"the plan by {by} forgets the pages", violates=check, change=unplanned(by, "pages")),
    )),
    # 3.1.1.3.4 contents
    *(subject for kind in DATA for subject in (
        Subject(name=f"{kind} are backed up nowhere", violates=f"{D}{kind}", change=forget(kind),
                also=(*PLANS, *((PAYMENTS,) if kind == "trades" else ()))),
        Subject(name=f"{kind} come back empty", violates=f"{D}{kind}",
                change=content(kind, found=0, sha256_found="00" * 32),
                also=(f"{S}integrity", FIRE)),
        Subject(name=f"{kind} come back otherwise", violates=f"{D}{kind}",
                change=content(kind, names=("remote",), sha256_found="00" * 32),
                also=(f"{S}integrity", FIRE)),
        Subject(name=f"{kind} have no table any more", violates=f"{D}{kind}", change=content(
            kind, names=("near",), found=0, sha256_found=None, why='relation "x" does not exist'),
                    also=(f"{S}integrity",)),
    )),
    # 3.1.1.3.5 software
    Subject(name="two checksums differ", violates=f"{S}integrity",
            change=content("trades", names=("near",), sha256_found="00" * 32), also=(f"{D}trades",)),
    Subject(name="a copy that cannot be restored", violates=f"{S}integrity",
            change=restore("near", restored=False, complaint="unexpected end of file", kinds={}),
            also=tuple(f"{D}{kind}" for kind in DATA)),
    Subject(name="loose files", violates=f"{S}media", change=every(
        catalogue("near", tool="files"), lambda world: [e.update(flaws=["no-manifest"], good=False)
                                                       for e in _entries(world, "near")]),
            also=(f"{K}incremental", f"{K}differential", f"{C}incremental", f"{C}differential", f"{P}local",
                  f"{S}multi-kind")),
    Subject(name="a retired tape", violates=f"{S}media",
            change=lambda world: world.catalogues["vault"]["backups"][-1].update(
        medium_state="retired")),
    Subject(name="a script with one mode", violates=f"{S}multi-kind", change=every(
        lambda world: world.only("remote", "vault"), catalogue("remote", tool="files")),
            also=(f"{K}incremental", f"{K}differential", f"{P}local")),
    Subject(name="dumps beside", violates=f"{S}multi-kind", change=catalogue("remote", tool="files")),
    Subject(name="started by hand", violates=f"{S}scheduled", change=by_hand, also=(
        f"{K}incremental", f"{C}incremental", f"{K}differential", f"{C}differential", f"{P}local")),
    Subject(name="a night in four is missed, and all are kept", violates=f"{S}scheduled",
            change=nightly([night for night in range(31) if night % 4 != 1], kept_whole_h=720)),
    Subject(name="half of the nights are missed", violates=f"{S}scheduled",
            change=nightly(range(0, 31, 2))),
    Subject(name="an entry that is not there", violates=f"{S}scheduled", change=no_timer("db1", "backup.timer"),
            also=(f"{S}start-date", f"{S}stop-date")),
    Subject(name="a timer that is off", violates=f"{S}scheduled",
            change=timer("db1", "backup.timer", active=False)),
    Subject(name="a timer that starts nothing", violates=f"{S}scheduled",
            change=timer("db1", "backup.timer", last_ms=LAST_MS + HOUR_MS)),
    Subject(name="a cron line that starts nothing", violates=f"{S}scheduled",
            change=by_cron("near", "db1", "30 1-23/2 * * *"), also=(f"{S}start-date", f"{S}stop-date")),
    *(subject for which in ("start", "stop") for subject in (
        Subject(name=f"cron has no {which} date", violates=f"{S}{which}-date",
                change=by_cron("near", "db1", "0 */2 * * *"),
                also=(f"{S}{'stop' if which == 'start' else 'start'}-date",)),
        Subject(name=f"no entry, no {which} date", violates=f"{S}{which}-date", change=no_timer("bak1", "tape.timer"),
                also=(f"{S}{'stop' if which == 'start' else 'start'}-date", f"{S}scheduled")),
    )),
    Subject(name="a flipped byte passes", violates=f"{S}verify-means",
            change=restore("remote", flipped={"tried": True, "refused": False, "why": ""})),
    Subject(name="a flipped byte on tape passes", violates=f"{S}verify-means",
            change=restore("vault", flipped={"tried": True, "refused": False, "why": "exit 0"})),
    Subject(name="a single disk", violates=f"{S}raid", change=arrays("db1")),
    Subject(name="an array that lost its disk", violates=f"{S}raid",
            change=arrays("bak1", array(state="degraded", active=1))),
    Subject(name="table dumps only", violates=f"{S}image", change=lambda world: world.only("near", "remote"),
            also=(f"{K}offline", OFFSITE)),
    Subject(name="every image failed", violates=f"{S}image", change=every(
        broken("image"), catalogue("vault", tool="restic"))),
    # 3.1.3.4, 3.1.4.4, 6
    Subject(name="the fire takes the pages", violates=FIRE, change=every(
        catalogue("remote", holds=list(DATA[1:])), catalogue("vault", holds=list(DATA[1:])))),
    Subject(name="the remote copy is rotten", violates=FIRE,
            change=content("pages", names=("remote",), sha256_found="00" * 32), also=(f"{S}integrity", f"{D}pages")),
    Subject(name="the offline disk in the same rack", violates=OFFSITE, change=catalogue("vault", site="Shanghai")),
    Subject(name="the tape was never changed", violates=OFFSITE, change=lambda world: world.catalogues["vault"].update(
        backups=[run("full", READ_MS - 5000 * HOUR_MS)]), also=(f"{K}offline", f"{S}scheduled")),
    Subject(name="no backup of payments is known", violates=PAYMENTS, change=forget("trades"),
            also=(f"{D}trades", *PLANS)),
    Subject(name="everything stopped weeks ago", violates=PAYMENTS, change=lambda world: [
        data.update(backups=[run("full", READ_MS - hours * HOUR_MS) for hours in range(1200, 800, -12)])
        for data in world.catalogues.values()], also=(
            f"{K}incremental", f"{K}full", f"{K}differential", f"{K}online", f"{K}offline", f"{C}incremental",
            f"{C}full",
            f"{C}differential", f"{P}local", f"{P}remote", *PLANS, f"{S}scheduled", OFFSITE)),
)  # fmt: skip
