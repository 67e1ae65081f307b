"""A power cut of a database under write load, by the host that holds the switch of its machine.

``writes`` runs there from before the cut on, until it fails, and prints an id a line for each row whose commit came
about, at once. ``reads`` prints the ids of all rows that are there; ``check`` has status 0 where all is consistent.

What nobody could be fooled with: only whole lines count; an id is one word that ``reads`` did not print before; a row
was committed just before the cut, by a writer that lived, and none after it; while the power is off, ``reads`` fails.
"""

import shlex
from typing import Final

from profiles.drills.fault import Entry, Fault, Scripts
from profiles.drills.switch import NEEDS, switching

_WRITING: Final = r"""
whole() { head -n "$(($(wc -l <rows)))" rows; }
rows() { printf '%s\n' $(($(wc -l <rows))); }
ids() { sed 's/^[[:space:]]*//; s/[[:space:]]*$//; /^$/d' | LC_ALL=C sort -u; }
both() { LC_ALL=C comm -12 "$1" "$2"; }
read_ids() {  # FILE
  reads >"$1.raw" || return 1
  ids <"$1.raw" >"$1"
}
writing() { ! flock -n writing true; }  # the lock is held for as long as anything of the writer lives
begin_writing() {
  true >rows || refuse 'what is done cannot be noted'
  left_s=$(($(cat deadline) - $(up_s)))
  # The number stands there before anything is written, and is that of the writer's session.
  sh -c 'echo $$ >writer; exec 7>writing; flock 7; exec setsid timeout -k 5 "$@"' \
    writer $((left_s > 1 ? left_s : 1)) WRITES </dev/null >rows 2>written.log &
  until [ -s rows ]; do
    [ "$(up_s)" -lt "$1" ] || give_up 'the writer committed no row'
    sleep 0.1
  done
}
end_writing() {
  [ -s writer ] || return 0
  ! writing || kill -s KILL -- "-$(cat writer)"
  flock -w 10 writing true || { echo 'the writer does not end'; return 1; }
}
give_up() { end_writing; refuse "$1"; }
no_ids() {  # says what is wrong with what the writer prints
  whole | ids >rows.ids
  odd=$(grep -m 1 '[[:space:]]' rows.ids) && { echo "the writer prints what is no id: $odd"; return 0; }
  odd=$(both rows.ids before.ids | head -n 1)
  [ -n "$odd" ] && echo "the writer prints the id of a row that was there before: $odd"
}
"""
_INJECT: Final = r"""
for program in comm grep head sed sort tail tr wc; do
  command -v "$program" >/dev/null || refuse "the host lacks the program $program"
done
begin
read_ids before.ids || refuse 'reads fails before the cut'
begin_writing $(($(up_s) + 20))
until_s=$(($(up_s) + 5))
while writing && [ "$(rows)" -lt 50 ] && [ "$(up_s)" -lt "$until_s" ]; do sleep 0.1; done
wrong=$(no_ids) && give_up "$wrong"
# The cut comes just after a row: what a commit leaves unwritten is lost by that.
seen=$(rows) since_s=$(up_s)
while [ "$(rows)" -eq "$seen" ]; do
  writing || give_up "the writer ended before the cut: $(tail -n 1 written.log)"
  [ "$(up_s)" -lt $((since_s + 10)) ] || give_up 'the writer stands still'
  sleep 0.05
done
echo $(($(up_s) - since_s + 1)) >pace
writing || give_up "the writer ended before the cut: $(tail -n 1 written.log)"
cut_power
"""
_EFFECT: Final = r"""
said=$(is_off) || { echo "$said"; exit 1; }
at=$(rows)
sleep $((2 + $(cat pace)))
after=$(rows)
[ "$after" -eq "$at" ] || { echo "$said; yet rows are committed all the same: $after by now"; exit 1; }
! read_ids after.ids || { echo "$said; yet reads answers all the same: it asks another"; exit 1; }
end_writing || exit 1
! no_ids || exit 1
committed=$(($(wc -l <rows.ids)))
[ "$committed" -gt 0 ] || { echo "$said; no row was committed before it"; exit 1; }
cp rows.ids committed
echo "$said; $committed rows were committed before it, none after"
"""
_TELL: Final = r"""
[ -s committed ] || { echo 'the cut took no effect'; exit 1; }
plain() { tr '\n\t' '  ' | LC_ALL=C tr -cd ' !#-[]-~' | cut -c "-$1"; }
found=null lost=''
until_s=$(($(up_s) + 15))
while :; do
  if read_ids found.ids; then
    found=$(($(both committed found.ids | wc -l)))
    lost=$(LC_ALL=C comm -23 committed found.ids | head -n 20 | plain 2000 | sed 's/ *$//; s/[^ ][^ ]*/"&"/g; s/ /,/g')
    break
  fi
  [ "$(up_s)" -lt "$until_s" ] || break
  sleep 1
done
check >checked 2>&1
case $? in
  0) told='"ran":true,"clean":true' ;;
  124 | 126 | 127 | 137) told='"ran":false,"clean":null' ;;
  *) told='"ran":true,"clean":false' ;;
esac
printf '{"power":{"rows_committed":%s,"rows_found":%s,"rows_lost":[%s],"check":{%s,"output":"%s"}}}\n' \
  $(($(wc -l <committed))) "$found" "$lost" "$told" "$(tail -n 5 checked | plain 400)"
"""


def scripts(entry: Entry) -> Scripts:
    """Return the texts for an entry."""
    tools = (
        f"{switching(entry)}"
        f"reads() {{ timeout -k 5 10 {shlex.join(entry['reads'])} </dev/null 2>/dev/null; }}\n"
        f"check() {{ timeout -k 5 30 {shlex.join(entry['check'])} </dev/null; }}\n"
        f"{_WRITING.replace('WRITES', shlex.join(entry['writes']))}"
    )
    return Scripts(
        inject=tools + _INJECT,
        effect=tools + _EFFECT,
        revert=tools + "end_writing\nback\n",
        healed=tools + "is_back read_ids now.ids\n",
        tell=tools + _TELL,
    )


FAULT = Fault(
    name="power-cut",
    en="the power of a database under write load is cut",
    zh="在写入负载下切断数据库所在机器的电源",
    kind="power",
    scripts=scripts,
    needs=(*NEEDS, ("writes",), ("reads",), ("check",)),
    cannot_be_reverted="what the machine had not written to its disks is lost; the rows of the writer stay",
)
