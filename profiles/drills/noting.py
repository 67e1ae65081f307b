"""Text of sh with which a fault keeps its notes in the run's folder, and tells them."""

from typing import Final

NOTING: Final = r"""
json() { printf '"%s"' "$(printf '%s' "$1" | tr -d '\000-\037\177' | cut -c 1-300 | sed 's/[\\"]/\\&/g')"; }
note() { printf '%s\n' "$2" >"$1.$$" && mv "$1.$$" "$1"; }
note_for_good() { note "$1" "$2" && [ "$(cat "$1")" = "$2" ] && { sync "$1" . 2>/dev/null || sync; }; }
inode() { set -- $(ls -di "$@" 2>/dev/null); printf '%s\n' "${1:-}"; }
"""
"""Defines ``json TEXT`` (a JSON string), ``note FILE TEXT`` (all or nothing), ``note_for_good FILE TEXT`` (it outlives
a crash of the host), ``inode [-L] -- PATH`` (empty where nothing is there).
"""
