"""A crash of software: the process and all below it are killed at once. What restarts it is the platform's own."""

from profiles.drills.fault import Entry, Fault, Scripts
from profiles.drills.processes import NEEDS, scripts_on

_INJECT = """
note_victims || exit 1
# Stopped first, so that none of them can start another while they are killed.
while read -r pid start; do alive "$pid" "$start" && kill -STOP "$pid" 2>/dev/null; done <victims
while read -r pid start; do alive "$pid" "$start" && kill -KILL "$pid" 2>/dev/null; done <victims
exit 0
"""
_EFFECT = """
[ -s victims ] || { echo 'no process was killed'; exit 1; }
tries=0
while :; do
  left=0 killed=0
  while read -r pid start; do
    killed=$((killed + 1))
    alive "$pid" "$start" && left=$((left + 1))
  done <victims
  [ "$left" -gt 0 ] || { echo "all $killed processes ended"; exit 0; }
  tries=$((tries + 1))
  [ "$tries" -lt 20 ] || { echo "$left of $killed processes still run"; exit 1; }
  sleep 0.2
done
"""
_HEALED = """
pid=$(main_pid)
[ -n "$pid" ] || { echo 'the process does not run'; exit 1; }
[ "$(state_of "$pid")" != T ] || { echo "process $pid stands still"; exit 1; }
echo "process $pid runs"
"""


def scripts(entry: Entry) -> Scripts:
    """Return the texts for an entry."""
    return scripts_on(entry, inject=_INJECT, effect=_EFFECT, healed=_HEALED)


FAULT = Fault(
    name="software-crash",
    en="a process and all below it are killed",
    zh="终止一个进程及其全部子进程",
    kind="software",
    scripts=scripts,
    needs=NEEDS,
)
