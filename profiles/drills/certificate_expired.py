"""A certificate that has run out: the served one is swapped for one of the same names and key whose time is over.

It is made on the host, signed by the served key itself; no key is made, moved, or printed. The original is kept beside,
under a hidden name; there is no moment without a certificate.
"""

import ipaddress
import shlex
from typing import Final

from profiles.drills.fault import Entry, Fault, Scripts
from profiles.drills.refusing import REFUSING

_TOOLS = r"""
folder_of=$(dirname "$certificate")
kept=$folder_of/.$(basename "$certificate").duheng-$run
new=$kept.new
is_kept() { [ -e "$kept" ] || [ -L "$kept" ]; }
alone() { openssl x509 -in "$1" 2>/dev/null; }  # without the chain that may follow
# The first name in it; one vhost of many is known by it.
name=$(openssl x509 -in "$certificate" -noout -text 2>/dev/null | tr ',' '\n' | sed -n 's/^ *DNS://p' | head -n 1)
case $name in '*.'*) name=www${name#?} ;; esac
served() {
  timeout 10 openssl s_client -connect "$address:$port" ${name:+-servername "$name"} </dev/null 2>/dev/null |
    openssl x509 >served.pem 2>/dev/null
  [ -s served.pem ]
}
comes_to_serve() {  # FILE, as openssl writes it; a server may take a moment to load it
  tries=0
  until served && cmp -s served.pem "$1"; do
    tries=$((tries + 1))
    [ "$tries" -lt 8 ] || return 1
    sleep 1
  done
}
is_over() { ! openssl x509 -noout -checkend 0 >/dev/null 2>&1; }
ends() { openssl x509 -noout -enddate | sed 's/^notAfter=//'; }
public() { openssl pkey -in "$key" -passin pass: -pubout 2>/dev/null </dev/null; }
"""
_INJECT = r"""
command -v openssl >/dev/null || refuse 'the host lacks the program openssl'
command -v "$program" >/dev/null || refuse "the host lacks the program $program, which loads the certificate anew"
[ -f "$certificate" ] || refuse "there is no certificate $certificate"
[ -r "$certificate" ] || refuse "this account cannot read the certificate $certificate"
[ -r "$key" ] || refuse "this account cannot read the key $key"
[ -w "$folder_of" ] || refuse "this account may not write to $folder_of"
! grep -q 'PRIVATE KEY' "$certificate" || refuse "$certificate holds the key too: that is not swapped"
own=$(openssl x509 -in "$certificate" -noout -pubkey 2>/dev/null)
[ -n "$own" ] || refuse "$certificate is no certificate in PEM"
[ "$own" = "$(public)" ] || refuse "$key is not the key of $certificate, or wants a passphrase"
! is_over <"$certificate" || refuse "$certificate has run out already"
alone "$certificate" >original.pem
served && cmp -s served.pem original.pem || refuse "$address:$port does not serve $certificate"
! is_kept || refuse "$kept is there already"
expired() {
  openssl x509 -in "$certificate" -signkey "$key" -passin pass: "$@" -out expired.pem 2>/dev/null </dev/null
}
expired -not_before 20200101000000Z -not_after 20200131000000Z || expired -days -1 || :
[ -s expired.pem ] && is_over <expired.pem || refuse 'openssl here makes no certificate whose time is over'
# The copy gives the new one the owner and the mode of the served one.
cp -p "$certificate" "$new" && cat expired.pem >"$new" || { rm -f "$new"; refuse "$new cannot be written"; }
true >swapped || { rm -f "$new"; refuse 'what is done cannot be noted'; }
ln "$certificate" "$kept" || { rm -f "$new" swapped; refuse "$certificate cannot be kept beside"; }
mv -f "$new" "$certificate"
load_anew
exit 0
"""
_EFFECT = r"""
[ -e swapped ] || { echo 'no certificate was swapped'; exit 1; }
if comes_to_serve expired.pem; then
  is_over <served.pem || { echo 'the served certificate has not run out'; exit 1; }
  echo "$address:$port serves a certificate that ran out on $(ends <served.pem)"
  exit 0
fi
if [ -s served.pem ]; then
  echo "$address:$port still serves a certificate that is valid until $(ends <served.pem)"
else
  echo "$address:$port serves no certificate"
fi
exit 1
"""
_REVERT = r"""
rm -f "$new"
if is_kept; then
  if [ "$certificate" -ef "$kept" ]; then
    rm -f "$kept"  # it never was swapped
  elif [ ! -e "$certificate" ] || is_over <"$certificate"; then
    mv -f "$kept" "$certificate"
  else
    rm -f "$kept"  # it has been renewed since
  fi
fi
[ -e swapped ] || exit 0
alone "$certificate" >wanted.pem
served && cmp -s served.pem wanted.pem || load_anew
"""
_HEALED = r"""
! is_kept || { echo "the original still lies beside, as $kept"; exit 1; }
[ -e swapped ] || { echo 'no certificate was swapped'; exit 0; }
! cmp -s "$certificate" expired.pem || { echo "$certificate is still the one that has run out"; exit 1; }
alone "$certificate" >wanted.pem
comes_to_serve wanted.pem || { echo "$address:$port does not serve $certificate"; exit 1; }
! is_over <served.pem || { echo 'the served certificate has run out'; exit 1; }
echo "$address:$port serves $certificate again, valid until $(ends <served.pem)"
"""


def scripts(entry: Entry) -> Scripts:
    """Return the texts for an entry."""
    address = ipaddress.ip_address(entry.get("peer", "127.0.0.1"))
    reload = entry["reload"]
    tools = (
        f"{REFUSING}certificate={shlex.quote(entry['certificate'])} key={shlex.quote(entry['key'])}\n"
        f"address={shlex.quote(str(address) if address.version == _IPV4 else f'[{address}]')} port={entry['port']}\n"
        f"program={shlex.quote(reload[0])}\n"
        f"load_anew() {{ (umask 022; cd / && timeout 30 {shlex.join(reload)}) </dev/null >>reload.log 2>&1; }}\n"
        f"{_TOOLS}"
    )
    return Scripts(inject=tools + _INJECT, effect=tools + _EFFECT, revert=tools + _REVERT, healed=tools + _HEALED)


_IPV4: Final = 4
FAULT = Fault(
    name="certificate-expired",
    en="the served certificate is swapped for one that has run out",
    zh="将对外提供的证书换成已过期的证书",
    kind="software",
    scripts=scripts,
    needs=(("certificate",), ("key",), ("port",), ("reload",)),
)
