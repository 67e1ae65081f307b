"""Reads a parsed table (JSON or TOML) field by field and gathers every fault, each with its place."""

import difflib
import math
import sys
from collections.abc import Mapping
from typing import Any, Final, TypeVar

T = TypeVar("T")
_NONE: Final = object()


class Fields:
    """One table being read; a fault goes to ``faults`` and the reader goes on with a stand-in.

    So the caller checks ``faults`` before it uses anything that was read. Each fault reads
    ``place.name: what is wrong``. A field without ``default`` must be there.
    """

    def __init__(self, values: object, *, place: str, faults: list[str]) -> None:
        """Take a table.

        Args:
            values: what stands there, which ought to be a mapping.
            place: what a fault names before the field, such as ``load plan`` or ``stages 2``.
            faults: where the faults go.
        """
        self.place = place
        self.faults = faults
        self._values: Mapping[str, Any] = values if isinstance(values, Mapping) else {}
        self._asked: dict[str, None] = {}
        if not isinstance(values, Mapping):
            faults.append(f"{place}: must be a table of keys, not {_kind(values)}")

    def __contains__(self, name: str) -> bool:
        """Tell whether the field is there; asking makes it known, as reading it does."""
        self._asked[name] = None
        return name in self._values

    def raw(self, name: str, default: Any = _NONE) -> Any:
        """Return what stands there, as it stands."""
        self._asked[name] = None
        if name in self._values:
            return self._values[name]
        if default is _NONE:
            self.fault(name, "is missing")
            return None
        return default

    def fault(self, name: str, what: str) -> None:
        """Note a fault of a field."""
        self.faults.append(f"{self.place}.{name}: {what}")

    def number(
        self,
        name: str,
        *,
        least: float = -math.inf,
        most: float = math.inf,
        above: float | None = None,
        default: Any = _NONE,
    ) -> float:
        """Return a finite number within ``least`` and ``most`` (and more than ``above``)."""
        value = self.raw(name, default)
        if name not in self._values:
            return float(least if default is _NONE and least > -math.inf else default if default is not _NONE else 0)
        if isinstance(value, bool) or not isinstance(value, int | float) or not finite(value):
            self.fault(name, f"must be a number, not {_shown(value)}")
            return 0.0
        if value < least or value > most or (above is not None and value <= above):
            self.fault(name, f"must be {_range(least, most, above)}, not {_shown(value)}")
            return 0.0
        return float(value)

    def whole(self, name: str, *, least: int = 0, most: int = 2**53 - 1, default: Any = _NONE) -> int:
        """Return a whole number within ``least`` and ``most``."""
        value = self.raw(name, default)
        if name not in self._values:
            return least if default is _NONE else int(default)
        if isinstance(value, bool) or not isinstance(value, int):
            self.fault(name, f"must be a whole number, not {_shown(value)}")
            return least
        if not least <= value <= most:
            self.fault(name, f"must be {_range(least, most, None)}, not {_shown(value)}")
            return least
        return value

    def text(self, name: str, *, empty: bool = False, default: Any = _NONE) -> str:
        """Return a text, not empty unless said so."""
        value = self.raw(name, default)
        if name not in self._values:
            return "" if default is _NONE else str(default)
        if not isinstance(value, str):
            self.fault(name, f"must be a text, not {_shown(value)}")
            return ""
        if not value and not empty:
            self.fault(name, "must not be empty")
        return str(value)

    def one_of(self, name: str, known: tuple[str, ...], *, default: Any = _NONE) -> str:
        """Return a text that is one of those known."""
        value = self.raw(name, default)
        if name not in self._values:
            return known[0] if default is _NONE else str(default)
        if value not in known:
            near = difflib.get_close_matches(str(value), known, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            self.fault(name, f"must be one of {', '.join(known)}, not {_shown(value)}{hint}")
            return known[0]
        return str(value)

    def flag(self, name: str, *, default: Any = _NONE) -> bool:
        """Return true or false."""
        value = self.raw(name, default)
        if name in self._values and not isinstance(value, bool):
            self.fault(name, f"must be true or false, not {_shown(value)}")
        return value is True

    def texts(self, name: str, *, default: Any = _NONE) -> tuple[str, ...]:
        """Return a list of texts, none empty and none twice."""
        found: list[str] = []
        for index, value in enumerate(self.items(name, default=default), start=1):
            if not isinstance(value, str) or not value:
                self.fault(name, f"number {index} must be a text, not {_shown(value)}")
            elif value in found:
                self.fault(name, f"number {index} stands there twice: {value!r}")
            else:
                found.append(value)
        return tuple(found)

    def items(self, name: str, *, default: Any = _NONE) -> tuple[Any, ...]:
        """Return a list's members as they stand."""
        value = self.raw(name, default)
        if isinstance(value, list | tuple):
            return tuple(value)
        if name in self._values:
            self.fault(name, f"must be a list, not {_kind(value)}")
        return ()

    def table(self, name: str, *, default: Any = _NONE) -> "Fields":
        """Return the reader of a table within."""
        value = self.raw(name, default)
        return Fields(
            value if name in self._values or default is not _NONE else {},
            place=f"{self.place}.{name}",
            faults=self.faults,
        )

    def tables(self, name: str, *, default: Any = _NONE) -> tuple["Fields", ...]:
        """Return the readers of a list's tables; places count from 1."""
        members = enumerate(self.items(name, default=default), start=1)
        return tuple(Fields(each, place=f"{self.place}.{name} {index}", faults=self.faults) for index, each in members)

    def names(self) -> tuple[str, ...]:
        """Return the names of all fields there are, and take them as known."""
        self._asked.update(dict.fromkeys(self._values))
        return tuple(self._values)

    def done(self) -> None:
        """Note a fault for each field that nobody asked for."""
        for name in self._values:
            if name not in self._asked:
                near = difflib.get_close_matches(name, list(self._asked), n=1)
                known = f"did you mean {near[0]!r}?" if near else f"known are: {', '.join(self._asked)}"
                self.fault(name, f"unknown key; {known}")


def finite(value: float) -> bool:
    """Tell whether a number can be reckoned with: neither infinite, nor none, nor a whole one beyond all floats."""
    return abs(value) <= sys.float_info.max


def _range(least: float, most: float, above: float | None) -> str:
    low = (
        f"more than {_plain(above)}" if above is not None else f"at least {_plain(least)}" if least > -math.inf else ""
    )
    high = f"at most {_plain(most)}" if most < math.inf else ""
    return " and ".join(part for part in (low, high) if part) or "a number"


def _plain(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,g}"


def _kind(value: object) -> str:
    names: Mapping[type, str] = {
        dict: "a table",
        list: "a list",
        tuple: "a list",
        str: "a text",
        bool: "a flag",
        type(None): "nothing",
    }
    return names.get(type(value), "a number")


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004 - a line stays readable
