"""Text of sh that moves data aside beside itself, by a rename, and back: nothing is ever overwritten, nothing deleted.

What lay at a path is known by its inode, which is noted before it is moved: so a revert tells what was there from what
was put in its place since, after a reboot too. ``aside_of PATH`` prints where it lies meanwhile: ``PATH.duheng-RUN``,
a name that is this run's alone: what lies there comes back, though its note be lost.
Notes: ``moved.N`` in the run's folder for the path of that number, a line ``INODE``.
"""

import shlex
from collections.abc import Sequence
from typing import Final

from profiles.drills.noting import NOTING


def moving(data: str, places: Sequence[str] = ()) -> str:
    """Return the text that defines these functions, for data and for further places (absolute paths)."""
    names = " ".join(shlex.quote(path.rstrip("/") or "/") for path in places)
    all_of = f'each_place() {{ each_of {names}; }}\nall_apart() {{ apart "$data" {names}; }}\n'
    return f"data={shlex.quote(data.rstrip('/') or '/')}\n{NOTING}{_MOVING}{all_of}"


# A shell function of each_of's callers is told the number of the path and the path. Number 0 is the data.
_MOVING: Final = r"""
run=$(pwd)
run=${run##*.}
there() { [ -e "$1" ] || [ -L "$1" ]; }
aside_of() { printf '%s\n' "$1.duheng-$run"; }
noted() { cat "moved.$1" 2>/dev/null; }
beside() {  # NUMBER PATH: what was there lies beside it
  there "$(aside_of "$2")" && { [ -z "$(noted "$1")" ] || [ "$(inode -- "$(aside_of "$2")")" = "$(noted "$1")" ]; }
}
each_of() {
  number=0
  for path in "$@"; do
    number=$((number + 1))
    "$doing" "$number" "$path" || return 1
  done
}
may_move() {
  [ "$2" != / ] || { echo 'the root of the host is not moved'; return 1; }
  [ ! -L "$2" ] || { echo "$2 is a symbolic link: name what it leads to"; return 1; }
  [ -d "$2" ] || [ -f "$2" ] || { echo "there is nothing at $2"; return 1; }
  ! there "$(aside_of "$2")" || { echo "$(aside_of "$2") is there already"; return 1; }
  real=$2
  if [ -d "$2" ]; then
    real=$(cd -P -- "$2" && pwd -P) || { echo "this account cannot enter $2"; return 1; }
    here=$(pwd -P)
    case "$here/" in "$real"/*) echo "$2 contains the drill's own folder"; return 1 ;; esac
    [ "$real" != / ] || { echo 'the root of the host is not moved'; return 1; }
    holds=$(cd -P -- "$2/.." && pwd -P)
    [ "$(stat -c %d -- "$2")" = "$(stat -c %d -- "$holds")" ] || { echo "$2 is a mount point"; return 1; }
  fi
  ! cut -d ' ' -f 5 /proc/self/mountinfo | grep -qxF -- "$real" || { echo "$2 is a mount point"; return 1; }
  [ -w "$(dirname -- "$2")" ] || { echo "this account cannot rename $2"; return 1; }
}
apart() {  # what lies within another is gone with it, and could come back only after it
  while [ "$#" -gt 1 ]; do
    one=$(readlink -f -- "$1")
    shift
    for path in "$@"; do
      other=$(readlink -f -- "$path")
      case $other/ in "$one"/*) echo "$path lies within $one"; return 1 ;; esac
      case $one/ in "$other"/*) echo "$one lies within $path"; return 1 ;; esac
    done
  done
}
rename() {
  copy=''
  ! mv --help 2>/dev/null | grep -q -e --no-copy || copy=--no-copy
  mv $copy -nT -- "$1" "$2" && there "$2" && ! there "$1"
}
move() {
  was=$(inode -- "$2")
  [ -n "$was" ] && note_for_good "moved.$1" "$was" || { echo "what is at $2 cannot be noted"; return 1; }
  rename "$2" "$(aside_of "$2")" || { echo "$2 could not be moved"; return 1; }
}
is_moved() {
  ! there "$2" || { echo "there is something at $2"; return 1; }
  [ -n "$(noted "$1")" ] && beside "$1" "$2" || {
    echo "what was at $2 is not beside it"
    return 1
  }
}
is_back() {
  was=$(noted "$1")
  if [ -n "$was" ]; then [ "$(inode -- "$2")" = "$was" ]; else ! beside "$1" "$2"; fi ||
    { echo "what was at $2 is not back"; return 1; }
}
move_back() {  # what was put in its place since is kept beside it
  ! is_back "$1" "$2" >/dev/null && beside "$1" "$2" || return 0
  if there "$2"; then
    new=$2.duheng-$run-new
    ! there "$new" || { echo "$new is there already"; return 0; }
    rename "$2" "$new" || return 0
  fi
  rename "$(aside_of "$2")" "$2" || :
}
"""
