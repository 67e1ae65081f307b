"""Text of sh that runs the owner's own way back on a host, and text that ends it there.

A folder of its own (``noted``) tells for as long as it runs, and holds the number and the start of its process: whoever
makes that folder first has the word, so that what is called off before it began does not begin. What it prints goes to
a file there: what it starts, and leaves running, may hold on to that, and keeps nobody waiting.
"""

import shlex
from collections.abc import Sequence
from typing import Final

from profiles.drills.processes import KNOWING

CALLED_OFF: Final = 75
"""Status: it did not begin."""

WELL: Final = "came-back"
"""The file in a run's folder that says that the way back came to its good end: what it made is not undone then."""

ENDING_S: Final = 15
"""Seconds that it gets to end when it is asked to; then it is killed."""

PRINTED: Final = 4000
"""So many bytes of the end of what it printed are told."""


def running(noted: str, command: Sequence[str], *, seconds: float, run: str | None = None) -> str:
    """Return the text that runs a command to its end, but no longer than so many seconds, and has its status.

    ``run`` is the run's folder, where that is on this host: there it leaves ``WELL``.
    """
    return _RUN.format(
        noted=shlex.quote(noted), seconds=max(1, round(seconds)), command=shlex.join(command), knowing=KNOWING,
        printed=PRINTED, off=CALLED_OFF, well="true" if run is None else _well(run),
    )  # fmt: skip


def ended_well(run: str) -> str:
    """Return the text that leaves ``WELL`` on the host of the run, where the command ran on another; status 0: it did.

    A text of its own, since whoever runs it has seen the good end.
    """
    return f"{{\n{_well(run)}\nexit\n}}\n"


def _well(run: str) -> str:
    path = shlex.quote(f"{run}/{WELL}")
    return f"true >{path} && {{ sync {path} 2>/dev/null || sync; }}"


def calling_off(noted: str) -> str:
    """Return the text that ends it, or keeps it from beginning: then it prints ``called off``, and the folder stays."""
    return _CALL_OFF.format(noted=shlex.quote(noted), ending=_ENDING)


def clearing(noted: str) -> str:
    """Return the text that takes away the folder of a way back that never began."""
    return f"{{\nrmdir {shlex.quote(noted)} 2>/dev/null\nexit 0\n}}\n"


def ended_here() -> str:
    """Return the text that a fault's ``revert`` begins with: on this host it is not at work meanwhile."""
    return f'noted=$(pwd).runbook\n{_ENDING}[ ! -d "$noted" ] || end_it\n'


# Each text is read to its end before the first of it is done. timeout hands a signal on to all that it runs.
_RUN: Final = """{{
noted={noted}
{knowing}
(umask 077; mkdir "$noted") 2>/dev/null || {{
  rmdir "$noted" 2>/dev/null && echo 'called off before it began' || echo "the folder $noted cannot be made"
  exit {off}
}}
timeout -k 5 {seconds} {command} >"$noted/output" 2>&1 </dev/null &
printf '%s %s\\n' "$!" "$(start_of "$!")" >"$noted/command"
[ ! -e "$noted/off" ] || kill -TERM "$!"
wait "$!"
status=$?
said=$(tail -c {printed} "$noted/output")
if [ "$status" -eq 0 ] && [ -d "$noted" ] && [ ! -e "$noted/off" ]; then
  {well} || {{ status=1; said='its good end cannot be noted'; }}
fi
rm -rf "$noted"
printf '%s\\n' "$said"
exit "$status"
}}
"""
_ENDING: Final = f"""{KNOWING}
end_it() {{
  true >"$noted/off"  # ":" would end sh where that fails
  pid='' start='' asked='' tries=0
  while [ -d "$noted" ]; do
    [ -n "$start" ] || {{ [ ! -s "$noted/command" ] || read -r pid start <"$noted/command"; }}
    [ -z "$pid" ] || alive "$pid" "$start" || break
    [ -z "$pid" ] || [ -n "$asked" ] || {{ kill -TERM "$pid"; asked=1; }}
    tries=$((tries + 1))
    [ "$tries" -lt {ENDING_S * 5} ] || break
    sleep 0.2
  done
  ! alive "$pid" "$start" || kill -s KILL -- "-$pid" 2>/dev/null || kill -KILL "$pid"
  rm -rf "$noted"
}}
"""
_CALL_OFF: Final = """{{
noted={noted}
{ending}
(umask 077; mkdir "$noted") 2>/dev/null && {{ echo 'called off'; exit 0; }}
[ ! -d "$noted" ] || end_it
exit 0
}}
"""
