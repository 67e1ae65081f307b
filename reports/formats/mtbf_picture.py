"""The mean time between failures with its bounds, against what the clause asks, on a logarithmic scale of hours. Pure.

Every bound is one-sided. Without a failure there is no upper one: an arrow leads out of the picture. With a
significant trend a constant rate does not hold, and no bound is drawn.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from reports import availability_words as words
from reports.availability import Service, exposure
from reports.reliability import Trend, confidence_at_least, hours_needed, mtbf_lower_h, mtbf_upper_h
from reports.trending import is_significant, trend_of
from reports.verdict import Text

CONFIDENCES: Final = (0.6, 0.8, 0.9)
DEMONSTRATED: Final = 0.9
RECORD: Final = Text(zh="按记录判定", en="Read from the record")
DEMONSTRATION: Final = Text(zh="按证明判定（更严格）", en="Read as demonstrated (stricter)")
CONFIDENCE: Final = Text(zh="达到要求的置信度", en="Confidence that it is reached")
TREND: Final = Text(zh="趋势检验", en="Test for a trend")
_DECADES: Final = 3  # at least so many are drawn


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One confidence: the bounds in hours and where they lie, in percent of the width; no upper one: None."""

    percent: int
    lower_h: float
    upper_h: float | None
    begin: float
    end: float
    needed_h: float

    @property
    def name(self) -> Text:
        """What stands beside the bar."""
        return Text(zh=f"{self.percent}% 置信限", en=f"bounds at {self.percent} %")


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What is drawn; positions are percent of the width.

    ``at`` is where the record stands: at its mean, or without a failure (``mean_h`` is None) at the hours without one,
    from where an arrow leads on. With a significant ``trend`` there are no bars.
    """

    check: str
    depth: str
    operating_h: float
    unknown_h: float
    failures: int
    mean_h: float | None
    at: float
    goal_h: float
    goal_at: float
    bars: tuple[Bar, ...]
    confidence: float | None
    ticks: tuple[tuple[float, float], ...]
    trend: Trend | None

    @property
    def goal(self) -> Text:
        """What the clause asks."""
        return Text(zh=f"要求 ≥ {words.hours(self.goal_h).zh}", en=f"asked: ≥ {words.hours(self.goal_h).en}")

    @property
    def stands(self) -> Text:
        """What stands at the mark."""
        if self.mean_h is None:
            told = words.hours(self.operating_h)
            return Text(zh=f"{told.zh}无故障", en=f"no failure in {told.en}")
        told = words.hours(self.mean_h)
        return Text(zh=f"T / r = {told.zh}", en=f"T / r = {told.en}")

    @property
    def readings(self) -> tuple[tuple[Text, Text], ...]:
        """Both readings of the clause, the confidence, and the trend: (name, what the record says)."""
        told = [(RECORD, self._by_record())]
        if self.demonstrated is not None:
            told.append((DEMONSTRATION, _by_bound(self.demonstrated, self.goal_h)))
        if self.confidence is not None:
            share = words.share(self.confidence)
            told.append((CONFIDENCE, Text(zh=f"{share}", en=f"{share}")))
        return (*told, (TREND, _by_trend(self.trend)))

    def _by_record(self) -> Text:
        goal, lacking = (
            words.hours(self.goal_h),
            words.hours(max(0.0, self.goal_h * max(self.failures, 1) - self.operating_h)),
        )
        more = Text(zh=f"；不再发生故障时还需运行 {lacking.zh}", en=f"; {lacking.en} more without a failure are needed")
        below = self.mean_h is not None and self.mean_h < self.goal_h
        zh, en = ("低于", "below") if below else ("不低于", "not below")
        if self.goal_h * max(self.failures, 1) <= self.operating_h:
            more = Text(zh="", en="")
        if self.mean_h is None:
            return Text(zh=f"{self.stands.zh}{more.zh}", en=f"{self.stands.en}{more.en}")
        return Text(zh=f"{self.stands.zh}，{zh} {goal.zh}{more.zh}", en=f"{self.stands.en}, {en} {goal.en}{more.en}")

    @property
    def demonstrated(self) -> Bar | None:
        """The bar whose lower bound the stricter reading asks for; None with a trend."""
        return next((each for each in self.bars if each.percent == round(100 * DEMONSTRATED)), None)


def picture(of: Service, goal_h: float) -> Picture | None:
    """Return the picture of a service; None where no operating time of it is known."""
    known = exposure(of)
    hours, failures = known.operating_h, known.failures
    if hours <= 0:
        return None
    tested = trend_of(known)
    steady = not is_significant(tested)
    bounds = [_bounds(hours, failures, each) for each in CONFIDENCES] if steady else []
    scale = _Scale([goal_h, hours, hours / max(failures, 1), *(h for pair in bounds for h in pair if h < math.inf)])
    return Picture(
        check=of.name,
        depth=of.depth,
        operating_h=hours,
        unknown_h=known.unknown_h,
        failures=failures,
        mean_h=hours / failures if failures else None,
        at=scale.at(hours / max(failures, 1)),
        goal_h=goal_h,
        goal_at=scale.at(goal_h),
        bars=tuple(
            _bar(level, lower, upper, scale, max(0.0, hours_needed(goal_h, failures, level) - hours))
            for level, (lower, upper) in zip(CONFIDENCES, bounds, strict=False)
        ),
        confidence=confidence_at_least(goal_h, hours, failures) if steady else None,
        ticks=tuple(scale.ticks()),
        trend=tested,
    )


def _bounds(hours: float, failures: int, level: float) -> tuple[float, float]:
    return mtbf_lower_h(hours, failures, level), mtbf_upper_h(hours, failures, level)


def _by_bound(bar: Bar, goal_h: float) -> Text:
    lower, goal, needed = words.hours(bar.lower_h), words.hours(goal_h), words.hours(bar.needed_h)
    if bar.lower_h >= goal_h:
        return Text(
            zh=f"{bar.percent}% 下限 {lower.zh}，不低于 {goal.zh}",
            en=f"lower bound at {bar.percent} %: {lower.en}, not below {goal.en}",
        )
    return Text(
        zh=f"{bar.percent}% 下限 {lower.zh}，低于 {goal.zh}；不再发生故障时还需运行 {needed.zh}",
        en=f"lower bound at {bar.percent} %: {lower.en}, below {goal.en}; "
        f"{needed.en} more without a failure are needed",
    )


def _by_trend(tested: Trend | None) -> Text:
    if tested is None:
        return Text(zh="故障太少，无从检验", en="too few failures for a test")
    u = f"U = {tested.laplace_u:.2f}, b = {tested.growth:.2f}"
    u_zh = u.replace(", ", "，")
    if not is_significant(tested):
        return Text(zh=f"不显著（{u_zh}）", en=f"not significant ({u})")
    zh, en = ("越来越密", "ever closer") if tested.worse else ("越来越疏", "ever further apart")
    return Text(
        zh=f"显著（{u_zh}）：故障{zh}，故障率并非恒定，因此不给出置信限",
        en=f"significant ({u}): failures come {en}; the rate is not constant, so no bound is given",
    )


class _Scale:
    """Whole decades around some hours."""

    def __init__(self, hours: list[float]) -> None:
        self._low = math.floor(math.log10(min(hours)))
        self._high = max(math.ceil(math.log10(max(hours))), self._low + _DECADES)

    def at(self, hours: float) -> float:
        return 100 * (math.log10(hours) - self._low) / (self._high - self._low)

    def ticks(self) -> Iterator[tuple[float, float]]:
        for power in range(self._low, self._high + 1):
            yield 10.0**power, self.at(10.0**power)


def _bar(level: float, lower: float, upper: float, scale: _Scale, needed_h: float) -> Bar:
    endless = math.isinf(upper)
    return Bar(
        percent=round(100 * level),
        lower_h=lower,
        upper_h=None if endless else upper,
        begin=scale.at(lower),
        end=100.0 if endless else scale.at(upper),
        needed_h=needed_h,
    )
