"""The dead man: a watchdog on the host that takes the fault out by itself when nobody calls it off in time.

A run has a folder ``PLACE.RUN`` on the host: the fault's scripts, ``watchdog.sh``, ``heal.sh``, the ``journal``.
``PLACE.lock`` is the lock of the host: a hard link to the run's file ``owner``, so that taking it is one atomic step,
and tells who holds it. The watchdog itself takes it, so what is locked is guarded. It is given back only once the fault
is proven to be gone.

- Time is ``/proc/uptime``: a wall clock that is set changes nothing, and a suspended host counts on.
- The watchdog holds a lock on ``alive`` for as long as it lives: no number of a process tells that as surely.
- One at a time works in the folder (``flock`` on ``hand``): injection, healing by the harness, by the watchdog.
- Nothing is injected without a living watchdog whose time is not nearly over, and never twice.
- Each text is one compound command: cut off on its way, it is no command at all.
"""

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from profiles.drills.clock import CLOCK
from profiles.drills.fault import Scripts

HELD: Final = 75
"""Status: somebody else holds the lock, or what is asked for is not ours (any more)."""

LACKING: Final = 69
"""Status: the host lacks a program."""

WOUNDED: Final = 1
"""Status of healing: the fault is not proven to be gone."""

STEP_S: Final = 60
"""Seconds that one script of a fault may take."""

OWN_TRIES: Final = 3
WATCHDOG_TRIES: Final = 240
"""How often healing is tried, ever further apart (up to half a minute): by the harness, by the watchdog."""

RESERVE: Final = 0.2
"""So much of the watchdog's time must be left for an injection."""

