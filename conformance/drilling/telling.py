"""What can be drilled, and what a drill would do, as text for people and change tickets. Pure."""

import shlex
from collections.abc import Iterator, Mapping, Sequence

from conformance.drilling.declared import Drill
from conformance.drilling.running import STEADY
from conformance.drilling.senders import SENDERS
from probes.target import Target
from probes.target_drills import DrillLimits
from probes.target_watch import PAYING, PLACING
from profiles.drills.fault import Fault


def listed(faults: Mapping[str, Fault], declared: Sequence[Drill]) -> Iterator[str]:
    """Yield the lines of ``--list``: the declared drills, then every fault with the keys that it needs."""
    yield "Declared in the target file:"
    for drill in declared:
        depth = drill.entry["depth"]
        yield f"  {drill.name:24} {drill.fault.name} on {drill.host}, {_limit(drill)}, watched to {depth}"
    if not declared:
        yield "  none; a [[drills]] entry needs name, fault, host, and the keys of its fault"
    yield "Faults:"
    for fault in faults.values():
        needs = "; ".join(" or ".join(group) for group in fault.needs)
        yield f"  {fault.name:24} {fault.en} ({fault.kind}); needs {needs or 'nothing else'}"


def plan(target: Target, drill: Drill, limits: DrillLimits, refused: Sequence[str]) -> Iterator[str]:
    """Yield the plan of a drill, step by step, with the very commands."""
    scripts = drill.fault.scripts(drill.entry)
    platform = target.platform
    yield f"Drill {drill.name}: {drill.fault.en} ({drill.fault.kind}) on {drill.host}"
    yield f"Platform: {platform.name} ({platform.id}, {platform.environment}), {platform.base_url}"
    yield f"Runs as {'root' if drill.entry['root'] else 'the account that logs in'}; nothing of it stays on the host."
    yield f"What can not be reverted: {drill.fault.cannot_be_reverted or 'nothing'}"
    yield ""
    yield f"1. The permission {limits.token_path} on {drill.host} is read: platform, host, fault, until."
    yield f"2. {drill.host} is locked, and a dead man armed, who heals it after {drill.deadman_s:g} s, come what may."
    yield f"3. {STEADY} journeys to {drill.entry['depth']} must come about, by accounts that the drill makes."
    yield f"4. The fault is put in:{_indented(scripts.inject)}"
    if drill.fault.name in SENDERS:
        yield "   Then it is sent from here, bounded in count and time."
    yield f"5. Its effect is proven:{_indented(scripts.effect)}"
    if "recover" in drill.entry:
        where = drill.entry.get("recover_on", drill.host)
        yield f"   Then, on {where}, the way back is begun:{_indented(shlex.join(drill.entry['recover']))}"
    yield "6. Journeys are walked every half second until the platform has recovered; before that it ends"
    yield f"   - after {limits.max_down_s:g} s without a good journey (error budget), or {_limit(drill)};"
    yield f"   - when {limits.stop_file or 'no [drill] stop_file is declared: nothing'} is put there; by Ctrl-C."
    yield f"7. The fault is taken out:{_indented(scripts.revert)}"
    yield f"8. That is proven:{_indented(scripts.healed)}"
    yield f"9. {STEADY} journeys must come about; {_compared(drill)}what was made is taken away."
    yield "10. The lock is given back, and all of it stands in the ledger."
    yield ""
    yield "It would be refused now:" if refused else "Nothing here refuses it; the host is asked when it begins."
    yield from (f"- {reason}" for reason in refused)


def _compared(drill: Drill) -> str:
    depth = drill.entry["depth"]
    if depth not in PLACING:
        return ""
    read = "orders and payments are" if depth == PAYING else "orders are"
    return f"{read} read back, and the stock of what was bought is looked at (before the fault too); "


def _limit(drill: Drill) -> str:
    return "no limit" if drill.limit_s is None else f"recovery in less than {drill.limit_s:g} s"


def _indented(script: str) -> str:
    return "".join(f"\n       {line}" for line in script.strip().splitlines())
