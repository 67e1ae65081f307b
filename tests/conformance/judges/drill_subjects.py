"""Subjects of the drill checks: recorded drills, wrong in one named way; the check that is violated by it.

What the miniature shop's defects are to the other checks: at least two a check, each through another code path.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.conformance.judges.drill_evidence import IDS, NOTICED, SWITCHED, World, drill, orders, stock

SOFTWARE, HARDWARE = "SBT-3.1.1.2-sw-mttr", "SBT-3.1.1.2-hw-mttr"
GENERAL_TIME, SEVERE_TIME = "SBT-3.1.1.4.1-general", "SBT-3.1.1.4.1-severe"
GENERAL_DEGREE, SEVERE_DEGREE = "SBT-3.1.1.4.2-general", "SBT-3.1.1.4.2-severe"
PREVENT, POWER, VIRUS = "SBT-3.1.2.4-prevent", "SBT-3.1.3.4-physical-power", "SBT-3.1.4.3-protect"
SWITCHES = {name: f"SBT-3.1.1.4-dr-{name}" for name in SWITCHED}
EDGE = {name: f"SBT-3.1.2.4-{name}" for name in NOTICED}

DRILLED: Sequence[str] = (
    *SWITCHES.values(), GENERAL_TIME, SEVERE_TIME, GENERAL_DEGREE, SEVERE_DEGREE, *EDGE.values(), PREVENT, POWER, VIRUS,
)  # fmt: skip
"""The checks that nothing but a drill tells."""

ALL = (SOFTWARE, HARDWARE, *DRILLED)

HOUR_S = 3_600.0


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Recorded drills: the check that they violate, and words that must stand in the reason."""

    name: str
    violates: str
    change: Callable[[World], Any]
    says: str
    also: tuple[str, ...] = field(default=())


def lasting(name: str, seconds: float) -> Callable[[World], None]:
    """Return a change by which a drill's recovery took so long."""

    def change(world: World) -> None:
        run = world.run(name)
        fresh = drill(name, run["kind"], seconds)
        run.update({key: fresh[key] for key in ("phases", "recovery_s", "steps", "started_ms")})

    return change


def of(name: str, **changes: Any) -> Callable[[World], None]:
    """Return a change of a drill's run."""
    return lambda world: world.run(name).update(changes)


def phases(name: str, **changes: Any) -> Callable[[World], None]:
    """Return a change of the instants of a drill."""
    return lambda world: world.run(name)["phases"].update(changes)


def in_orders(name: str, **changes: Any) -> Callable[[World], None]:
    """Return a change of what became of a drill's orders."""
    return lambda world: world.run(name)["orders"].update(changes)


def within(name: str, part: str, **changes: Any) -> Callable[[World], None]:
    """Return a change of a part of a drill's run."""
    return lambda world: world.run(name)[part].update(changes)


def never_back(name: str, hours: float) -> Callable[[World], None]:
    """Return a change by which no journey came about any more, and the drill took the fault out after so long."""

    def change(world: World) -> None:
        lasting(name, hours * HOUR_S)(world)
        run = world.run(name)
        run["steps"][-1]["at_ms"] = run["phases"]["first_good_ms"]
        run["phases"].update(first_good_ms=None, verified_ms=None, acted_ms=None)
        run.update(recovery_s=None, stopped="limit", ended="stopped")

    return change


def healed_by_the_drill(name: str, hours: float) -> Callable[[World], None]:
    """Return a change by which the platform came back only when the drill took its fault out, after so long."""

    def change(world: World) -> None:
        lasting(name, hours * HOUR_S)(world)
        run = world.run(name)
        run["steps"][-1]["at_ms"] = run["phases"]["first_good_ms"] - 1_000
        run.update(recovery_s=None)

    return change


def lost_for_good(name: str) -> Callable[[World], None]:
    """Return a change by which neither the platform came back nor the fault could be taken out."""

    def change(world: World) -> None:
        run = world.run(name)
        run["phases"].update(first_good_ms=None, verified_ms=None)
        run["proof_of_revert"].update(proved=False, how="the database does not start")
        run["journeys"]["after"].update(tried=5, failed=5)
        run.update(recovery_s=None)

    return change


def seen_late(name: str) -> Callable[[World], None]:
    """Return a change by which one of the four came only after five minutes and a millisecond."""

    def change(world: World) -> None:
        run = world.run("flood")
        run["attack"]["seen"][name]["at_ms"] = run["phases"]["injected_ms"] + 300_001

    return change


def traceless(name: str) -> Callable[[World], None]:
    """Return a change by which one of the four left no trace."""
    return lambda world: world.run("flood")["attack"]["seen"].update({name: None})


def unswitched(name: str) -> Callable[[World], None]:
    """Return a change by which one switch left no trace in the log of the disaster drill."""
    return lambda world: world.run("rebuild")["switched"].update({name: None})


def only_restored(name: str) -> Callable[[World], None]:
    """Return a change by which another disaster drill looked for the switch, and found none."""

    def change(world: World) -> None:
        world.recalled["runs"].append(drill("fail-over", "general", 60.0, disaster="general", orders=orders(10)))
        world.run("fail-over")["switched"] = {name: None}

    return change


def of_way(way: str, **changes: Any) -> Callable[[World], None]:
    """Return a change of what became of the test file in one of its ways."""
    return lambda world: world.run("eicar")["virus"][way].update(changes)


def lost_on_crash(world: World) -> None:
    """Asynchronous commit: the last three acknowledged orders are gone after a crash of the process."""
    in_orders("software-crash", found=37, lost=["41", "42", "43"])(world)