_RUN = re.compile(r"[a-z0-9][a-z0-9-]{7,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a run stands on a host: ``place`` is an absolute path (the token says which), ``run_id`` names the run."""

    place: str
    run_id: str

    def __post_init__(self) -> None:
        """Refuse a name that would lead elsewhere: a bug of ours."""
        if not _RUN.fullmatch(self.run_id) or not self.place.startswith("/"):
            raise ValueError(f"no place of a run: {self.place}.{self.run_id}")

    @property
    def folder(self) -> str:
        """The run's folder."""
        return f"{self.place}.{self.run_id}"

    @property
    def lock(self) -> str:
        """The lock of the host."""
        return f"{self.place}.lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A line of the journal: wall clock of the host (RFC 3339, whole seconds), its uptime, what, with which status."""

    at: str
    uptime_s: float
    who: str
    what: str
    status: int


def arming(place: Place, scripts: Scripts, *, owner: Mapping[str, Any], seconds: float) -> str:
    """Return the text that lays the folder down, starts the watchdog, and with it takes the lock.

    It prints ``armed``; else its status is ``HELD`` and it prints who holds the lock, or ``LACKING`` and what lacks.
    """
    files = {
        "owner": json.dumps(dict(owner), ensure_ascii=False, sort_keys=True),
        "inject.sh": scripts.inject,
        "effect.sh": scripts.effect,
        "revert.sh": scripts.revert,
        "healed.sh": scripts.healed,
        "tell.sh": scripts.tell,
        "heal.sh": CLOCK + _TOOLS + _HEAL,
        "watchdog.sh": CLOCK + _TOOLS + _WATCHDOG.replace("TRIES", str(WATCHDOG_TRIES)),
    }
    laid = "\n".join(f"printf '%s\\n' {shlex.quote(text)} >{name}" for name, text in files.items())
    return _whole(
        place,
        _ARM.format(laid=laid, seconds=round(seconds), reserve=round(seconds * RESERVE)),
        inside=False,
    )


def injecting(place: Place) -> str:
    """Return the text that injects the fault, guarded; status ``HELD``, and why, where it must not be."""
    return _whole(place, _INJECT)


def proving(place: Place) -> str:
    """Return the text that asks whether the fault took effect; it prints how that is known."""
    return _whole(place, f"timeout -k 5 {STEP_S} sh ./effect.sh 2>>output")


def telling(place: Place) -> str:
    """Return the text that asks the fault what it has to tell; it prints JSON objects, a line each."""
    return _whole(place, f"timeout -k 5 {STEP_S} sh ./tell.sh 2>>output")


def healing(place: Place, *, who: str, release: bool) -> str:
    """Return the text that takes the fault out and proves it; with ``release`` it then gives the lock back.

    It may be run again at any time. Status ``WOUNDED`` where the proof does not hold. Its last line says how it is
    known, or what is wrong.
    """
    return _whole(place, f"sh ./heal.sh {shlex.quote(who)} {OWN_TRIES} {'release' if release else 'keep'}")


def collecting(place: Place) -> str:
    """Return the text that prints the journal, and takes the folder away once the lock is given back."""
    return _whole(place, _COLLECT)


def by_hand(place: Place) -> str:
    """Return the command that a person runs on the host where nothing else healed it."""
    return f"cd {shlex.quote(place.folder)} && sh ./heal.sh person 1 release"


def notes(journal: str) -> tuple[Note, ...]:
    """Return the lines of a journal; a line torn by a crash of the host is left out."""
    found = []
    for line in journal.splitlines():
        try:
            record = json.loads(line)
            found.append(
                Note(
                    at=str(record["at"]),
                    uptime_s=float(record["uptime_s"]),
                    who=str(record["who"]),
                    what=str(record["what"]),
                    status=int(record["status"]),
                )
            )
        except (ValueError, KeyError, TypeError):
            continue
    return tuple(found)


def _whole(place: Place, text: str, *, inside: bool = True) -> str:
    """Return a text that sh reads to its end before it does the first of it."""
    enter = _ENTER if inside else ""
    names = f"folder={shlex.quote(place.folder)} lock={shlex.quote(place.lock)}"
    return f"{{\numask 077\n{names}\n{enter}\n{text}\nexit\n}}\n"


_ENTER: Final = f"""cd "$folder" 2>/dev/null || {{
  [ ! -e "$folder" ] || {{ echo "this account cannot enter $folder"; exit {LACKING}; }}
  echo "the run is not on this host"
  exit {HELD}
}}"""

_TOOLS = r"""
umask 077
note() {
  read -r up rest </proc/uptime
  printf '{"at":"%s","uptime_s":%s,"who":"%s","what":"%s","status":%s}\n' \
    "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$up" "$1" "$2" "$3" >>journal
}
loud() {
  printf '%s\n' "duheng drill: $1" >>output
  ! command -v logger >/dev/null || logger -t duheng-drill -p user.crit -- "$1" 2>/dev/null
}
ours() { [ "$(cat lock 2>/dev/null)" -ef owner ]; }
"""

_ARM = r"""
for program in setsid flock timeout; do
  command -v "$program" >/dev/null || {{ echo "the host lacks the program $program"; exit 69; }}
done
mkdir "$folder" && cd "$folder" || {{ echo "the folder $folder cannot be made"; exit 69; }}
printf '%s\n' "$lock" >lock
printf '%s\n' {reserve} >reserve
{laid}
said=$(setsid sh ./watchdog.sh {seconds} </dev/null 2>>output &)
[ "$said" = armed ] && {{ echo armed; exit 0; }}
cd / && rm -rf "$folder"
printf '%s\n' "${{said:-the watchdog did not start}}"
exit 75
"""

_WATCHDOG = r"""
fire=
trap '' HUP INT PIPE
trap fire=1 TERM
echo $(($(up_s) + $1)) >deadline
echo $$ >watchdog.pid
exec 8>alive
flock -n 8
lock=$(cat lock)
[ ! -d "$lock" ] && ln owner "$lock" 2>/dev/null || { cat "$lock"; exit 75; }
note deadman armed 0
echo armed
exec >/dev/null
while [ -z "$fire" ]; do
  [ -e lock ] || exit 0  # given back; somebody who took the lock away by hand took no fault out
  [ "$(up_s)" -lt "$(cat deadline)" ] || break  # over, or nobody can read any more when it would be
  sleep 1 8>&-
done
sh ./heal.sh deadman TRIES release
"""

_HEAL = r"""
who=$1 most=$2 then=$3
trap '' HUP INT PIPE TERM
exec 9>hand
flock 9
before() { [ -e lock ] || { echo 'healed and given back before'; exit 0; }; }
before
proven() {
  said=$(timeout -k 5 60 sh ./healed.sh 2>>output 8>&- 9>&-)
  status=$?
  note "$who" healed $status
  [ "$status" -eq 0 ]
}
try=0
# What was out once is asked once more before the lock is given back: it may have come back.
until [ -e healed ] && [ "$who" = harness ] && { [ "$then" != release ] || proven; }; do
  rm -f healed
  try=$((try + 1))
  timeout -k 5 60 sh ./revert.sh >>output 2>&1 8>&- 9>&-
  note "$who" revert $?
  ! proven || { true >healed; break; }  # not ":", with which sh would end where the disk is full
  loud "the fault is not out yet ($said); run by hand: cd $(pwd) && sh ./heal.sh person 1 release"
  [ "$try" -lt "$most" ] || { note "$who" gave-up 1; echo "$said"; exit 1; }
  flock -u 9  # a person who heals by hand need not wait
  sleep "$((try < 30 ? try : 30))"
  flock 9
  before
done
printf '%s\n' "${said:-healed before}"
[ "$then" != release ] || { { ! ours || rm -f "$(cat lock)"; } && mv lock released && note "$who" released 0; }
"""

_INJECT = r"""
exec 9>hand
flock -w 10 9 || { echo 'the folder is in use'; exit 75; }
[ "$lock" -ef owner ] || { echo 'the lock is given back already'; exit 75; }
read -r up rest </proc/uptime
[ $((${up%%.*} + $(cat reserve))) -lt "$(cat deadline)" ] || { echo "the dead man's time is nearly over"; exit 75; }
! flock -n alive true || { echo 'the dead man does not live'; exit 75; }
[ ! -e injected ] || { echo 'the fault was put in before'; exit 75; }
true >injected || { echo 'what is done cannot be noted'; exit 75; }
rm -f healed
note() {
  read -r up rest </proc/uptime
  printf '{"at":"%s","uptime_s":%s,"who":"harness","what":"%s","status":%s}\n' \
    "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$up" "$1" "$2" >>journal
}
note injecting 0
# timeout keeps the hand for as long as the injection runs, though this sh may be ended before.
timeout -k 5 60 sh -c 'exec sh ./inject.sh 9>&-' 2>>output
status=$?
note injected "$status"
exit "$status"
"""

_COLLECT = r"""
cat journal
exec 9>hand
flock 9
[ -e lock ] || { cd / && rm -rf "$folder"; }
"""
