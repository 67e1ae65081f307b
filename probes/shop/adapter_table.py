"""A TOML table that is being read: typed getters, and every fault told with its place instead of raised."""

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, TypeVar

from probes.shop.places import Path, Places

T = TypeVar("T")


class Faults:
    """The faults of one file, in the order of their lines."""

    def __init__(self, file: str, places: Places) -> None:
        """Name the file as it shall be told."""
        self._file = file
        self._places = places
        self._found: list[tuple[int, str]] = []

    def add(self, path: Path, label: str, what: str) -> None:
        """Note ``file:line: label: what``."""
        line = self._places.line(path)
        self._found.append((line, f"{self._file}:{line}: {label}: {what}"))

    def told(self) -> tuple[str, ...]:
        """Return all of them, by line, each once."""
        return tuple(dict.fromkeys(fault for _, fault in sorted(self._found, key=lambda found: found[0])))


class Table:
    """One table under reading; ``label`` names it in faults, ``path`` finds its line."""

    def __init__(self, values: Mapping[str, Any], *, path: Path, label: str, faults: Faults) -> None:
        """Read from ``values``."""
        self.values = values
        self.path = path
        self.label = label
        self.faults = faults
        self._known: set[str] = set()

    def fault(self, what: str, key: str | None = None) -> None:
        """Note a fault of this table, or of one of its keys."""
        self.faults.add((*self.path, key) if key else self.path, self.label, what)

    def has(self, key: str) -> bool:
        """Tell whether the key stands there."""
        self._known.add(key)
        return key in self.values

    def text(self, key: str) -> str | None:
        """Return a text; None where the key is missing or no text."""
        return self._typed(key, str, "a text")

    def required(self, key: str) -> str:
        """Return a text that must be there and not be empty."""
        value = self.text(key)
        if value is None and key not in self.values:
            self.fault(f"{key} is missing; add it")
        elif value == "":
            self.fault(f"{key} is empty; fill it in", key)
        return value or ""

    def switch(self, key: str) -> bool:
        """Return true or false; false where the key is missing."""
        return bool(self._typed(key, bool, "true or false"))

    def number(self, key: str, least: int, most: int) -> int | None:
        """Return a whole number within bounds; None where the key is missing."""
        value = self._typed(key, int, "a whole number")
        if value is not None and not least <= value <= most:
            self.fault(f"{key} = {value} is out of bounds; take {least} to {most}", key)
            return None
        return value

    def choice(self, key: str, choices: Sequence[str]) -> str | None:
        """Return one of the words; None where the key is missing or another word."""
        value = self.text(key)
        if value is not None and value not in choices:
            self.fault(f"{key} = {value!r} is unknown; take {' or '.join(choices)}", key)
            return None
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts; empty where the key is missing."""
        value: list[Any] | None = self._typed(key, list, "a list of texts")
        if value is not None and not all(isinstance(item, str) for item in value):
            self.fault(f"{key} must be a list of texts", key)
            return ()
        return tuple(value or ())

    def mapping(self, key: str) -> Mapping[str, Any] | None:
        """Return a table as it is; None where the key is missing."""
        value: dict[str, Any] | None = self._typed(key, dict, "a table")
        return value

    def text_mapping(self, key: str) -> dict[str, str]:
        """Return a table of texts; empty where the key is missing."""
        value = self.mapping(key) or {}
        wrong = [name for name, item in value.items() if not isinstance(item, str)]
        for name in wrong:
            self.fault(f"{key}.{name} must be a text", key)
        return {name: item for name, item in value.items() if name not in wrong}

    def table(self, key: str) -> "Table | None":
        """Return a table to be read in its turn; None where the key is missing."""
        value = self.mapping(key)
        if value is None:
            return None
        label = f"[{key}]" if not self.path else f"{self.label} {key}"
        return Table(value, path=(*self.path, key), label=label, faults=self.faults)

    def tables(self, key: str) -> tuple["Table", ...]:
        """Return a list of tables to be read; empty where the key is missing."""
        value: list[Any] | None = self._typed(key, list, "a list of tables")
        read = []
        for position, item in enumerate(value or ()):
            if isinstance(item, dict):
                path = (*self.path, key, position)
                read.append(Table(item, path=path, label=f"{self.label} {key}[{position + 1}]", faults=self.faults))
            else:
                self.fault(f"{key} must be a list of tables, not of {type(item).__name__}", key)
        return tuple(read)

    def pattern(self, key: str, *, group: bool = False) -> str | None:
        """Return a regular expression, tried out; with ``group`` it must have exactly one."""
        value = self.text(key)
        if value is None:
            return None
        try:
            groups = re.compile(value).groups
        except re.error as error:
            self.fault(f"{key} = {value!r} is not a regular expression: {error}; mend it", key)
            return None
        if group and groups != 1:
            self.fault(f"{key} = {value!r} has {groups} groups; put one (...) around what is wanted", key)
            return None
        return value

    def unknown(self) -> None:
        """Tell each key that nobody asked for."""
        for key in self.values:
            if key not in self._known:
                near = get_close_matches(key, sorted(self._known), n=1)
                hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(self._known))}"
                self.fault(f"unknown key {key}; {hint}", key)

    def _typed(self, key: str, kind: type[T], words: str) -> T | None:
        if not self.has(key):
            return None
        value = self.values[key]
        if isinstance(value, kind) and not (kind is int and isinstance(value, bool)):
            return value
        self.fault(f"{key} must be {words}, not {value!r}", key)
        return None
