"""One thing that is missing, and which checks stay undetermined for it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from conformance.judges.table import JUDGEMENTS
from probes.errors import DuhengError, LookFailed
from probes.registry import PROBES
from reports.verdict import Text

FIRST = Text(
    zh="检查开始前须补齐（否则退出码为 64）", en="put this right first; without it nothing is examined (exit 64)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """One thing that is missing: what, what to do, and the checks that stay undetermined for it."""

    what: Text
    remedy: Text
    checks: tuple[str, ...] = ()


def tried(attempt: Callable[[], object], remedy: Text = FIRST, checks: tuple[str, ...] = ()) -> Iterator[Lack]:
    """Yield what an attempt could not be made for: an error of the target file, or of what it names."""
    try:
        attempt()
    except DuhengError as error:
        told = error.detail if isinstance(error, LookFailed) else str(error)
        yield Lack(what=same(told), remedy=remedy, checks=checks)


def same(told: str) -> Text:
    """Return a sentence that names keys and files, and so is the same in both languages."""
    return Text(zh=told, en=told)


def standing_on(concerned: Callable[[str], bool]) -> tuple[str, ...]:
    """Return the checks that need such a look, or one that comes after such a look."""

    def stands(kind: str) -> bool:
        return kind in PROBES and (concerned(kind) or any(stands(before) for before in PROBES[kind].after))

    return tuple(check for check, judgement in JUDGEMENTS.items() if any(stands(kind) for kind in judgement.needs))


def recalling(kind: str) -> tuple[str, ...]:
    """Return the checks that are told from such evidence alone."""
    return tuple(check for check, judgement in JUDGEMENTS.items() if kind in judgement.needs)


def declaring(key: str) -> tuple[str, ...]:
    """Return the checks that want this key of the target file."""
    return tuple(check for check, judgement in JUDGEMENTS.items() if key in judgement.declares)
