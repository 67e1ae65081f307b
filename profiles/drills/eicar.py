"""The harmless test file of EICAR, dropped on disk and by upload: whether a scanner catches it within a minute.

It stands nowhere whole, neither here nor in what goes to the host: a scanner would take the drill itself away. A
watcher on the host reads the dropped file twice a second and notes when it is gone, emptied, changed or kept from being
read. What is uploaded, from here (``conformance/drilling/sending_virus.py``), lies in a declared folder on the host
(``stored_in``), under whatever name: there it is found by its name or its whole content, and taken away.
"""

import shlex
from typing import Final

from profiles.drills.clock import CLOCK
from profiles.drills.fault import Entry, Fault, Scripts
from profiles.drills.noting import NOTING
from profiles.drills.refusing import REFUSING
from profiles.drills.traces import marking

HALVES: Final = (r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR", "-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*")
"""The two halves of the file's content."""

WATCHED_S: Final = 62
"""Seconds for which a file that is not caught is watched: a little more than the clause's minute."""

_STANDS = r"""
stands() { [ -e "$1" ] && [ "$(cat -- "$1" 2>/dev/null)" = "$first$second" ]; }
"""
_FIND = r"""
ours() {  # WORDS: done with each uploaded file: known by its name, or by its whole content
  [ -n "$stored_in" ] || return 0
  find "${stored_in%/}/" -xdev -type f -newer owner -size -8 -exec sh -c '
    act=$1 mark=$2 virus=$3 innocent=$4
    shift 4
    for each in "$@"; do
      case ${each##*/} in
        "$mark"-*) ;;
        *) case $(cat -- "$each" 2>/dev/null) in "$virus" | "$innocent") ;; *) continue ;; esac ;;
      esac
      $act "$each"
    done' sh "$1" "$mark" "$first$second" "$innocent" {} +
}
"""
_INJECT = r"""
for folder in "$drop_in" "$stored_in"; do
  [ -z "$folder" ] || [ -d "$folder" ] || refuse "there is no folder $folder"
done
# What cannot be looked through now can not be proven clean afterwards.
[ -z "$stored_in" ] || { [ -r "$stored_in" ] && [ -w "$stored_in" ] && [ -x "$stored_in" ] && ours true; } ||
  refuse "what is in $stored_in cannot be looked through, or not be taken away"
[ -z "$drop_in" ] || [ -w "$drop_in" ] || refuse "nothing can be written into $drop_in"
[ -z "$caught_log" ] || { [ -r "$caught_log" ] && note position "$(wc -c <"$caught_log" | tr -d ' ')"; } ||
  refuse "the log $caught_log is not there, or cannot be read"
[ -n "$drop_in" ] || { true >over; exit 0; }
[ ! -e "$file" ] || refuse "$file is there already"
note dropping "$(ms)"
(umask 022; printf '%s%s' "$first" "$second" >"$file")
status=$?
[ "$status" -ne 0 ] || note dropped "$(ms)"
begun=$(up_s)
(
  trap '' HUP INT PIPE
  how=
  while [ -e lock ]; do
    if stands "$file"; then
      [ -z "$caught_log" ] || ! tail -c "+$(($(cat position) + 1))" -- "$caught_log" | grep -qF -- "$name" ||
        how="$caught_log names it"
    elif cat -- "$file" >/dev/null 2>&1; then how='its content is no longer there'
    elif [ -e "$file" ]; then how='it cannot be read'
    else how='it was taken away'
    fi
    # Taken out by ourselves is not caught: who takes it out says so before.
    [ ! -e reverting ] || { how=; break; }
    [ -z "$how" ] || { note caught "$(ms) $how"; break; }
    watched=$(($(up_s) - begun))
    note watched "$watched"
    [ "$watched" -lt "$watch_s" ] || break
    sleep 0.5 2>/dev/null || sleep 1
  done
  [ -z "$how" ] || sleep 2  # what is taken away may come back
  if stands "$file"; then served=true; else served=false; fi
  [ -e reverting ] || note served "$served"
  true >over
) </dev/null >/dev/null 2>>watch.log &
exit "$status"
"""
_EFFECT = r"""
told=
if [ -n "$drop_in" ]; then
  [ -s dropped ] || { echo "the test file could not be written into $drop_in"; exit 1; }
  told="the test file was written into $drop_in"
fi
if [ -n "$stored_in" ]; then
  [ -n "$(ours echo)" ] || { echo "nothing that was uploaded is in $stored_in"; exit 1; }
  told="$told${told:+; }what was uploaded is in $stored_in"
fi
echo "$told"
"""
_REVERT = r"""
true >reverting
[ -z "$drop_in" ] || rm -f -- "$file"
ours 'rm -f --'
"""
_HEALED = r"""
[ -z "$drop_in" ] || [ ! -e "$file" ] || { echo "$file is still there"; exit 1; }
left=$(ours echo) || { echo "what is in $stored_in cannot be looked through"; exit 1; }
[ -z "$left" ] || { echo "$(printf '%s\n' "$left" | head -n 1) is still there"; exit 1; }
echo 'no test file is left'
"""
_TELL = r"""
[ -s dropping ] || exit 0
tries=0
until [ -e over ] || [ "$tries" -ge 50 ]; do tries=$((tries + 1)); sleep 1; done
caught=null how= served=null watched=0
[ ! -s caught ] || read -r caught how <caught
[ ! -s served ] || read -r served <served
[ ! -s watched ] || read -r watched <watched
printf '{"virus": {"disk": {"dropped_ms": %s, "caught_ms": %s, "how": %s, "served": %s, "watched_s": %s}}}\n' \
  "$(cat dropping)" "$caught" "$(json "$how")" "$served" "$watched"
"""


def name_of(mark: str, what: str) -> str:
    """Return the name of a file of this run."""
    return f"{mark}-{what}.txt"


def innocent_of(mark: str) -> str:
    """Return the line that is all of an innocent file of this run."""
    return f"{mark}: an innocent file of a drill"


def scripts(entry: Entry) -> Scripts:
    """Return the texts for an entry."""
    values = {
        "drop_in": str(entry.get("drop_in", "")).rstrip("/"),
        "stored_in": str(entry.get("stored_in", "")),
        "caught_log": str(entry.get("caught_log", "")),
        "first": HALVES[0],
        "second": HALVES[1],
        "watch_s": str(WATCHED_S),
    }
    text = "\n".join(f"{name}={shlex.quote(value)}" for name, value in values.items())
    names = f'name="$mark.com"\nfile="$drop_in/$name"\ninnocent="{innocent_of("$mark")}"\n'
    tools = f"{text}\n{marking()}{names}{CLOCK}{NOTING}{_STANDS}{_FIND}"
    return Scripts(
        inject=REFUSING + tools + _INJECT,
        effect=tools + _EFFECT,
        revert=tools + _REVERT,
        healed=tools + _HEALED,
        tell=tools + _TELL,
    )


FAULT = Fault(
    name="test-virus",
    en="the harmless test file of EICAR, dropped on disk and by upload",
    zh="以落盘和上传方式投放无害的 EICAR 测试文件",
    kind="virus",
    scripts=scripts,
    needs=(("drop_in", "upload"),),
    cannot_be_reverted="what a scanner keeps in its quarantine and its log",
)
