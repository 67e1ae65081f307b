"""Text of sh that watches redundancy from before a fault is put in, until it is back, whoever brings it back.

Only redundancy that was seen to be gone can come back, and only three times in a row: its instant is when the first of
these looks was over, so never before it was back.
"""

import shlex
from typing import Final

from profiles.drills.clock import CLOCK
from profiles.drills.noting import NOTING


def watching(asking: str) -> str:
    """Return the text of an injection that starts the watcher.

    ``asking`` is text that defines ``redundancy``, whose status is 0 where it is whole. The watcher goes on by itself,
    until redundancy is back or the run gives the lock back.
    """
    text = CLOCK + NOTING + asking + _WATCHING
    return f"setsid sh -c {shlex.quote(text)} </dev/null >/dev/null 2>&1 &\n"


_WATCHING: Final = r"""
first='' good=0
while [ -e lock ]; do
  if redundancy; then
    [ "$good" -gt 0 ] || first=$(($(ms) + 1))  # it is the begun ms that is told
    good=$((good + 1))
    [ ! -e lost ] || [ "$good" -lt 3 ] || { note found "$first"; exit; }
  else
    good=0
    [ -e lost ] || true >lost
  fi
  sleep 0.5
done
"""
NOTICED: Final = """
tries=0
until [ -e lost ] || [ "$tries" -ge 40 ]; do tries=$((tries + 1)); sleep 0.5; done
"""
"""Waits for a while until it is noticed that redundancy is gone: who repairs it begins once the effect is proven."""

TELL: Final = """
echo '{"redundant_ms":null}'  # looked for; what comes after it goes before it
tries=0
until [ -s found ]; do
  tries=$((tries + 1))
  [ "$tries" -lt 50 ] || exit 0
  sleep 1
done
printf '{"redundant_ms":%s}\\n' "$(cat found)"
"""
"""Tells ``redundant_ms``."""
