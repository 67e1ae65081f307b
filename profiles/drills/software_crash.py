"""A crash of software: the process and all below it are killed at once. What restarts it is the platform's own.

``KILLING`` defines in sh ``kill_victims``; ``victims_ended`` and ``runs``, which print how that is known, or why not.
"""

from typing import Final

from profiles.drills.deadman import HELD
from profiles.drills.fault import Entry, Fault, Scripts
from profiles.drills.processes import NEEDS, scripts_on

KILLING: Final = """
kill_victims() {
  # Stopped first, so that none of them can start another while they are killed.
  while read -r pid start; do alive "$pid" "$start" && kill -STOP "$pid" 2>/dev/null; done <victims
  # The first of them is killed last, when the others are gone: who starts it anew finds nobody in its place.
  sed 1d victims >below
  while read -r pid start; do alive "$pid" "$start" && kill -KILL "$pid" 2>/dev/null; done <below
  tries=0
  while [ "$tries" -lt 50 ] && any_of below; do tries=$((tries + 1)); sleep 0.1; done
  while read -r pid start; do alive "$pid" "$start" && kill -KILL "$pid" 2>/dev/null; done <victims
  return 0
}
any_of() { while read -r pid start; do ! alive "$pid" "$start" || return 0; done <"$1"; return 1; }
victims_ended() {
  [ -s victims ] || { echo 'no process was killed'; return 1; }
  tries=0
  while :; do
    left=0 killed=0
    while read -r pid start; do
      killed=$((killed + 1))
      alive "$pid" "$start" && left=$((left + 1))
    done <victims
    [ "$left" -gt 0 ] || { echo "all $killed processes ended"; return 0; }
    tries=$((tries + 1))
    [ "$tries" -lt 20 ] || { echo "$left of $killed processes still run"; return 1; }
    sleep 0.2
  done
}
runs() {
  pid=$(main_pid)
  [ -n "$pid" ] || { echo 'the process does not run'; return 1; }
  [ "$(state_of "$pid")" != T ] || { echo "process $pid stands still"; return 1; }
  echo "process $pid runs"
}
"""


def scripts(entry: Entry) -> Scripts:
    """Return the texts for an entry."""
    return scripts_on(
        entry,
        inject=f"{KILLING}note_victims || exit {HELD}\nkill_victims\n",
        effect=KILLING + "victims_ended\n",
        healed=KILLING + "runs\n",
    )


FAULT = Fault(
    name="software-crash",
    en="a process and all below it are killed",
    zh="终止一个进程及其全部子进程",
    kind="software",
    scripts=scripts,
    needs=NEEDS,
)
