"""Text of sh by which an injection refuses itself, and by which a fault tells its run.

``refuse WORDS`` ends ``inject`` before anything was put in: the drill is broken off, and says why. ``run`` is a word
that is this run's alone (letters, digits and ``_``), for what a fault puts outside the run's folder.
"""

from typing import Final

from profiles.drills.deadman import HELD

REFUSING: Final = f"""
PATH=$PATH:/usr/sbin:/sbin
refuse() {{ printf '%s\\n' "$1"; exit {HELD}; }}
root() {{ [ "$(id -u)" -eq 0 ]; }}
run=$(basename "$(pwd)" | tr -c 'A-Za-z0-9\\n' _)
"""
"""Defines them; ``root`` tells whether we are."""
