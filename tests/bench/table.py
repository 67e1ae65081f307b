"""What was measured, against what was aimed at: one row a measure, as text, Markdown and JSON. Pure."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measure; ``at_most`` or ``at_least`` is its goal.

    ``unit`` is ``x`` (a ratio), ``%``, ``% of a core``, ``kB``, ``MB``, ``B`` (bytes of one thing), ``s`` or ``/s``.
    ``absolute`` says from what a ratio was made, with units; or, where nothing was measured (no value), why.
    """

    what: str
    value: float | None
    unit: str
    at_most: float | None = None
    at_least: float | None = None
    absolute: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None where there is none, or nothing was measured."""
        if self.value is None or (self.at_most is None and self.at_least is None):
            return None
        low = self.at_least is None or self.value >= self.at_least
        return low and (self.at_most is None or self.value <= self.at_most)

    @property
    def goal(self) -> str:
        """Return the goal in words; empty where there is none."""
        bounds = (("at least", self.at_least), ("at most", self.at_most))
        return ", ".join(f"{word} {shown(bound, self.unit)}" for word, bound in bounds if bound is not None)


def ratio(numerators: Sequence[float], denominators: Sequence[float]) -> float:
    """Return the ratio of the medians of two interleaved series.

    Raises:
        statistics.StatisticsError: one of them is empty.
        ZeroDivisionError: the second one's median is 0.
    """
    return statistics.median(numerators) / statistics.median(denominators)


def shown(value: float, unit: str) -> str:
    """Return a value with its unit, in as many digits as mean something: ``1.8x``, ``41,000/s``, ``0.25 s``."""
    if unit == "x":
        return f"{value:.2f}x" if value < 1 else f"{value:.1f}x" if value < 10 else f"{value:.0f}x"
    if unit == "/s":
        return f"{float(f'{value:.2g}'):,.0f}/s"
    if unit in {"s", "B", "% of a core"}:
        return f"{value:.2f} {unit}"
    return f"{value:.0f} {unit}"


def _cells(row: Row) -> tuple[str, str, str, str]:
    verdict = {None: "", True: " (met)", False: " (MISSED)"}[row.met]
    result = "not measured" if row.value is None else shown(row.value, row.unit)
    return row.what, result, row.goal + verdict, row.absolute


_HEAD = ("measure", "result", "goal", "from")


def text(rows: Sequence[Row]) -> str:
    """Return the table for a terminal."""
    lines = [_HEAD, *map(_cells, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEAD))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def markdown(rows: Sequence[Row]) -> str:
    """Return the table for README.md."""
    lines = [_HEAD, ("---", "---:", "---", "---"), *map(_cells, rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def as_json(rows: Sequence[Row], machine: str) -> dict[str, Any]:
    """Return what programs read: values unrounded."""
    return {
        "schema": "duheng/bench/v1",
        "machine": machine,
        "rows": [
            {
                "what": row.what,
                "value": row.value,
                "unit": row.unit,
                "at_most": row.at_most,
                "at_least": row.at_least,
                "met": row.met,
                "absolute": row.absolute,
            }
            for row in rows
        ],
    }


BEGIN, END = "<!-- bench -->", "<!-- /bench -->"


def written_into(readme: str, rows: Sequence[Row], machine: str) -> str:
    """Return the text of README.md with the table between its two markers.

    Raises:
        ValueError: the markers are not there.
    """
    head, begin, rest = readme.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"README.md has no {BEGIN} ... {END}")
    return f"{head}{BEGIN}\n{markdown(rows)}\n\n{machine}\n{END}{tail}"
