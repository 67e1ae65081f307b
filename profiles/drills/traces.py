"""Text of sh that looks for the traces of a marked attack in declared logs: which line, since the attack, when.

Only lines count that were written after the fault was put in (a log's length and inode are noted then; one that was
rotated since is read from its beginning) and that name our source address, or this run's mark. The instant of a line is
the one that it tells: RFC 3339, fail2ban's ``2026-11-22 09:00:00,123``, nginx's, Suricata's, syslog's; without an
offset from UTC it is the host's local time. Where it tells none, or one that cannot be (another clock's, or another
zone's), the line counts as of when it was read, which a watcher does once a second: later than it was written, never
earlier.

``NAME_log`` and ``NAME`` (a pattern of ``grep -E``) of the entry say where a trace stands. The trace ``block`` is also
told by the ban itself, where it can be asked for (``bans``).
"""

import shlex
from typing import Final

from profiles.drills.bans import banning, seen_as
from profiles.drills.clock import CLOCK
from profiles.drills.fault import Entry
from profiles.drills.noting import NOTING

TRACES: Final = ("inspect", "monitor", "alarm", "block")
"""What the clause asks of an edge, and the names of its traces."""

LOGS: Final = tuple(f"{name}_log" for name in TRACES)
REACHED_LOG: Final = "reached_log"
WATCH_S: Final = 300.0
"""Seconds for which traces are looked for, where the entry says nothing stricter: what real time is taken for."""

OVER: Final = "over"
"""The file in the run's folder by which it is known that nothing is watched any more."""

_MARK: Final = r"""
mark=duheng-$(sed -n 's/.*"run_id": *"\([a-z0-9-]*\)".*/\1/p' owner)
"""

_TOOLS = r"""
note_position() {  # NAME LOG
  [ -f "$2" ] && [ -r "$2" ] || refuse "the log $2 is not there, or cannot be read"
  note "position.$1" "$(wc -c <"$2" | tr -d ' ') $(inode -L -- "$2")"
}
fresh() {  # NAME LOG: its lines since then
  read -r size inode <"position.$1" || return 0
  [ "$(inode -L -- "$2")" = "$inode" ] && [ "$(wc -c <"$2")" -ge "$size" ] || size=0
  tail -c "+$((size + 1))" -- "$2"
}
ours() {
  ADDRESS=$seen_as MARK=$mark LC_ALL=C awk '
    function named(line,    at, before, after) {
      while ((at = index(line, ENVIRON["ADDRESS"])) > 0) {
        before = at == 1 ? "" : substr(line, at - 1, 1)
        after = substr(line, at + length(ENVIRON["ADDRESS"]), 2)
        if (six && before !~ /[0-9A-Fa-f:]/ && after !~ /^([0-9A-Fa-f]|:[0-9A-Fa-f:])/) return 1
        if (!six && before !~ /[0-9.]/ && after !~ /^\.?[0-9]/) return 1
        line = substr(line, at + 1)
      }
      return 0
    }
    BEGIN { six = index(ENVIRON["ADDRESS"], ":") > 0 }
    index($0, ENVIRON["MARK"]) || named($0)'
}
at_of() {  # LINE: its instant in ms; nothing where it tells none
  set -- $(printf '%s\n' "$1" | YEAR=$(date +%Y) LC_ALL=C awk '
    function month(name) { return sprintf("%02d", (index("JanFebMarAprMayJunJulAugSepOctNovDec", name) + 2) / 3) }
    BEGIN { two = "[0-9][0-9]"; time = two ":" two ":" two }
    {
      if (match($0, two two "-" two "-" two "[T ]" time)) day = substr($0, RSTART, 10)
      else if (match($0, two two "/" two "/" two " " time)) { day = substr($0, RSTART, 10); gsub("/", "-", day) }
      else if (match($0, two "/[A-Z][a-z][a-z]/" two two ":" time))
        day = substr($0, RSTART + 7, 4) "-" month(substr($0, RSTART + 3, 3)) "-" substr($0, RSTART, 2)
      else if (match($0, two "/" two "/" two two "-" time))
        day = substr($0, RSTART + 6, 4) "-" substr($0, RSTART, 2) "-" substr($0, RSTART + 3, 2)
      else if (match($0, "[A-Z][a-z][a-z] [ 0-9][0-9] " time)) {
        day = sprintf("%s-%s-%02d", ENVIRON["YEAR"], month(substr($0, RSTART, 3)), substr($0, RSTART + 4, 2) + 0)
      } else exit
      clock = substr($0, RSTART + RLENGTH - 8, 8)
      rest = substr($0, RSTART + RLENGTH)
      ms = "000"
      if (match(rest, /^[.,][0-9]+/)) {
        ms = substr(substr(rest, 2, RLENGTH - 1) "00", 1, 3)
        rest = substr(rest, RLENGTH + 1)
      }
      zone = "local"
      if (match(rest, /^ ?[+-][0-9][0-9]:?[0-9][0-9]/)) {
        zone = substr(rest, RSTART, RLENGTH); gsub(/[ :]/, "", zone)
        zone = (substr(zone, 1, 1) == "-" ? -1 : 1) * (substr(zone, 2, 2) * 3600 + substr(zone, 4, 2) * 60)
      } else if (rest ~ /^Z/) zone = 0
      print day, clock, ms, zone
      exit
    }')
  [ $# -eq 4 ] || return 0
  if [ "$4" = local ]; then
    since=$(date -d "$1 $2" +%s 2>/dev/null) || return 0
  else
    since=$(date -u -d "$1 $2" +%s 2>/dev/null) || return 0
    since=$((since - $4))
  fi
  printf '%s%s\n' "$since" "$3"
}
found() {  # NAME AT WHERE LINE
  note "seen.$1" "$(printf '%s\n%s\n%s\n' "$2" "$3" "$4")"
}
look() {  # NAME: notes its first trace, once
  [ ! -e "seen.$1" ] || return 0
  log=$(log_of "$1")
  if [ -n "$log" ]; then
    line=$(fresh "$1" "$log" | ours | grep -E -m 1 -- "$(pattern_of "$1")")
    if [ -n "$line" ]; then
      at=$(at_of "$line") began=$(cat began) read_at=$(ms)
      # Whole seconds may lie before the attack within the same second; what is further off is of another clock.
      [ -n "$at" ] && [ "$at" -ge $((began - 1000)) ] && [ "$at" -le $((read_at + 1000)) ] || at=$read_at
      [ "$at" -ge "$began" ] || at=$began
      found "$1" "$at" "$log" "$line"
      return
    fi
  fi
  [ "$1" != block ] || [ -z "$banned_by" ] || { is_banned && found block "$(ms)" "$banned_by" "$seen_as"; } || :
}
look_all() {
  missing=
  for name in $traces; do
    look "$name"
    [ -e "seen.$name" ] || missing="$missing $name"
  done
}
watched_s() { printf '%s\n' "$(($(up_s) - $(cat began_up)))"; }
begin() {  # notes where the logs end, when it began, and starts the watcher
  for name in $traces; do
    log=$(log_of "$name")
    [ -z "$log" ] || note_position "$name" "$log"
    grep -qE -- "$(pattern_of "$name")" /dev/null 2>/dev/null
    [ $? -lt 2 ] || refuse "grep -E of this host knows no such pattern: $(pattern_of "$name")"
  done
  [ -z "$reached_log" ] || note_position reached "$reached_log"
  note began_up "$(up_s)" && note began "$(ms)" || refuse 'what is done cannot be noted'
  (
    trap '' HUP INT PIPE
    while :; do
      look_all
      [ -e lock ] && [ -n "$missing" ] && [ "$(watched_s)" -lt "$watch_s" ] || break
      sleep 1
    done
    true >over
  ) </dev/null >/dev/null 2>>watch.log &
}
can_be_read() { log=$(log_of "$1"); [ -z "$log" ] || [ -r "$log" ]; }
tell_seen() {
  look_all
  joint=
  printf '{"attack": {"seen": {'
  for name in $traces; do
    if [ -e "seen.$name" ]; then
      { read -r at; IFS= read -r where; IFS= read -r line; } <"seen.$name"
      where=$(json "$where") line=$(json "$line")
      printf '%s"%s": {"at_ms": %s, "where": %s, "line": %s}' "$joint" "$name" "$at" "$where" "$line"
    elif [ "$(watched_s)" -ge "$watch_s" ] && can_be_read "$name"; then
      printf '%s"%s": null' "$joint" "$name"
    else
      continue  # not looked for long enough to say that there is none
    fi
    joint=', '
  done
  printf '}}}\n'
}
arrived() {  # a log in which our address or mark stands since then
  for name in $traces reached; do
    log=$([ "$name" = reached ] && printf '%s\n' "$reached_log" || log_of "$name")
    [ -z "$log" ] || ! fresh "$name" "$log" | ours | grep -q . || { printf '%s\n' "$log"; return; }
  done
  [ ! -e seen.block ] || printf '%s\n' "$banned_by"
}
"""


