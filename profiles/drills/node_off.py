"""A node of a redundant pair is switched off by the host that holds its switch; redundancy is watched until it is back.

``redundant`` is a command on that host, with status 0 where redundancy is whole. It must be before anything is switched
off. What brings it back before the node is switched on again is the platform's own, or its ``recover``.
"""

import shlex
from typing import Final

from profiles.drills.fault import Entry, Fault, Scripts
from profiles.drills.redundancy import NOTICED, TELL, watching
from profiles.drills.switch import NEEDS, switching

_INJECT: Final = """
begin
timeout -k 5 20 {redundant} </dev/null >&2 || refuse 'redundancy is not whole before it: nothing may be switched off'
{watching}cut_power
"""

_EFFECT: Final = f"""
said=$(is_off) || {{ echo "$said"; exit 1; }}
{NOTICED}
echo "$said"
"""


def scripts(entry: Entry) -> Scripts:
    """Return the texts for an entry."""
    tools = switching(entry)
    redundant = shlex.join(entry["redundant"])
    asking = f"redundancy() {{ timeout -k 5 20 {redundant} >/dev/null 2>&1; }}\n"
    return Scripts(
        inject=tools + _INJECT.format(redundant=redundant, watching=watching(asking)),
        effect=tools + _EFFECT,
        revert=tools + "back\n",
        healed=tools + "is_back true\n",
        tell=TELL,
    )


FAULT = Fault(
    name="node-off",
    en="a node of a redundant pair is switched off",
    zh="关闭冗余节点中一台的电源",
    kind="hardware",
    scripts=scripts,
    needs=(*NEEDS, ("redundant",)),
    cannot_be_reverted="what the node had not written to its disks is lost; redundancy must bring it back",
)
