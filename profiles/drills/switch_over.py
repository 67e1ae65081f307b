"""A severe disaster: the primary site is off, and the owner's way back promotes the disaster site.

``promoted`` says whether it has taken over: 0 yes, 1 no, else nobody can tell. Taken out before that, the primary comes
back. Once it has, the primary stays off: that is the safe state, and to fail back is the owner's own act. Where nobody
can tell, neither is done, since two sites that both take orders are worse than none.

``centre``, ``data_system`` and ``network`` are commands whose status is 0 once that was switched; none may be before.
"""

import shlex
from typing import Final

from profiles.drills.deadman import HELD
from profiles.drills.fault import Entry, Fault, Scripts
from profiles.drills.processes import NEEDS, finding, starting
from profiles.drills.refusing import REFUSING
from profiles.drills.software_crash import KILLING
from profiles.drills.traces import CLOCK
from profiles.drills.way_back import ended_here

SWITCHED: Final = {"centre": "centre", "data_system": "data", "network": "network"}
"""Key of the entry to the name of the trace in ``switched``."""

_ASKING: Final = r"""
site() {  # 0: promoted, 1: not, 2: nobody can tell
  timeout -k 5 20 PROMOTED </dev/null >/dev/null 2>&1
  case $? in 0) return 0 ;; 1) return 1 ;; *) return 2 ;; esac
}
"""
_INJECT: Final = r"""
site
case $? in
  0) refuse 'the disaster site has taken over already' ;;
  2) refuse 'nobody can tell whether the disaster site has taken over' ;;
esac
note_victims || exit HELD
for name in TRACES; do
  ! trace "$name" >/dev/null || { rm -f victims; refuse "the trace of $name is there already"; }
done
setsid sh ./watching.sh </dev/null >/dev/null 2>&1 &
kill_victims
[ -z "${unit:-}" ] || systemctl stop -- "$unit" || :  # its supervisor would start it again
"""
_LOOKING: Final = r"""
look() {  # at what was not seen yet; status 1 once all was
  left=1
  for name in TRACES; do
    [ ! -s "seen.$name" ] || continue
    left=0 at=$(ms)
    said=$(trace "$name") || continue
    note "seen.$name" "{\"at_ms\":$at,\"where\":$(json "$(printf '%s\n' "$said" | head -n 1)")}"
  done
  return "$left"
}
"""
# It goes on by itself, until the run gives the lock back.
_WATCHING: Final = """
while [ -e lock ]; do
  look || exit 0
  sleep 0.5
done
"""
_EFFECT: Final = """
ended=$(victims_ended) || { echo "$ended"; exit 1; }
! said=$(runs) || { echo "$said"; exit 1; }
echo "$ended, and the primary site does not run"
"""
_REVERT: Final = """
[ -s victims ] || exit 0
site
[ "$?" -eq 1 ] || exit 0
"""
_HEALED: Final = """
[ -s victims ] || { echo 'nothing was put in'; exit 0; }
site
case $? in
  0)
    ! said=$(runs) || { echo "the disaster site has taken over, and $said at the primary site as well"; exit 1; }
    echo 'held: the disaster site has taken over, and the primary site stays off until its owner brings it back' ;;
  1)
    said=$(runs) || { echo "$said"; exit 1; }
    echo "$said: the disaster site had not taken over" ;;
  *)
    echo 'nobody can tell whether the disaster site has taken over: the primary site is not started'
    exit 1 ;;
esac
"""
_TELL: Final = """
look
printf '{"switched":{'
comma=''
for name in TRACES; do
  printf '%s"%s":%s' "$comma" "$name" "$(cat "seen.$name" 2>/dev/null || echo null)"
  comma=,
done
printf '}}\\n'
"""


def scripts(entry: Entry) -> Scripts:
    """Return the texts for an entry."""
    told = {name: entry[key] for key, name in SWITCHED.items() if key in entry}
    cases = "".join(f"  {name}) timeout -k 5 20 {shlex.join(words)} ;;\n" for name, words in told.items())
    names = " ".join(told)
    looking = f"{CLOCK}trace() {{\n  case $1 in\n{cases}  esac </dev/null 2>/dev/null\n}}\n" + _LOOKING.replace(
        "TRACES", names
    )
    tools = finding(entry) + KILLING + REFUSING + _ASKING.replace("PROMOTED", shlex.join(entry["promoted"]))
    inject = _INJECT.replace("TRACES", names).replace("HELD", str(HELD))
    return Scripts(
        inject=f"{tools}{looking}printf '%s\\n' {shlex.quote(looking + _WATCHING)} >watching.sh\n{inject}",
        effect=tools + _EFFECT,
        revert=tools + ended_here() + _REVERT + starting(entry),
        healed=tools + _HEALED,
        tell=looking + _TELL.replace("TRACES", names),
    )


FAULT = Fault(
    name="switch-over",
    en="the primary site is off; the way back promotes the disaster site",
    zh="主站点停止服务，由恢复手段切换至灾备站点",
    kind="severe",
    scripts=scripts,
    needs=(*NEEDS, ("recover",), ("promoted",), tuple(SWITCHED)),
    cannot_be_reverted="once the disaster site has taken over, the primary stays off: nothing fails back by itself",
)