def marking() -> str:
    """Return the text that sets ``$mark``, by which what this run sends is known."""
    return _MARK


def mark_of(run_id: str) -> str:
    """Return the mark of a run, as ``$mark`` has it."""
    return f"duheng-{run_id}"


def declared(entry: Entry) -> tuple[str, ...]:
    """Return the names of the traces that can be looked for."""
    own = tuple(name for name in TRACES if f"{name}_log" in entry)
    by_ban = "block" not in own and any(key in entry for key in ("jail", "ban_set", "banned"))
    return (*own, "block") if by_ban else own


def tracing(entry: Entry) -> str:
    """Return the text that defines all of it for an entry: ``begin``, ``arrived``, ``tell_seen``, ``is_banned`` ..."""
    names = declared(entry)
    values = {
        "seen_as": seen_as(entry),
        "traces": " ".join(names),
        "watch_s": f"{entry.get('watch_s', WATCH_S):.0f}",
        "reached_log": str(entry.get(REACHED_LOG, "")),
    }
    text = "\n".join(f"{name}={shlex.quote(value)}" for name, value in values.items())
    logs = _table("log_of", {name: str(entry.get(f"{name}_log", "")) for name in names})
    patterns = _table("pattern_of", {name: str(entry.get(name, ".")) for name in names})
    return f"PATH=$PATH:/usr/sbin:/sbin\n{text}\n{logs}{patterns}{marking()}{CLOCK}{NOTING}{banning(entry)}{_TOOLS}"


def _table(name: str, values: dict[str, str]) -> str:
    rows = "".join(f" {key}) printf '%s\\n' {shlex.quote(value)} ;;" for key, value in values.items())
    return f"{name}() {{ case $1 in{rows} esac; }}\n" if rows else f"{name}() {{ :; }}\n"
