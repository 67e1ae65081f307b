"""A fixed, harmless, marked set of attacks, replayed at an edge; whether the application behind it saw any of them.

What is sent: ``conformance/drilling/sending_attacks.py``. Beside the attacks it sends two innocent marked requests, the
first and the last (numbers 00 and 99): only where the application's log shows an innocent one does it tell anything
that it shows no other, and the last one where that was let through (the sender leaves ``LET_THROUGH`` in the run's
folder): a log that is written late, or cut, shows the first one alone. As with the flood, it comes from an address of
ours that is let in again.
"""

from typing import Final

from profiles.drills.fault import Entry, Fault, Scripts
from profiles.drills.marked_flood import HEALED, INJECT, KEPT, REVERT
from profiles.drills.refusing import REFUSING
from profiles.drills.sessions import SESSION
from profiles.drills.traces import REACHED_LOG, declared, tracing

FIRST: Final = "00"
LAST: Final = "99"
"""The numbers of the innocent requests."""

LET_THROUGH: Final = "let-through"
"""The file in the run's folder that says that the last innocent request was answered as the first one was."""

_MARKS = r"""
marks() { fresh reached "$reached_log" | grep -oE -- "$mark-[0-9][0-9]" | sort -u; }
known() { { [ ! -e marks ] || cat marks; printf '%s\n' "$1"; } | sort -u; }  # MARKS: with those seen before
"""
_EFFECT = r"""
look_all  # while a ban still stands
tries=0
while :; do
  came=$(known "$(marks)")
  note marks "$came"  # the log may be rotated before it is asked again
  case $came in *"$mark-99"*) echo "the innocent requests around it stand in $reached_log"; exit 0 ;; esac
  tries=$((tries + 1))
  [ "$tries" -lt 10 ] || break
  sleep 1
done
[ ! -e let-through ] || { echo "the innocent request after it was let through, and is not in $reached_log"; exit 1; }
case $came in *"$mark-00"*) echo "the innocent request before it stands in $reached_log"; exit 0 ;; esac
echo "no innocent request stands in $reached_log: it tells nothing of the others"
exit 1
"""
_TELL = r"""
own=$(marks)
came=$(known "$own") tells=
case $came in
  *"$mark-99"*) tells=1 ;;
  *) [ -e let-through ] || case $own in *"$mark-00"*) tells=1 ;; esac ;;
esac
reached=$(printf '%s\n' "$came" | grep -v -e '-00$' -e '-99$')
printf '{"attack": {"reached": '
if [ -n "$tells$reached" ]; then
  joint='['
  for each in $reached; do
    printf '%s"%s"' "$joint" "$each"
    joint=', '
  done
  [ -n "$reached" ] || printf '['
  printf ']'
else
  printf null  # what shows no innocent request either (rotated, cut, not to be read) shows nothing
fi
"""


def scripts(entry: Entry) -> Scripts:
    """Return the texts for an entry."""
    tools = tracing(entry) + _MARKS
    seen = "printf ', '; tell_seen | sed 's/^{\"attack\": {//'" if declared(entry) else "printf '}}\\n'"
    return Scripts(
        inject=REFUSING + SESSION + tools + INJECT,
        effect=tools + _EFFECT,
        revert=tools + REVERT,
        healed=tools + HEALED,
        tell=f"{tools}{_TELL}{seen}\n",
    )


FAULT = Fault(
    name="attack-set",
    en="a fixed, harmless, marked set of attacks, replayed at an edge",
    zh="在边界重放一组固定、无害、带标记的攻击请求",
    kind="attack",
    scripts=scripts,
    needs=(("source",), (REACHED_LOG,)),
    cannot_be_reverted=KEPT,
)
