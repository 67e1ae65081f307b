"""A marked scan and login flood at an edge, sent from here; armed on the edge first: that it lets us in again.

What is sent: ``conformance/drilling/sending_flood.py``. It comes from an address of ours that is declared (``source``)
and is not the one from which the harness holds the host: the ban would cut off the hand that lets us in again.
"""

from typing import Final

from profiles.drills import bans
from profiles.drills.fault import Entry, Fault, Scripts
from profiles.drills.refusing import REFUSING
from profiles.drills.sessions import SESSION
from profiles.drills.traces import LOGS, tracing

INJECT: Final = r"""
here=$(session)
[ "$here" != unknown ] || refuse 'nobody can tell from where this session comes, which a ban could end'
client=$(plain "${here%% *}")
[ "$client" != "$(plain "$seen_as")" ] ||
  refuse "this session comes from $seen_as, which the ban would cut off: declare another address of ours as source"
is_banned
case $? in
  0) refuse "$seen_as is kept out already ($banned_by): an old ban tells nothing" ;;
  2) refuse "it cannot be asked who is kept out: $banned_by" ;;
esac
begin
"""
EFFECT: Final = r"""
tries=0
look_all
while :; do
  where=$(arrived)
  [ -z "$where" ] || { echo "what was sent from $seen_as arrived: $where"; exit 0; }
  tries=$((tries + 1))
  [ "$tries" -lt 5 ] || { echo "no declared log names $seen_as or $mark"; exit 1; }
  sleep 1
done
"""
REVERT: Final = "[ ! -e began ] || unban  # a ban from before is not ours to undo\n"
KEPT: Final = "the lines that it leaves in logs, and what an edge remembers of addresses that it once kept out"
HEALED: Final = r"""
[ -e began ] || { echo 'nothing was sent'; exit 0; }
is_banned
case $? in
  0) echo "$seen_as is kept out ($banned_by)"; exit 1 ;;
  2) echo "it cannot be asked who is kept out: $banned_by"; exit 1 ;;
esac
echo "$seen_as is not kept out${banned_by:+ ($banned_by)}"
"""


def scripts(entry: Entry) -> Scripts:
    """Return the texts for an entry."""
    tools = tracing(entry)
    return Scripts(
        inject=REFUSING + SESSION + tools + INJECT,
        effect=tools + EFFECT,
        revert=tools + REVERT,
        healed=tools + HEALED,
        tell=f"{tools}tell_seen\n",
    )


FAULT = Fault(
    name="marked-flood",
    en="a marked scan and login flood at an edge, sent from an address of ours",
    zh="从己方地址向边界发起带标记的端口扫描和登录冲击",
    kind="attack",
    scripts=scripts,
    needs=(("source",), ("ports", "login_url", "ssh_port"), (*LOGS, "jail", "ban_set", "banned"), *bans.NEEDS),
    cannot_be_reverted=KEPT,
)
