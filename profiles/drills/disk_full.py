"""A disk that is full: one file of ours takes what a file system has, down to a reserve.

Never the root's file system, nor the one on which the run's own folder is: the dead man must be able to write.
"""

import shlex
from typing import Final

from profiles.drills.clock import CLOCK
from profiles.drills.fault import Entry, Fault, Scripts
from profiles.drills.refusing import REFUSING

RESERVE_BYTES: Final = 1_048_576
"""What is left where the entry says nothing."""

_TOOLS = r"""
file=$place/duheng-drill-fill.$run
left() { set -- $(stat -f -c '%a %S' "$place") && echo "$(($1 * $2))"; }
size() { stat -c %s "$file" 2>/dev/null || echo 0; }
system() { stat -f -c '%i %T %b %S' "$place"; }  # its number, which not every kind keeps when mounted anew; its form
same_system() {
  [ -e before ] || return 0  # nothing was filled
  is=$(system) was=$(cat system)
  [ -n "$is" ] && { [ "${is#* }" = "${was#* }" ] || { [ "${was%% *}" != 0 ] && [ "${is%% *}" = "${was%% *}" ]; }; } || {
    echo "$place is not on the file system that was filled: is that mounted?"
    return 1
  }
}
taken() { set -- $(stat -c '%b %B' "$file" 2>/dev/null) 0 0; echo "$(($1 * $2))"; }
"""
_INJECT = r"""
[ -d "$place" ] || refuse "$place is no directory here"
# What shares its space: subvolumes and bind mounts the device, datasets of ZFS the pool, overlays what they lie on.
space() {
  device=$(df -P "$1" | sed -n '2s/ .*//p')
  case $(stat -f -c %T "$1"):$device in
    zfs:*) printf '%s\n' "${device%%/*}" ;;
    *:/*) printf '%s\n' "$device" ;;
    *) stat -c %d "$1" ;;
  esac
}
below() { [ "$(df -P "$1" | sed -n '2s/ .*//p')" = overlay ] && stat -f -c '%b %S' "$1"; }
for other in / "$(pwd)"; do
  if [ "$(stat -c %d "$place")" = "$(stat -c %d "$other")" ] || [ "$(space "$place")" = "$(space "$other")" ] ||
    [ "$(below "$other")" = "$(stat -f -c '%b %S' "$place")" ]; then
    refuse "$place shares the space of $other, and what heals the host must be able to write"
  fi
done
[ -w "$place" ] || refuse "this account may not write to $place"
before=$(left) && [ -n "$before" ] || refuse "nobody can tell how much is left in $place"
[ "$before" -gt "$reserve" ] || refuse "$place is full already: $before bytes are left, and the reserve is $reserve"
system >system && [ -s system ] || refuse "nobody can tell what file system $place is on"
printf '%s\n' "$before" >before.new && mv before.new before || refuse 'what is done cannot be noted'
# What a file system cannot set aside at once is written: with noise, which nothing makes smaller. In small pieces, so
# that it is over before the injection's minute is; and by nothing that could outlive that.
tries=0 until_s=$(($(up_s) + 45))
while [ "$tries" -lt 6 ] && [ "$(up_s)" -lt "$until_s" ]; do
  now=$(left)
  more=$((now - reserve))
  [ "$more" -gt 0 ] || break
  if fallocate -o "$(size)" -l "$more" "$file" 2>/dev/null; then
    tries=$((tries + 1))
  else
    piece=8388608
    [ "$more" -ge "$piece" ] || { piece=$more tries=$((tries + 1)); }
    head -c "$piece" /dev/urandom >>"$file" || break
  fi
done
sync "$file" 2>/dev/null || :
exit 0
"""
_EFFECT = r"""
[ -e before ] && [ -e "$file" ] || { echo 'nothing was filled'; exit 1; }
was=$(cat before) now=$(left)
# Whole blocks are taken, and a file system keeps some for its own books.
slack=$((reserve / 8 + 262144))
[ "$now" -le $((reserve + slack)) ] || { echo "$now bytes are left in $place, and the reserve is $reserve"; exit 1; }
[ "$(taken)" -gt 0 ] || { echo 'the file takes no space'; exit 1; }
echo "$now bytes are left in $place, of $was"
"""
_REVERT = r"""
same_system || exit 1
rm -f "$file"
"""
_HEALED = r"""
same_system || exit 1
[ ! -e "$file" ] || { echo "$file is there"; exit 1; }
[ -e before ] || { echo 'nothing was filled'; exit 0; }
# What others wrote meanwhile is theirs; a snapshot that holds the file would keep all of it.
was=$(cat before) tries=0
enough=$((reserve + (was - reserve) / 2))
while :; do
  now=$(left)
  [ "${now:-0}" -lt "$enough" ] || { echo "the file is gone, and $now bytes are left"; exit 0; }
  tries=$((tries + 1))
  [ "$tries" -lt 10 ] || { echo "the file is gone, and its space is not back: $now bytes are left in $place"; exit 1; }
  sleep 1
done
"""


def scripts(entry: Entry) -> Scripts:
    """Return the texts for an entry."""
    reserve = entry.get("reserve_bytes", RESERVE_BYTES)
    tools = f"{REFUSING}{CLOCK}place={shlex.quote(entry['path'])} reserve={reserve}\n{_TOOLS}"
    return Scripts(inject=tools + _INJECT, effect=tools + _EFFECT, revert=tools + _REVERT, healed=tools + _HEALED)


FAULT = Fault(
    name="disk-full",
    en="a file system is filled down to a reserve",
    zh="写满一个文件系统，仅留预留空间",
    kind="software",
    scripts=scripts,
    needs=(("path",),),
)
