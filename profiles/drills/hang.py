"""A hang: the process and all below it stand still, hold what they hold, and answer nothing."""

from profiles.drills.deadman import HELD
from profiles.drills.fault import Entry, Fault, Scripts
from profiles.drills.processes import NEEDS, scripts_on

_INJECT = f"""
note_victims || exit {HELD}
while read -r pid start; do alive "$pid" "$start" && kill -STOP "$pid" 2>/dev/null; done <victims
exit 0
"""
_EFFECT = """
[ -s victims ] || { echo 'no process was stopped'; exit 1; }
still=0 all=0
while read -r pid start; do
  alive "$pid" "$start" || continue
  all=$((all + 1))
  [ "$(state_of "$pid")" = T ] && still=$((still + 1))
done <victims
[ "$all" -gt 0 ] || { echo 'the stopped processes are gone already'; exit 1; }
echo "$still of $all processes stand still"
[ "$still" = "$all" ]
"""
_HEALED = """
while read -r pid start; do
  alive "$pid" "$start" || continue
  [ "$(state_of "$pid")" != T ] || { echo "process $pid stands still"; exit 1; }
done <victims
pid=$(main_pid)
[ -n "$pid" ] || { echo 'the process does not run'; exit 1; }
echo "process $pid runs, and none stands still"
"""


def scripts(entry: Entry) -> Scripts:
    """Return the texts for an entry."""
    return scripts_on(entry, inject=_INJECT, effect=_EFFECT, healed=_HEALED)


FAULT = Fault(
    name="hang",
    en="a process and all below it stand still",
    zh="使一个进程及其全部子进程停止响应",
    kind="software",
    scripts=scripts,
    needs=NEEDS,
)
