"""A dependency cut off: nothing passes any more between this host and a declared peer, or an interface goes down.

Packets are dropped by a table of nft that is this run's alone, or by rules of iptables that bear its name, on the way
in, out and through (containers). What went away with an interface (routes, addresses of IPv6) is put back with it.
"""

import ipaddress
import shlex
from typing import Final

from profiles.drills.fault import Entry, Fault, Scripts
from profiles.drills.refusing import REFUSING
from profiles.drills.sessions import SESSION

_TOOLS = r"""
name=duheng_drill_$run
reach() {  # 0: it is reached; 1: not; 2: nothing here can tell
  if [ -z "$port" ]; then
    command -v ping >/dev/null || { bash -c 'echo >/dev/udp/"$0"/9' "$peer" 2>/dev/null; return 2; }
    timeout 5 ping -n -c 1 -W 2 "$peer" >/dev/null 2>&1 || return 1
  elif command -v bash >/dev/null; then
    timeout 3 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$peer" "$port" 2>/dev/null || return 1
  else
    command -v nc >/dev/null || return 2
    timeout 5 nc -z -w 3 "$peer" "$port" >/dev/null 2>&1 || return 1
  fi
}
rule() {  # ACTION CHAIN ADDRESS-OPTION PORT-OPTION
  "$tables" -w "$1" "$2" "$3" "$peer" ${port:+-p tcp "$4" "$port"} -m comment --comment "$name" -j DROP
}
rules() {
  rule "$1" INPUT -s --sport
  rule "$1" OUTPUT -d --dport
  rule "$1" FORWARD -s --sport
  rule "$1" FORWARD -d --dport
}
is_up() { ip link show dev "$interface" | sed -n '1s/.*<\(.*\)>.*/,\1,/p' | grep -q ,UP,; }
same_boot() { [ "$(cat boot 2>/dev/null)" = "$(cat /proc/sys/kernel/random/boot_id)" ]; }
routes() {  # 4 or 6; those of the kernel and of routers come back by themselves
  ip "-$1" route show table all dev "$interface" |
    sed '/proto kernel/d; /proto ra/d; s/ linkdown//; s/ dead//; s/ *$//'
}
addresses() {
  ip -6 -o address show dev "$interface" scope global |
    sed -n '/dynamic/d; /temporary/d; s/.* inet6 \([^ ]*\).*/\1/p'
}
stands() {  # 0: the cut stands; 1: it does not; 2: it cannot be asked
  case $1 in
    link) ! is_up || return 1 ;;
    nft) listed=$(nft list tables) || return 2; printf '%s\n' "$listed" | grep -qx "table inet $name" || return 1 ;;
    *) listed=$("$tables" -w -S) || return 2; printf '%s\n' "$listed" | grep -q -- "$name" || return 1 ;;
  esac
}
"""
_INJECT = r"""
root || refuse 'a cut needs root: write root = true'
here=$(session)
[ "$here" != unknown ] || refuse 'nobody can tell from where this session comes, which the cut could end'
client=$(plain "${here%% *}")
[ "$client" != "$peer" ] || refuse "$peer is where this session comes from: the cut would end it"
# An interface is what the session uses where it, or what it is built on, leads to the client or has our own address.
carriers() {
  printf '%s\n' "$1"
  for lower in /sys/class/net/"$1"/lower_*; do [ ! -e "$lower" ] || carriers "${lower##*/lower_}"; done
}
used() {
  server=${here#* * }
  ip route get "$client" | sed -n 's/.* dev \([^ ]*\).*/\1/p'
  ip -o address show to "$(plain "${server%% *}")" | sed 's/^[0-9]*: *\([^ @]*\).*/\1/'
}
if [ -n "$interface" ]; then
  ip link show dev "$interface" >/dev/null 2>&1 || refuse "there is no interface $interface"
  is_up || refuse "the interface $interface is down already"
  if [ -n "$here" ]; then
    mine=$(used)
    [ -n "$mine" ] || refuse 'nobody can tell which interface carries this session'
    for each in $mine; do
      ! carriers "$each" | grep -qxF "$interface" || refuse "$interface carries this session: the cut would end it"
    done
  fi
  way=link
elif nft list tables >/dev/null 2>&1; then
  way=nft
elif "$tables" -w -S OUTPUT >/dev/null 2>&1; then
  way=$tables
else
  refuse "neither nft nor $tables can be used here"
fi
reach
before=$?
[ "$before" != 1 ] || { reach; before=$?; }
# A ping may be kept out elsewhere; a port that does not answer, or a way that nobody can try, is nothing to cut.
if [ "$before" != 0 ] && [ -n "$port$interface" ]; then
  [ "$before" = 1 ] || refuse 'the host lacks a program that tries a connection: bash or nc, without a port ping'
  refuse "$peer${port:+ port $port} does not answer before it is cut off"
fi
printf '%s\n' "$before" >before
cat /proc/sys/kernel/random/boot_id >boot
[ "$way" != link ] || { routes 4 >routes.4; routes 6 >routes.6; addresses >addresses; }
printf '%s\n' "$way" >way.new && mv way.new way || refuse 'what is done cannot be noted'
case $way in
  link) ip link set dev "$interface" down ;;
  nft)
    from="$family saddr $peer ${port:+tcp sport $port} counter drop"
    to="$family daddr $peer ${port:+tcp dport $port} counter drop"
    nft -f - <<END
table inet $name {
  chain inwards { type filter hook input priority -150; $from; }
  chain outwards { type filter hook output priority -150; $to; }
  chain through { type filter hook forward priority -150; $from; $to; }
}
END
    ;;
  *) rules -I ;;
esac
"""
_EFFECT = r"""
way=$(cat way 2>/dev/null) || { echo 'nothing was cut off'; exit 1; }
dropped() {
  sum=0
  case $way in
    nft) counts=$(nft list table inet "$name" 2>/dev/null | sed -n 's/.*counter packets \([0-9]*\).*/\1/p') ;;
    *) counts=$("$tables" -w -nvxL 2>/dev/null | sed -n "s/^ *\([0-9]*\) .*$name.*/\1/p") ;;
  esac
  for each in $counts; do sum=$((sum + each)); done
  printf '%s\n' "$sum"
}
tries=0
while :; do
  reach
  now=$?
  stands "$way"
  standing=$?
  if [ "$now" = 0 ]; then
    said="$peer is reached all the same"
  elif [ "$standing" != 0 ]; then
    said='the cut does not stand any more: somebody took it away'
  elif [ "$way" = link ]; then
    [ "$now" != 1 ] || { echo "$interface is down, and $peer is reached no longer"; exit 0; }
    said="nothing here can tell whether $peer is reached"
  else
    packets=$(dropped)
    [ "$packets" -eq 0 ] || { echo "$packets packets from and to $peer were dropped"; exit 0; }
    said="no packet from or to $peer was dropped"
  fi
  tries=$((tries + 1))
  [ "$tries" -lt 6 ] || { echo "$said"; exit 1; }
  sleep 1
done
"""
_REVERT = r"""
way=$(cat way 2>/dev/null) || exit 0
case $way in
  link)
    ip link set dev "$interface" up
    same_boot || exit 0  # the boot has set it up
    while read -r each; do ip -6 address replace "$each" dev "$interface"; done <addresses
    set -f
    for pass in 1 2; do  # those behind a gateway want the way to it first
      for version in 4 6; do
        while read -r each; do ip "-$version" route replace $each dev "$interface" 2>/dev/null; done <"routes.$version"
      done
    done
    ;;
  nft) stands nft; [ "$?" -eq 1 ] || nft delete table inet "$name" ;;
  *) tries=0
    while stands "$way"; [ "$?" -ne 1 ] && [ "$tries" -lt 8 ]; do tries=$((tries + 1)); rules -D 2>/dev/null; done ;;
esac
exit 0
"""
_HEALED = r"""
if [ ! -e way ]; then
  ! root || ! stands nft 2>/dev/null || { echo "the table $name of nft stands"; exit 1; }
  echo 'nothing was cut off'
  exit 0
fi
way=$(cat way)
stands "$way"
case $? in
  0) echo 'the cut still stands'; exit 1 ;;
  2) echo 'nobody can tell whether the cut still stands'; exit 1 ;;
esac
lacks() { echo "$interface lacks what it had, $1: $(printf '%s\n' "$lost" | head -n 1)"; exit 1; }
if [ "$way" = link ] && same_boot; then
  for version in 4 6; do
    ! lost=$(routes "$version" | grep -vxFf - "routes.$version") || lacks route
  done
  ! lost=$(addresses | grep -vxFf - addresses) || lacks address
fi
[ "$(cat before)" = 0 ] || { echo 'the cut is gone'; exit 0; }
tries=0
until reach; do
  tries=$((tries + 1))
  [ "$tries" -lt 5 ] || { echo "the cut is gone, and $peer${port:+ port $port} does not answer all the same"; exit 1; }
  sleep 1
done
echo "the cut is gone, and $peer${port:+ port $port} answers"
"""


def scripts(entry: Entry) -> Scripts:
    """Return the texts for an entry."""
    peer = ipaddress.ip_address(entry["peer"])
    family, tables = ("ip", "iptables") if peer.version == _IPV4 else ("ip6", "ip6tables")
    names = (
        f"peer={shlex.quote(str(peer))} port={entry.get('port', '')} family={family} tables={tables}\n"
        f"interface={shlex.quote(entry.get('interface', ''))}\n"
    )
    tools = REFUSING + names + _TOOLS
    return Scripts(
        inject=tools + SESSION + _INJECT, effect=tools + _EFFECT, revert=tools + _REVERT, healed=tools + _HEALED
    )


_IPV4: Final = 4
FAULT = Fault(
    name="cut-off",
    en="a dependency is cut off: a peer's packets are dropped, or an interface goes down",
    zh="切断与某一依赖方的网络连接（丢弃其数据包或停用网络接口）",
    kind="software",
    scripts=scripts,
    needs=(("peer",),),
)
