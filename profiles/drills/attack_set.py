"""A fixed, harmless, marked set of attacks, replayed at an edge; whether the application behind it saw any of them.

What is sent: ``conformance/drilling/sending_attacks.py``. Beside the attacks it sends two innocent marked requests, the
first and the last (numbers 00 and 99): only where the application's log shows an innocent one does it tell anything
that it shows no other. As with the flood, it comes from an address of ours that is let in again.
"""

from typing import Final

from profiles.drills.fault import Entry, Fault, Scripts
from profiles.drills.marked_flood import HEALED, INJECT, KEPT, REVERT
from profiles.drills.refusing import REFUSING
from profiles.drills.sessions import SESSION
from profiles.drills.traces import REACHED_LOG, tracing

FIRST: Final = "00"
LAST: Final = "99"
"""The numbers of the innocent requests."""

_MARKS = r"""
marks() { fresh reached "$reached_log" | grep -oE -- "$mark-[0-9][0-9]" | sort -u; }
"""
_EFFECT = r"""
look_all  # while a ban still stands
tries=0
while :; do
  came=$(marks)
  case $came in *"$mark-99"*) echo "the innocent requests around it stand in $reached_log"; exit 0 ;; esac
  tries=$((tries + 1))
  [ "$tries" -lt 10 ] || break
  sleep 1
done
case $came in *"$mark-00"*) echo "the innocent request before it stands in $reached_log"; exit 0 ;; esac
echo "no innocent request stands in $reached_log: it tells nothing of the others"
exit 1
"""
_TELL = r"""
joint=
printf '{"attack": {"reached": ['
for each in $(marks); do
  case $each in *-00 | *-99) continue ;; esac
  printf '%s"%s"' "$joint" "$each"
  joint=', '
done
printf ']'
"""


def scripts(entry: Entry) -> Scripts:
    """Return the texts for an entry."""
    tools = tracing(entry) + _MARKS
    seen = "printf ', '; tell_seen | sed 's/^{\"attack\": {//'" if _traced(entry) else "printf '}}\\n'"
    return Scripts(
        inject=REFUSING + SESSION + tools + INJECT,
        effect=tools + _EFFECT,
        revert=tools + REVERT,
        healed=tools + HEALED,
        tell=f"{tools}{_TELL}{seen}\n",
    )


def _traced(entry: Entry) -> bool:
    return "traces=''" not in tracing(entry)


FAULT = Fault(
    name="attack-set",
    en="a fixed, harmless, marked set of attacks, replayed at an edge",
    zh="在边界重放一组固定、无害、带标记的攻击请求",
    kind="attack",
    scripts=scripts,
    needs=(("source",), (REACHED_LOG,)),
    cannot_be_reverted=KEPT,
)
