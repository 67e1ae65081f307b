"""What a shop or provider shows of a payment's state, as yes or no. Pure."""

from typing import Any

_NOT_SO = frozenset({"", "0", "0.0", "false", "no", "none", "null"})


def is_so(shown: Any) -> bool:
    """Tell whether ``paid``, ``failed`` or ``completed`` holds a word, and not one that denies it.

    Pages show a word or nothing, machine interfaces ``true`` and ``false``, 1 and 0, or those as texts.
    """
    if isinstance(shown, str | int | float):
        return str(shown).strip().lower() not in _NOT_SO
    return False
