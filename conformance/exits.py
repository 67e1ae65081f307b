"""Exit statuses beside those of a report (0, 1, 2): part of the contract with the outside."""

USAGE = 64
"""Wrong usage, a bad target file, or evidence that cannot be kept or read."""

BUG = 70
BUG_TOLD = "this is a bug of Duheng's own; please report it with the lines above"

INTERRUPTED = 130
DIFFERS = 3
"""``replay``: a verdict comes out differently."""
