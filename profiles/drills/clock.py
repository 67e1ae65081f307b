"""Text of sh that asks the host's two clocks: the one on the wall, and the one that only ever goes on."""

from typing import Final

CLOCK: Final = r"""
ms() {
  now=$(date +%s%N)
  case $now in *[!0-9]* | ??????????) printf '%s999\n' "$(date +%s)" ;; *) printf '%s\n' "${now%??????}" ;; esac
}
up_s() { read -r up rest </proc/uptime; printf '%s\n' "${up%%.*}"; }
"""
"""Defines ``ms`` (the wall clock; where date knows whole seconds only, the end of this one) and ``up_s`` (uptime)."""
