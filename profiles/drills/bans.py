"""Text of sh that tells whether an edge keeps a source address out, and that lets it in again.

The edge's own way is declared: a ``jail`` of fail2ban, a set of nft (``ban_set``: family, table, set), or two commands,
``banned`` (status 0: it is kept out, 1: it is not, else nobody knows) and ``unban``; ``{source}`` in their words is the
address. ``is_banned`` has the same three answers, and ``unban`` may be done twice. ``banned_by`` says where it stands.
"""

import ipaddress
import shlex
from collections.abc import Iterator, Sequence
from typing import Final

from profiles.drills.fault import Entry

NEEDS: Final = (("jail", "ban_set", "unban"), ("jail", "ban_set", "banned"))
"""Keys of the entry: how our address is let in again, and how that is known."""

_JAIL = r"""
is_banned_jail() {
  held=$(fail2ban-client status "$jail" 2>/dev/null) || return 2
  printf '%s\n' "$held" | sed -n 's/.*Banned IP list://p' | tr -s ' \t' '\n\n' | grep -qxF -- "$seen_as"
}
unban_jail() { fail2ban-client set "$jail" unbanip "$seen_as" >/dev/null; }
"""
_SET = r"""
nft_set() { printf '%s\n' "$ban_set"; }
is_banned_set() {
  nft list set $(nft_set) >/dev/null 2>&1 || return 2
  nft get element $(nft_set) "{ $seen_as }" >/dev/null 2>&1 || return 1
}
unban_set() { ! is_banned_set || nft delete element $(nft_set) "{ $seen_as }"; }
"""
_WORDS = r"""
is_banned_words() {{ {banned} >/dev/null 2>&1 </dev/null; case $? in 0) ;; 1) return 1 ;; *) return 2 ;; esac; }}
unban_words() {{ {unban} </dev/null; }}
"""
_NONE = """
is_banned() { return 1; }
unban() { :; }
"""


def seen_as(entry: Entry) -> str:
    """Return the address from which the edge sees us, as logs and lists of bans write it."""
    address = ipaddress.ip_address(str(entry.get("seen_as", entry["source"])))
    return str(getattr(address, "ipv4_mapped", None) or address)


def banning(entry: Entry) -> str:
    """Return the text that defines ``is_banned`` and ``unban`` for the address in ``$seen_as``.

    Where several ways are declared, it is kept out where one of them keeps it out, and all of them let it in again.
    """
    ways = tuple(_ways(entry))
    text = "\n".join(part for _, _, part in ways)
    where = "; ".join(name for _, name, _ in ways)
    if not ways:
        return f"banned_by=''\n{_NONE}"
    return f"banned_by={shlex.quote(where)}\n{text}{_is_banned([way for way, _, _ in ways])}"


def _ways(entry: Entry) -> Iterator[tuple[str, str, str]]:
    if "jail" in entry:
        yield "jail", f"jail {entry['jail']}", f"jail={shlex.quote(entry['jail'])}\n{_JAIL}"
    if "ban_set" in entry:
        name = " ".join(entry["ban_set"])
        yield "set", f"set {name}", f"ban_set={shlex.quote(name)}\n{_SET}"
    if "banned" in entry and "unban" in entry:
        text = _WORDS.format(banned=_said(entry, "banned"), unban=_said(entry, "unban"))
        yield "words", str(entry["banned"][0]), text


def _said(entry: Entry, key: str) -> str:
    return shlex.join([str(word).replace("{source}", seen_as(entry)) for word in entry[key]])


def _is_banned(ways: Sequence[str]) -> str:
    asked = "\n".join(f"  is_banned_{way}; case $? in 0) return 0 ;; 2) unknown=2 ;; esac" for way in ways)
    undone = "\n".join(f"  unban_{way} || failed=1" for way in ways)  # one that fails keeps no other from it
    return (
        f'is_banned() {{\n  unknown=1\n{asked}\n  return "$unknown"\n}}\n'
        f'unban() {{\n  failed=0\n{undone}\n  return "$failed"\n}}\n'
    )
