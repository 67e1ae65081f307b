"""A member of an array fails (Linux md): it is marked as failed and taken out; the revert puts it in and it is rebuilt.

The array stands without redundancy until that is over. A member is known by what is written on it, not by its name,
which may be another disk's after a reboot: nothing else is ever added to the array. Redundancy is watched from the
beginning: a hot spare, or the platform's own ``recover``, may bring it back before the member is put in again.
"""

import shlex

from profiles.drills.fault import Entry, Fault, Scripts
from profiles.drills.redundancy import NOTICED, TELL, watching
from profiles.drills.refusing import REFUSING

_ARRAY = r"""
look() { detail=$(mdadm --detail "$array" 2>/dev/null); }  # once for what must go together
said_of() { printf '%s\n' "$detail" | sed -n "s/^ *$1 : *//p" | sed 's/ *$//'; }
whole() {
  case $(said_of State) in *degraded* | *recover* | *resync* | *reshap* | *FAILED* | *inactive* | '') return 1 ;; esac
  [ "$(said_of 'Active Devices')" = "$(said_of 'Raid Devices')" ]
}
"""
_TOOLS = r"""
real=$(readlink -f "$member" || printf '%s\n' "$member")
row() {  # what the array says of the member; nothing where it is not one
  printf '%s\n' "$detail" | while read -r number major minor slot rest; do
    case $rest in *" $real") printf '%s\n' "${rest%"$real"}" | sed 's/ *$//' ;; esac
  done
}
"""
_INJECT = r"""
root || refuse 'an array needs root: write root = true'
command -v mdadm >/dev/null || refuse 'the host lacks the program mdadm'
look
level=$(said_of 'Raid Level')
case $level in
  raid1 | raid4 | raid5 | raid6 | raid10) ;;
  '') refuse "$array is no array of this host" ;;
  *) refuse "$array is $level: it would lose data with a member" ;;
esac
whole || refuse "$array is not whole ($(said_of State)): another member less may lose data"
case $(row) in 'active sync'*) ;; *) refuse "$member is no active member of $array" ;; esac
uuid=$(said_of UUID)
mdadm --examine "$real" 2>/dev/null | grep -qF -- "$uuid" || refuse "$member does not say that it is of $array"
printf '%s\n' "$uuid" >uuid.new && mv uuid.new uuid || refuse 'what is done cannot be noted'
WATCHING
mdadm "$array" --fail "$real" || exit 1
tries=0
until mdadm "$array" --remove "$real"; do  # it may be in use for a moment still
  tries=$((tries + 1))
  [ "$tries" -lt 10 ] || exit 1
  sleep 1
done
"""
_EFFECT = r"""
[ -e uuid ] || { echo 'no member was failed'; exit 1; }
look
state=$(said_of State)
[ -n "$state" ] || { echo "$array does not tell its state"; exit 1; }
case $(row) in
  '') said="$array is $state, and $member is out of it" ;;
  faulty*) said="$array is $state, and $member is faulty in it" ;;
  *) echo "$member is in $array ($state)"; exit 1 ;;
esac
NOTICED
echo "$said"
""".replace("NOTICED\n", NOTICED)
_REVERT = r"""
[ -e uuid ] || exit 0
look
case $(row) in
  faulty*) mdadm "$array" --remove "$real" ;;
  ?*) exit 0 ;;
esac
if ! mdadm --examine "$real" 2>/dev/null | grep -qF -- "$(cat uuid)"; then
  echo "$member is another disk than the one that was taken out"
  exit 1
fi
mdadm "$array" --re-add "$real" || mdadm "$array" --add "$real"
"""
_HEALED = r"""
[ -e uuid ] || { echo 'no member was failed'; exit 0; }
tries=0
while :; do
  look
  is=$(row)
  case $is in
    '' | faulty*) echo "$member is not in $array (${is:-not a member})"; exit 1 ;;
  esac
  if whole; then
    echo "$array is $(said_of State), and $member is in it ($is)"
    exit 0
  fi
  tries=$((tries + 1))
  [ "$tries" -lt 45 ] || break
  sleep 1
done
echo "$member is in $array again, which is $(said_of State): $(said_of 'Rebuild Status')"
exit 1
"""
_ASKING = r"""
redundancy() { look; whole; }
"""


def scripts(entry: Entry) -> Scripts:
    """Return the texts for an entry."""
    array = f"PATH=$PATH:/usr/sbin:/sbin\narray={shlex.quote(entry['array'])}\n{_ARRAY}"
    tools = f"{REFUSING}member={shlex.quote(entry['member'])}\n{array}{_TOOLS}"
    return Scripts(
        inject=tools + _INJECT.replace("WATCHING\n", watching(array + _ASKING)),
        effect=tools + _EFFECT,
        revert=tools + _REVERT,
        healed=tools + _HEALED,
        tell=TELL,
    )


FAULT = Fault(
    name="raid-member",
    en="a member of a RAID array fails and is taken out",
    zh="使磁盘阵列（RAID）的一个成员盘失效并移出",
    kind="hardware",
    scripts=scripts,
    needs=(("array",), ("member",)),
)
