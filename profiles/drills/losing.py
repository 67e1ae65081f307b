"""Text of sh of the disasters in which data is lost: the service is killed, and its data are gone.

The owner's runbook (``recover``) then restores, and starts. What runs on what it restored when the fault is taken out
holds: orders may stand in it by then that stand nowhere else. Where nothing runs, what was there before comes back.

It also does where the loss was never proven (``lost``), or no runbook came to its good end (``way_back.WELL``): then
what runs there is what a supervisor started on nothing, or on half a restore, and it is kept beside. Nor is anything
started on data that are neither restored nor those from before.
"""

from collections.abc import Sequence

from profiles.drills.aside import moving
from profiles.drills.deadman import HELD
from profiles.drills.fault import Entry, Scripts
from profiles.drills.processes import CONTINUE, finding, starting
from profiles.drills.processes import NEEDS as OF_PROCESSES
from profiles.drills.software_crash import KILLING
from profiles.drills.way_back import WELL, ended_here

NEEDS = (*OF_PROCESSES, ("data",), ("recover",))
"""Keys of the entry."""

STAYS = (
    "where the way back has restored the data and the service runs on them, they stay; the data from before are kept "
    "beside them (PATH.duheng-RUN), which whoever runs the host takes away"
)
"""What cannot be reverted."""


def losing(entry: Entry, places: Sequence[str] = ()) -> Scripts:
    """Return the texts for the data of an entry, and for further places that are lost with them and come back."""
    tools = finding(entry) + KILLING + moving(entry["data"], places)
    return Scripts(
        inject=tools + _INJECT.replace("HELD", str(HELD)),
        effect=tools + _EFFECT,
        revert=f"{tools}{ended_here()}{_REVERT}{CONTINUE}{_STARTED_ON}{starting(entry)}fi\n",
        healed=tools + _HEALED,
    )


_INJECT = r"""
doing=may_move
may_move 0 "$data" && each_place && all_apart && note_victims || exit HELD
kill_victims
[ -z "${unit:-}" ] || systemctl stop -- "$unit" || :  # its supervisor would start it on data that are not there
tries=0
while read -r pid start; do
  while alive "$pid" "$start"; do
    tries=$((tries + 1))
    [ "$tries" -lt 150 ] || { echo "process $pid does not end"; exit 1; }
    sleep 0.2
  done
done <victims
doing=move
move 0 "$data" && each_place
"""
_EFFECT = r"""
[ -s victims ] || { echo 'no process was killed'; exit 1; }
doing=is_moved
is_moved 0 "$data" && each_place || exit 1
pid=$(main_pid)
[ -z "$pid" ] || { echo "process $pid runs"; exit 1; }
while read -r pid start; do ! alive "$pid" "$start" || { echo "process $pid runs"; exit 1; }; done <victims
true >lost || exit 1
echo "the process does not run, and there is nothing at $data any more (it lies at $(aside_of "$data"))"
"""
_REVERT = r"""
held() { [ -e lost ] && [ -f WELL ] && there "$data" && { [ -e held ] || [ -n "$(main_pid)" ]; }; }
doing=move_back
each_place
if ! held && ! is_back 0 "$data"; then
  # Who runs on what nobody restored must not write into what comes back, and not go on without it.
  if [ -n "$(main_pid)" ]; then
    note_victims || exit 1
    while read -r pid start; do alive "$pid" "$start" && kill -STOP "$pid" 2>/dev/null; done <victims
    move_back 0 "$data"
    ! is_back 0 "$data" || kill_victims
    tries=0
    while [ "$tries" -lt 50 ] && any_of victims; do tries=$((tries + 1)); sleep 0.1; done
  else
    move_back 0 "$data"
  fi
fi
""".replace("WELL", WELL)
_STARTED_ON = """
[ -e victims ] || exit 0  # none was hit: its owner may have stopped it
if is_back 0 "$data" >/dev/null || held; then :
"""
_HEALED = r"""
if [ -e victims ]; then
  said=$(runs) || { echo "$said"; exit 1; }
else
  said='no process was hit'
fi
is_back 0 "$data" >/dev/null || there "$data" || { echo "there is nothing at $data"; exit 1; }
doing=is_back
each_place || exit 1
if is_back 0 "$data" >/dev/null; then
  echo "$said, and what was at $data is there"
else
  beside 0 "$data" || { echo "what was at $data before is not beside it"; exit 1; }
  [ -e lost ] || { echo "the loss was never proven, and something else than what was at $data is there"; exit 1; }
  [ -f WELL ] || {
    echo "no way back came to its good end, and something else than what was at $data is there"
    exit 1
  }
  true >held || exit 1
  echo "held: $said, on what was restored to $data; what was there before is kept at $(aside_of "$data")"
fi
""".replace("WELL", WELL)