def unclean(world: World) -> None:
    check = {"ran": True, "clean": False, "output": "index orders_pkey is corrupt"}
    within("power-cut", "power", check=check)(world)


SUBJECTS: Sequence[Subject] = (
    Subject(name="four-hours-to-the-second", violates=SOFTWARE, change=lasting("software-crash", 4 * HOUR_S),
            says="4 h on average"),
    Subject(name="beyond-its-own-limit", violates=SOFTWARE, says="its own limit",
            change=of("software-crash", limit_s=12.0)),
    Subject(name="up-only-when-the-drill-gave-in", violates=SOFTWARE, says="only when the drill took its fault out",
            change=healed_by_the_drill("software-crash", 4.5)),
    Subject(name="node-back-after-twelve-hours", violates=HARDWARE, change=lasting("node-off", 12 * HOUR_S),
            says="12 h on average"),
    Subject(name="node-never-back", violates=HARDWARE, change=never_back("node-off", 13), says="at the least"),
    *(Subject(name=f"no-{name}", violates=own_id, change=unswitched(name), says="no trace")
      for name, own_id in SWITCHES.items()),
    *(Subject(name=f"restored-without-{name}", violates=own_id, change=only_restored(name), says="Drill fail-over")
      for name, own_id in SWITCHES.items()),
    Subject(name="exactly-an-hour", violates=GENERAL_TIME, change=lasting("restore", HOUR_S), says="back after 1 h"),
    Subject(name="restore-beyond-a-stricter-limit", violates=GENERAL_TIME, change=of("restore", limit_s=1_800.0),
            says="against less than 30 min"),
    Subject(name="restore-lost-for-good", violates=GENERAL_TIME, change=lost_for_good("restore"),
            says="could not be taken out either"),
    Subject(name="rebuilt-too-late", violates=SEVERE_TIME, change=lasting("rebuild", 12 * HOUR_S + 600),
            says="12 h 10 min"),
    Subject(name="never-rebuilt", violates=SEVERE_TIME, change=never_back("rebuild", 12.5), says="not less than 12 h"),
    Subject(name="one-order-lost", violates=GENERAL_DEGREE, change=in_orders("restore", found=9_999, lost=["order-7"]),
            says="lost: order-7"),
    Subject(name="one-order-doubled", violates=GENERAL_DEGREE, change=in_orders("restore", doubled=["order-8"]),
            says="doubled: order-8"),
    Subject(name="one-order-altered", violates=GENERAL_DEGREE, change=in_orders("restore", altered=["order-9"]),
            says="altered: order-9"),
    Subject(name="exactly-98-percent", violates=SEVERE_DEGREE, says="98 %, against more than 98 %",
            change=in_orders("rebuild", found=9_800, lost=IDS[:200])),
    Subject(name="many-doubled", violates=SEVERE_DEGREE, says="98 %",
            change=in_orders("rebuild", doubled=IDS[200:300])),
    Subject(name="one-payment-forgotten", violates=GENERAL_DEGREE, says="39 of 40 acknowledged payments",
            change=of("restore", payments=orders(40, found=39, lost=["41"]))),
    Subject(name="one-piece-not-taken-off-the-stock", violates=GENERAL_DEGREE, says="Wok: 1 not taken off the stock",
            change=of("restore", stock=stock(30, fell=29))),
    Subject(name="a-piece-in-fifty-taken-off-twice", violates=SEVERE_DEGREE, says="Wok: 2 too many taken off",
            change=of("rebuild", stock=stock(90, fell=92))),
    Subject(name="charged-twice-after-a-crash", violates=POWER, says="doubled: 44",
            change=of("software-crash", payments=orders(40, doubled=["44"]))),
    *(Subject(name=f"{name}-late", violates=own_id, change=seen_late(name), says="not within 5 min")
      for name, own_id in EDGE.items()),
    *(Subject(name=f"{name}-traceless", violates=own_id, change=traceless(name),
              says="no alarm" if name == "alarm" else "no trace")
      for name, own_id in EDGE.items()),
    Subject(name="block-that-blocks-nothing", violates=EDGE["block"], says="the attacker was not kept out",
            change=within("flood", "attack", kept_out=False)),
    Subject(name="one-attack-through", violates=PREVENT, says="1 of 30 marked attacks reached the target (sqli-3)",
            change=within("attack-set", "attack", reached=["sqli-3"])),
    Subject(name="a-flood-of-attacks-through", violates=PREVENT, says="30 of 30",
            change=within("attack-set", "attack", reached=[f"mark-{number}" for number in range(30)])),
    Subject(name="rows-gone", violates=POWER, says="2 of 5,000 committed rows are gone after the cut (4711, 4712)",
            change=within("power-cut", "power", rows_found=4_998, rows_lost=["4711", "4712"])),
    Subject(name="corrupt-index", violates=POWER, change=unclean, says="orders_pkey is corrupt"),
    Subject(name="orders-lost-on-a-mere-crash", violates=POWER, change=lost_on_crash, says="lost: 41, 42, 43"),
    Subject(name="caught-too-late", violates=VIRUS, says="not within 60 s",
            change=lambda world: of_way("disk", caught_ms=world.run("eicar")["virus"]["disk"]["dropped_ms"] + 60_001)(
                world)),
    Subject(name="never-caught", violates=VIRUS, says="was not caught in 70 s",
            change=of_way("disk", caught_ms=None, served=None)),
    Subject(name="served-to-visitors", violates=VIRUS, says="could be had again", change=of_way("upload", served=True)),
)  # fmt: skip
