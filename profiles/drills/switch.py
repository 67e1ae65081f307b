"""Out-of-band power: text of sh that switches a machine off and on by declared commands, and asks how it stands.

The host that is drilled is the one that *holds the switch* (a hypervisor, a management host that reaches the machine's
IPMI or its power strip): there the dead man lives, and survives. ``off``, ``on`` and ``state`` are commands there;
``state`` has status 0, and what it prints where the machine is off matches ``off_says`` (``grep -E``).

What is not known is never taken for on: until ``state`` was once seen to say off, ``off_says`` may be a wrong pattern,
and the machine is known to be on only where ``state`` says again what it said before.
"""

import shlex
from typing import Final

from profiles.drills.clock import CLOCK
from profiles.drills.fault import Entry
from profiles.drills.refusing import REFUSING

NEEDS: Final = (("off",), ("on",), ("state",), ("off_says",))
"""Keys of the entry: how the machine is switched, and how it is asked."""


def switching(entry: Entry) -> str:
    """Return the text that defines these functions for an entry.

    ``look`` has status 0 where the machine is off, 1 where it is not, 2 where nobody can tell, and leaves in ``said``
    what ``state`` printed. ``begin`` refuses a machine that is not on. ``cut_power`` switches it off, ``back`` on
    again. ``is_off`` and ``is_back`` print how it stands.
    """
    return (
        f"{REFUSING}{CLOCK}off_says={shlex.quote(entry['off_says'])}\n"
        f"switch_off() {{ timeout -k 5 20 {shlex.join(entry['off'])} </dev/null >&2; }}\n"
        f"switch_on() {{ timeout -k 5 20 {shlex.join(entry['on'])} </dev/null >&2; }}\n"
        f"state() {{ timeout -k 5 10 {shlex.join(entry['state'])} </dev/null 2>/dev/null; }}\n{_TOOLS}"
    )


# An injection has a minute. What still switches when it is ended would do so behind the back of whoever takes it out.
_TOOLS: Final = r"""
began_s=$(up_s)
give_up() { refuse "$1"; }
shown() { printf '%s\n' "$said" | head -n 1; }
look() {
  said=$(state) && [ -n "$said" ] || return 2
  printf '%s\n' "$said" | grep -qE -e "$off_says" || return 1
  [ ! -e cutting ] || true >was_off || :
}
begin() {
  look
  case $? in
    0) refuse "the machine is off already: $(shown)" ;;
    2) refuse "the state of the machine cannot be asked: $(shown)" ;;
  esac
  printf '%s\n' "$said" >before
}
cut_power() {
  [ $(($(up_s) - began_s)) -le 25 ] ||
    give_up "too little of the injection's minute is left to switch anything off"
  true >cutting || give_up 'what is done cannot be noted'
  switch_off
  until_s=$(($(up_s) + 20)) tries=0
  until look; do
    tries=$((tries + 1))
    [ "$tries" -lt 60 ] && [ "$(up_s)" -lt "$until_s" ] || { not_off; return 1; }
    sleep 0.2
  done
}
not_off() { echo "the machine does not say that it is off: $(shown)"; }
is_off() {
  [ -e cutting ] || { echo 'nothing was switched off'; return 1; }
  look || { not_off; return 1; }
  echo "the machine says: $(shown)"
}
back() {
  [ -e cutting ] || return 0
  [ ! -e was_off ] || { look; [ $? -ne 1 ] || return 0; }
  switch_on
}
is_back() {  # COMMAND: what has to hold besides
  [ -e cutting ] || { echo 'nothing was switched off'; return 0; }
  until_s=$(($(up_s) + 30)) tries=0 same=0
  while :; do
    look
    case $? in
      0) why="the machine is off: $(shown)" ;;
      2) why='nobody can tell whether the machine is on' same=0 ;;
      *)
        if [ "$said" = "$(cat before)" ]; then same=$((same + 1)); else same=0; fi
        # A switch may be slow: where nobody saw it off, it must have been on for a while.
        if [ ! -e was_off ] && [ "$same" -lt 10 ]; then why="nobody saw it off, and it says: $(shown)"
        elif "$@"; then echo "the machine is on again: $(shown)"; return 0
        else why="the machine is on, and what has to answer does not"; fi ;;
    esac
    tries=$((tries + 1))
    [ "$tries" -lt 25 ] && [ "$(up_s)" -lt "$until_s" ] || { echo "$why"; return 1; }
    sleep 1
  done
}
"""
