"""Text of sh that tells from where the session comes in which an injection runs: it must not cut itself off.

``session`` prints what SSH_CONNECTION says (``CLIENT PORT SERVER PORT``), nothing where nobody came over SSH. sudo
takes it out of the environment, so the processes above are asked too; ``unknown`` where sshd is one of them, and none
tells.
"""

from typing import Final

SESSION: Final = r"""
session() {
  at=$$
  while [ "${at:-0}" -gt 1 ]; do
    told=$(2>/dev/null tr '\0' '\n' <"/proc/$at/environ" | sed -n 's/^SSH_CONNECTION=//p')
    [ -z "$told" ] || { printf '%s\n' "$told"; return; }
    case $(cat "/proc/$at/comm" 2>/dev/null) in sshd*) echo unknown; return ;; esac
    at=$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/$at/status" 2>/dev/null)
  done
}
plain() { printf '%s\n' "$1" | sed 's/%.*//; s/^::ffff:\([0-9.]*\)$/\1/'; }
"""
"""Defines ``session``, and ``plain ADDRESS``: without its zone, and IPv4 as IPv4."""
