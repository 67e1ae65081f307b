"""What a verification says: five answers, each in steps."""

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from reports.verdict import Text

Name: TypeAlias = Literal["signature", "completeness", "thresholds", "time", "freshness"]
NAMES: tuple[Name, ...] = get_args(Name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that was checked, and whether it is as it must be."""

    good: bool
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One of the five. Without steps it was not told, because an earlier answer took away what it stands on."""

    name: Name
    steps: tuple[Step, ...]

    @property
    def told(self) -> bool:
        """Whether anything was checked."""
        return bool(self.steps)

    @property
    def good(self) -> bool:
        """Whether all was checked and all is as it must be; an answer not told is not good."""
        return self.told and all(step.good for step in self.steps)


def good(zh: str, en: str) -> Step:
    """Return a step that is as it must be."""
    return Step(good=True, text=Text(zh=zh, en=en))


def bad(zh: str, en: str) -> Step:
    """Return a step that is a refusal."""
    return Step(good=False, text=Text(zh=zh, en=en))


def refuse(name: Name, zh: str, en: str) -> tuple[Answer, ...]:
    """Return all five answers where ``name`` is refused, and those after it could not be told."""
    return tuple(Answer(name=each, steps=(bad(zh, en),) if each == name else ()) for each in NAMES)


def some(names: list[str], *, most: int = 3) -> str:
    """Return the first names, and how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" (+{more})" if more > 0 else "")
