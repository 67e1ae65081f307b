"""A severe disaster: the primary site is off, and the owner's way back promotes the disaster site.

``promoted`` says whether it has taken over: 0 yes, 1 no, else nobody can tell. Taken out before that, the primary comes
back. Once it has, the primary stays off: that is the safe state, and to fail back is the owner's own act. Where nobody
can tell, neither is done, since two sites that both take orders are worse than none.

A promotion that was asked for may come about a while after it was called off: once the way back may have begun, the
primary comes back only where the other site was seen for a while not to take over; and where it does so even later, the
primary that was started here is stopped again.

``centre``, ``data_system`` and ``network`` are commands whose status is 0 once that was switched; none may be before.
"""

import shlex
from typing import Final

from profiles.drills.clock import CLOCK
from profiles.drills.deadman import HELD
from profiles.drills.fault import Entry, Fault, Scripts
from profiles.drills.noting import NOTING
from profiles.drills.processes import NEEDS, finding, starting
from profiles.drills.refusing import REFUSING
from profiles.drills.software_crash import KILLING
from profiles.drills.way_back import ended_here

LOOKS: Final = 20
"""So many looks, a second each, at a site that may still take over, before the primary is started."""

SWITCHED: Final = {"centre": "centre", "data_system": "data", "network": "network"}
"""Key of the entry to the name of the trace in ``switched``."""

_ASKING: Final = r"""
site() {  # 0: promoted, 1: not, 2: nobody can tell
  timeout -k 5 20 PROMOTED </dev/null >/dev/null 2>&1
  case $? in 0) return 0 ;; 1) return 1 ;; *) return 2 ;; esac
}
still_starts() {  # what was started here, and may only be coming up
  pid='' start=''
  [ ! -s starting ] || read -r pid start <starting
  alive "$pid" "$start"
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
true >proven || exit 1  # the way back may begin
echo "$ended, and the primary site does not run"
"""
_REVERT: Final = """
stop_ours() {
  [ -e started ] || return 0
  [ -z "${unit:-}" ] || systemctl stop -- "$unit" || :
  ! still_starts || kill -s TERM -- "-$pid"
  if [ -n "$(main_pid)" ]; then
    note_victims || return 1
    read -r pid start <victims
    ! alive "$pid" "$start" || kill -TERM "$pid"
    tries=0
    while [ "$tries" -lt 25 ] && alive "$pid" "$start"; do tries=$((tries + 1)); sleep 0.2; done
    kill_victims
  fi
  ! still_starts || kill -s KILL -- "-$pid"
}
[ -s victims ] || exit 0
if [ -n "$(main_pid)" ] || still_starts; then
  site
  [ "$?" -ne 0 ] || stop_ours
  exit
fi
looks=0 until_s=$(($(up_s) + LOOKS))
while :; do
  site
  [ "$?" -eq 1 ] || exit 0
  looks=$((looks + 1))
  [ -e proven ] && [ "$looks" -lt LOOKS ] && [ "$(up_s)" -lt "$until_s" ] || break
  sleep 1
done
true >started
""".replace("LOOKS", str(LOOKS))
_HEALED: Final = """
[ -s victims ] || { echo 'nothing was put in'; exit 0; }
site
case $? in
  0)
    ! said=$(runs) || { echo "the disaster site has taken over, and $said at the primary site as well"; exit 1; }
    ! still_starts || { echo 'the disaster site has taken over, and the primary site is being started'; exit 1; }
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
    looking = f"{CLOCK}{NOTING}trace() {{\n  case $1 in\n{cases}  esac </dev/null 2>/dev/null\n}}\n" + _LOOKING.replace(
        "TRACES", names
    )
    tools = finding(entry) + KILLING + REFUSING + _ASKING.replace("PROMOTED", shlex.join(entry["promoted"]))
    inject = _INJECT.replace("TRACES", names).replace("HELD", str(HELD))
    return Scripts(
        inject=f"{tools}{looking}printf '%s\\n' {shlex.quote(looking + _WATCHING)} >watching.sh\n{inject}",
        effect=tools + _EFFECT,
        revert=tools + CLOCK + ended_here() + _REVERT + starting(entry),
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
