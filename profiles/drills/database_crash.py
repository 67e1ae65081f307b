"""A crash of a database: its server and all below it are killed at once, and with them the sockets that it listened on.

It differs from any other crash in what it may lose: what the server had acknowledged, and only held in memory. A server
that is back at once takes the same port: so the very sockets are followed, by the numbers that the kernel gave them,
and must have been the server's own. Whether one that listens answers already, the journeys tell.
"""

from typing import Final

from profiles.drills.deadman import HELD
from profiles.drills.fault import Entry, Fault, Scripts
from profiles.drills.processes import NEEDS, scripts_on
from profiles.drills.refusing import REFUSING
from profiles.drills.software_crash import KILLING

_LISTENING: Final = r"""
listening() {  # PID: numbers of the sockets on the port, as that process sees them: TCP, and PostgreSQL's own
  cat "/proc/$1/net/tcp" "/proc/$1/net/tcp6" 2>/dev/null |
    while read -r line local peer state queues timer again uid timeout inode rest; do
      case $state$local in 0A*:"$hex") printf '%s\n' "$inode" ;; esac
    done
  while read -r line count protocol flags type state inode path; do
    case $flags$path in 00010000*"/.s.PGSQL.$port") printf '%s\n' "$inode" ;; esac
  done <"/proc/$1/net/unix"
}
"""
_INJECT: Final = f"""
note_victims || exit {HELD}
listening "$(main_pid)" >sockets
[ -s sockets ] || refuse "nothing listens on port $port"
sed 's/.*/socket:[&]/' sockets >links
while read -r pid start; do ls -l "/proc/$pid/fd" 2>/dev/null; done <victims >held
grep -qFf links held || refuse "who listens on port $port is not the declared process, nor below it"
# It stands still first, and begins nothing more: what it had begun since is hit as well.
true >killing || refuse 'what is done cannot be noted'
kill -STOP "$(main_pid)" 2>/dev/null
note_victims >/dev/null
kill_victims
"""
_EFFECT: Final = """
ended=$(victims_ended) || { echo "$ended"; exit 1; }
listening self >now
! grep -qxFf sockets now || { echo "$ended, and their socket on port $port still listens"; exit 1; }
[ ! -s now ] || { echo "$ended; another server listens on port $port by now"; exit 0; }
echo "$ended, and nothing listens on port $port"
"""
_HEALED: Final = """
[ -e killing ] || { runs; exit; }  # it was refused: the port may be another's
tries=0
while :; do
  if said=$(runs); then
    [ -z "$(listening "$(main_pid)")" ] || { echo "$said, and listens on port $port"; exit 0; }
    said="$said, and does not listen on port $port"
  fi
  tries=$((tries + 1))
  [ "$tries" -lt 10 ] || { echo "$said"; exit 1; }
  sleep 1
done
"""


def scripts(entry: Entry) -> Scripts:
    """Return the texts for an entry."""
    port = int(entry["port"])
    tools = f"port={port} hex={port:04X}\n{KILLING}{_LISTENING}"
    return scripts_on(entry, inject=REFUSING + tools + _INJECT, effect=tools + _EFFECT, healed=tools + _HEALED)


FAULT = Fault(
    name="database-crash",
    en="a database server and all below it are killed",
    zh="终止数据库服务器及其全部子进程",
    kind="software",
    scripts=scripts,
    needs=(*NEEDS, ("port",)),
    cannot_be_reverted="what the server had acknowledged and not yet written down is lost; order numbers tell which",
)
