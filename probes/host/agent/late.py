"""Modules of the standard library that are imported when something of them is first wanted.

``re`` and ``json`` bring ``enum``, ``functools`` and ``collections`` along, which takes as long as half of all sections
together; many a host gives no cause for either.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Late:
    """Stands for a module."""

    def __init__(self, name: str) -> None:
        """Keep its name."""
        self._name = name

    def __getattr__(self, wanted: str) -> "Any":
        """Return what the module has under a name."""
        return getattr(__import__(self._name), wanted)


re = Late("re")
json = Late("json")
