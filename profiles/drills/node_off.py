"""A node of a redundant pair is switched off by the host that holds its switch; redundancy is watched until it is back.

``redundant`` is a command on that host, with status 0 where redundancy is whole. It must be before anything is switched
off; and only one that was seen to be gone can come back, three times in a row: its instant is that of the first.
"""

import shlex
from typing import Final

from profiles.drills.fault import Entry, Fault, Scripts
from profiles.drills.switch import NEEDS, switching

# It goes on by itself, until the run gives the lock back.
_WATCHING: Final = r"""
stamp() {  # ms; where date knows whole seconds only, the end of this one
  ms=$(date +%s%3N)
  case $ms in '' | *[!0-9]*) ms=$(date +%s)999 ;; esac
  printf '%s\n' "$ms"
}
first='' good=0
while [ -e lock ]; do
  at=$(stamp)
  if timeout -k 5 20 "$@" >/dev/null 2>&1; then
    [ "$good" -gt 0 ] || first=$at
    good=$((good + 1))
    [ ! -e lost ] || [ "$good" -lt 3 ] || { printf '%s\n' "$first" >found.new && mv found.new found; exit 0; }
  else
    good=0
    [ -e lost ] || : >lost
  fi
  sleep 0.5
done
"""
_INJECT: Final = """
begin
timeout -k 5 20 {redundant} </dev/null >&2 || refuse 'redundancy is not whole before it: nothing may be switched off'
setsid sh -c {watching} watching {redundant} </dev/null >/dev/null 2>&1 &
cut_power
"""
_TELL: Final = """
echo '{"redundant_ms":null}'  # looked for; what comes after it goes before it
tries=0
until [ -s found ]; do
  tries=$((tries + 1))
  [ "$tries" -lt 50 ] || { echo 'redundancy is not back'; exit 1; }
  sleep 1
done
printf '{"redundant_ms":%s}\\n' "$(cat found)"
"""


def scripts(entry: Entry) -> Scripts:
    """Return the texts for an entry."""
    tools = switching(entry)
    words = {"redundant": shlex.join(entry["redundant"]), "watching": shlex.quote(_WATCHING)}
    return Scripts(
        inject=tools + _INJECT.format(**words),
        effect=tools + "is_off\n",
        revert=tools + "back\n",
        healed=tools + "is_back true\n",
        tell=_TELL,
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
