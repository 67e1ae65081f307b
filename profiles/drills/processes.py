"""Text of sh that finds a declared process with all below it, and knows each by its id and its start.

``main_pid`` prints the id of the process, nothing where it does not run. ``tree PID`` prints it and all below it.
``start_of PID`` prints when it started, in clock ticks since boot; a number that the system has handed to somebody else
has another start. ``note_victims`` writes ``victims``, a line ``PID START`` each, for the other scripts.
"""

import shlex
from typing import Final

from profiles.drills.fault import Entry, Scripts

KNOWING: Final = r"""
state_of() { sed -n 's/^State:[[:space:]]*\(.\).*/\1/p' "/proc/$1/status" 2>/dev/null; }
start_of() {
  [ "$(state_of "$1")" != Z ] || return 0
  sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20
}
children() {
  grep -ls "^PPid:[[:space:]]*$1\$" /proc/[0-9]*/status 2>/dev/null | while IFS= read -r file; do
    file=${file%/status}; printf '%s\n' "${file#/proc/}"
  done
}
tree() {
  printf '%s\n' "$1"
  for below in $(children "$1"); do tree "$below"; done
}
note_victims() {
  ! several || { echo 'more than one process has such a command line'; return 1; }
  pid=$(main_pid)
  [ -n "$pid" ] || { echo 'the process does not run'; return 1; }
  hit=$(tree "$pid")
  for each in $hit; do
    case $each in 1 | "$$" | "$(cat watchdog.pid 2>/dev/null)")
      echo "process $pid is the first of the host, or the drill itself runs below it"
      return 1 ;;
    esac
  done
  for each in $hit; do
    start=$(start_of "$each")
    [ -z "$start" ] || printf '%s %s\n' "$each" "$start"
  done >victims.new && [ -s victims.new ] && { sync victims.new 2>/dev/null || sync; } && mv victims.new victims || {
    echo 'what is hit cannot be noted'
    return 1
  }
}
alive() { [ -n "$2" ] && [ "$(start_of "$1")" = "$2" ]; }
"""


def finding(entry: Entry) -> str:
    """Return the text that defines these functions for the process of an entry (``unit``, ``pidfile``, ``command``)."""
    if "unit" in entry:
        return f"unit={shlex.quote(entry['unit'])}\n{_BY_UNIT}{KNOWING}"
    if "command" in entry:
        return f"command={shlex.quote(entry['command'])}\n{_BY_COMMAND}{KNOWING}"
    return f"pidfile={shlex.quote(entry['pidfile'])}\n{_BY_FILE}{KNOWING}"


NEEDS: Final = (("unit", "pidfile", "command"), ("unit", "start"))
"""Keys of the entry: how the process is found, and how it is started."""

CONTINUE: Final = """
[ ! -s victims ] || while read -r pid start; do alive "$pid" "$start" && kill -CONT "$pid" 2>/dev/null; done <victims
"""


def scripts_on(entry: Entry, *, inject: str, effect: str, healed: str) -> Scripts:
    """Return the texts of a fault of processes; its revert lets what was stopped go on, and starts what is gone.

    Where none was hit, none is started, nor need one run: its owner may have stopped it.
    """
    tools = finding(entry)
    return Scripts(
        inject=tools + inject,
        effect=tools + effect,
        revert=f"[ -e victims ] || exit 0\n{tools}{CONTINUE}{starting(entry)}",
        healed=f"[ -e victims ] || {{ echo 'nothing was put in'; exit 0; }}\n{tools}{healed}",
    )


def starting(entry: Entry) -> str:
    """Return the text that starts the process where it does not run, and waits for nothing.

    It is started in a session of its own, so that it does not end with the drill; with nothing of the run's folder; and
    not again while what was started before still comes up.
    """
    if "start" in entry:
        return _START.replace("COMMAND", shlex.join(entry["start"]))
    if "unit" in entry:
        return '[ -n "$(main_pid)" ] || { systemctl reset-failed -- "$unit" || :; systemctl start -- "$unit"; }\n'
    return ""


_START = r"""
[ -n "$(main_pid)" ] || {
  pid='' start=''
  [ ! -s starting ] || read -r pid start <starting
  alive "$pid" "$start" || {
    (umask 022; cd / && exec setsid COMMAND) </dev/null >>started.log 2>&1 &
    printf '%s %s\n' "$!" "$(start_of "$!")" >starting
  }
}
"""
_BY_UNIT = r"""
several() { false; }
main_pid() {
  main=$(systemctl show --property MainPID --value -- "$unit" 2>/dev/null)
  case $main in '' | 0 | *[!0-9]*) ;; *) printf '%s\n' "$main" ;; esac
}
"""
_BY_FILE = r"""
several() { false; }
main_pid() {
  [ -r "$pidfile" ] || return 0
  main=''
  read -r main rest <"$pidfile" || :  # further lines, as PostgreSQL writes them, tell other things
  case $main in '' | *[!0-9]*) return 0 ;; esac
  [ -z "$(start_of "$main")" ] || printf '%s\n' "$main"
}
"""
# The first word finds those that may be meant without a process for each that runs. Of a family its head is meant.
_BY_COMMAND = r"""
meant() {
  grep -lsF -- "${command%% *}" /proc/[0-9]*/cmdline | while IFS= read -r file; do
    case $(tr '\0' ' ' <"$file" 2>/dev/null) in "$command "*) ;; *) continue ;; esac
    file=${file%/cmdline}
    [ -z "$(start_of "${file#/proc/}")" ] || printf '%s\n' "${file#/proc/}"
  done
}
heads() {
  family=$(meant)
  for each in $family; do
    parent=$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/$each/status" 2>/dev/null)
    printf '%s\n' "$family" | grep -qx -- "${parent:-0}" || printf '%s %s\n' "$(start_of "$each")" "$each"
  done | sort -k 1,1n -k 2,2n | cut -d ' ' -f 2
}
several() { [ "$(heads | wc -l)" -gt 1 ]; }
main_pid() { heads | head -n 1; }
"""
