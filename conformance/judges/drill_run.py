"""One recorded drill (``drill.run``) as the judges read it: what it stands on, when what happened, what came of it.

Recorded times are milliseconds since 1970 UTC of the clock of whoever ran the drill. A record may be of another form
than expected; then what it would have told is not there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from conformance.judges.hosts import number, records
from reports.verdict import Text

_MS = 1000
_LONG = 120
_TIME = Text(en="give the platform more time", zh="请给平台更多时间")
_REPAIR = Text(
    en="declare what repairs it as recover: it is waited for before the fault is taken out",
    zh="请将修复命令声明为 recover：撤除故障前会等待其完成",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """How long the platform was without recovery, in seconds from the injected fault.

    ``whole``: the platform came back in that time; else it had not come back by then (``why``), and took longer; a
    drill that is to tell more must be given something (``wants``).
    """

    seconds: float
    whole: bool
    why: Text | None = None
    wants: Text = _TIME


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """One recorded run of a drill."""

    data: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The drill's name in the target file."""
        return str(self.data.get("drill"))

    @property
    def kind(self) -> str:
        """What kind of fault it injects: software, hardware, general, severe, attack, virus, power."""
        return str(self.data.get("kind"))

    @property
    def disaster(self) -> str | None:
        """The class of the disaster that it plays: its fault's, never one that somebody calls it."""
        return self.kind if self.kind in {"general", "severe"} else None

    @property
    def ended_ms(self) -> float:
        """When it ended; of one without an end, when it began."""
        ended, started = number(self.data.get("ended_ms")), number(self.data.get("started_ms"))
        return ended if ended is not None else started or 0.0

    @property
    def ended_s(self) -> float:
        """The same in seconds since 1970."""
        return self.ended_ms / _MS

    @property
    def limit_s(self) -> float | None:
        """The drill's own limit, stricter than the clause's; None where it declares none."""
        return number(self.data.get("limit_s"))

    @property
    def interval_s(self) -> float:
        """How far apart the journeys began."""
        return number(self.of("journeys").get("interval_s")) or 0.0

    def of(self, key: str) -> Mapping[str, Any]:
        """Return a part of the record; an empty one where it has none."""
        found = self.data.get(key)
        return found if isinstance(found, Mapping) else {}

    def at_ms(self, phase: str) -> float | None:
        """Return when a phase was reached; None where nobody told.

        Lengths are differences of these, divided last: differences of seconds since 1970 are not exact to the
        millisecond's last digits, and a limit is.
        """
        return number(self.of("phases").get(f"{phase}_ms"))

    @property
    def injected(self) -> bool:
        """Whether the fault was put in, as far as anybody knows: else the run says nothing of the platform."""
        return self.at_ms("injected") is not None or bool(self.of("proof_of_effect"))

    @property
    def proved(self) -> bool:
        """Whether the fault is known to have taken effect."""
        return self.of("proof_of_effect").get("proved") is True

    @property
    def healed(self) -> bool | None:
        """Whether the fault is known to be gone; None where nothing is told, as where nothing can be reverted."""
        told = self.of("proof_of_revert").get("proved")
        return told if isinstance(told, bool) else None

    def steady(self, when: str) -> bool:
        """Tell whether every journey ``before`` or ``after`` came about, and there was one."""
        told = self.of("journeys").get(when)
        if not isinstance(told, Mapping):
            return False
        tried, failed = number(told.get("tried")), number(told.get("failed"))
        return tried is not None and tried > 0 and failed == 0

    @property
    def reverted_ms(self) -> float | None:
        """When the fault was first taken out, by the harness or the dead man."""
        found = [number(step.get("at_ms")) for step in records(self.data.get("steps")) if step.get("step") == "revert"]
        return min((each for each in found if each is not None), default=None)

    @property
    def host_failed(self) -> str | None:
        """Why its host did not tell what it saw; None where nobody says that it did not."""
        told = next((step for step in records(self.data.get("steps")) if step.get("step") == "told"), None)
        return None if told is None or told.get("ok") is not False else _said(told.get("detail")) or "-"

    def lacks(self) -> tuple[Text, ...]:
        """Return why the run tells nothing at all; empty where it tells something."""
        why = []
        ended = str(self.data.get("ended"))
        if self.data.get("complete") is not True or ended in {"killed", "aborted"}:
            why.append(_UNFINISHED.get(ended, Text(en="its record is not complete", zh="记录不完整")))
        if not self.proved:
            how = _said(self.of("proof_of_effect").get("how"))
            why.append(
                Text(
                    en=f"the fault is not proven to have taken effect{f' ({how})' if how else ''}",
                    zh=f"未证明故障已生效{f'（{how}）' if how else ''}",
                )
            )
        if self.at_ms("injected") is None:
            why.append(Text(en="it does not tell when its fault was put in", zh="未说明注入故障的时刻"))
        if not self.steady("before"):
            why.append(Text(en="the platform was not steady before it", zh="演练前平台状态不稳定"))
        return tuple(why)

    @property
    def counts(self) -> bool:
        """Whether it tells all that it could: nothing lacks, and the platform was steady after it."""
        return not self.lacks() and self.steady("after")

    def recovery(self) -> Recovery | None:
        """Return how long recovery took; None where nothing tells it.

        The clock runs from the injected fault to the first good journey; with redundancy until that is back. What came
        back only once the drill had taken its fault out did not recover: it would have taken longer.
        """
        injected, good, reverted = self.at_ms("injected"), self.at_ms("first_good"), self.reverted_ms
        told = number(self.data.get("recovery_s"))
        if injected is None:
            return None
        if good is not None and told is not None and (reverted is None or good < reverted):
            return self._felt(injected, told)
        if self.data.get("reverted_by") == "deadman":
            return None  # the host took it out before: nobody knows here when
        upto = min((each for each in (reverted, self.ended_ms) if each is not None), default=injected)
        return Recovery(
            seconds=max(0.0, upto - injected) / _MS, whole=False, why=_NEVER if good is None else _TAKEN_OUT
        )

    def _felt(self, injected: float, told: float) -> Recovery | None:
        """Return the time of a fault that came to its end by itself; nobody may have felt it."""
        redundant, acted = self.at_ms("redundant"), self.at_ms("acted")
        if self.kind == "hardware" and redundant is None and self.data.get("redundancy_looked_for") is True:
            return None  # the repair is not over, though the other half serves
        if self.kind == "hardware" and redundant is not None:
            return self._repaired(injected, told, redundant)
        if self.at_ms("first_failing") is not None:
            return Recovery(seconds=told, whole=True)
        if acted is None or self.kind == "hardware":
            return None
        return Recovery(seconds=max((acted - injected) / _MS, told), whole=True)

    def _repaired(self, injected: float, told: float, redundant: float) -> Recovery:
        """Return the time until redundancy was back; that which the drill gave back is no repair."""
        reverted = self.reverted_ms
        if reverted is not None and redundant > reverted:
            upto_s = max(0.0, reverted - injected) / _MS
            return Recovery(seconds=upto_s, whole=False, why=_GIVEN_BACK, wants=_REPAIR)
        return Recovery(seconds=max((redundant - injected) / _MS, told), whole=True)

    @property
    def contradicts(self) -> bool:
        """Whether its recorded recovery time and its own instants differ by more than two journeys."""
        told, good, injected = number(self.data.get("recovery_s")), self.at_ms("first_good"), self.at_ms("injected")
        if told is None or injected is None:
            return False
        if good is None:
            return True
        return good < injected or abs(told - (good - injected) / _MS) > 2 * self.interval_s + 1

    def text(self) -> Text:
        """Return which run it was."""
        ended = f"{datetime.fromtimestamp(self.ended_s, UTC):%Y-%m-%d %H:%M} UTC"
        fault = _said(self.data.get("fault"))
        shown = f"{self.name} ({fault})" if fault and fault != self.name else self.name
        stopped = _said(self.data.get("stopped"))
        zh = shown.replace(" (", "（").replace(")", "）")
        return Text(
            en=f"Drill {shown}, ended {ended}{f', stopped ({stopped})' if stopped else ''}",
            zh=f"演练 {zh}，结束于 {ended}{f'，中途停止（{stopped}）' if stopped else ''}",
        )


def names(value: Any) -> tuple[str, ...]:
    """Return the ids of a list; none where there is no list."""
    return tuple(dict.fromkeys(_said(each) for each in value)) if isinstance(value, list | tuple) else ()


def joined(texts: Sequence[Text]) -> Text:
    """Return several clauses as one sentence without its end."""
    return Text(en="; ".join(each.en for each in texts), zh="；".join(each.zh for each in texts))


def _said(value: Any) -> str:
    said = "" if value is None else str(value)
    return said if len(said) <= _LONG else said[: _LONG - 1] + "…"


_UNFINISHED: Mapping[str, Text] = {
    "killed": Text(en="it was killed before its end", zh="演练在结束前被强行终止"),
    "aborted": Text(en="it was broken off", zh="演练被中止"),
}
_NEVER = Text(en="no journey had come about by then", zh="至此没有任何流程成功")
_GIVEN_BACK = Text(
    en="redundancy came back only when the drill took its fault out", zh="冗余在演练自行撤除故障后才恢复"
)
_TAKEN_OUT = Text(
    en="the platform came back only when the drill took its fault out", zh="平台在演练自行撤除故障后才恢复"
)
