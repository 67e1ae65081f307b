"""What ``duheng doctor`` says of load: whether the declared peak could be run, and whether a run of it is on record."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from conformance.doctoring.lack import Lack, recalling
from conformance.doctoring.ledger import kept
from conformance.judges.load_runs import Run
from conformance.loading.planning import Asked, Where, draw
from conformance.loading.recall import LOAD, load_runs
from probes.errors import EvidenceError, NotRecorded, SettingsError
from probes.shop.opening import adapter_of
from probes.target import Target
from probes.target_load import load_limits
from reports.verdict import Text

AGE: Final = timedelta(days=7)
"""How old a run may be (the age limit of the checks that are told from it)."""

PEAK: Final = "peak"
_BEFORE: Final = ("[platform] authorised", "[[windows]]")
"""Told with the rest of the target, or of no concern before the day itself."""


def lacks(target: Target, now: datetime) -> tuple[Lack, ...]:
    """Return what stands between a target that declares a peak and a run of it; nothing where it declares none."""
    if load_limits(target).peak_rate_per_s is None:
        return ()
    try:
        return (*_refused(target, now), *_not_run(target, now))
    except EvidenceError:
        return ()  # the ledger is told with the rest


def _refused(target: Target, now: datetime) -> Iterator[Lack]:
    folder = target.path.parent
    try:
        where = Where(
            target=target,
            limits=load_limits(target),
            adapter=adapter_of(target),
            run_id="doctor",
            folder=folder,
            trails=folder,
        )
        draw(Asked(name=PEAK), where, now)
    except SettingsError as refused:
        for fault in refused.faults:
            if not fault.startswith(_BEFORE):
                yield Lack(
                    what=Text(zh=f"duheng load {PEAK} 将被拒绝：{fault}", en=f"`duheng load {PEAK}` would be refused"),
                    remedy=Text(zh="按上述说明更正", en=fault),
                )


def _not_run(target: Target, now: datetime) -> Iterator[Lack]:
    with kept(target) as store:
        try:
            runs = () if store is None else load_runs(store, target, now)["runs"]
        except NotRecorded:
            runs = ()
    if not any(_tells(run, target, now) for run in runs):
        yield _none()


def _tells(run: Mapping[str, Any], target: Target, now: datetime) -> bool:
    """Tell whether a run counts, held the declared peak for long enough, and is young enough."""
    seen = Run(data=run, peak_per_s=load_limits(target).peak_rate_per_s)
    return seen.counts and seen.at_peak and seen.ended_s >= (now - AGE).timestamp()


def _none() -> Lack:
    return Lack(
        what=Text(
            zh=f"台账中没有最近 {AGE.days} 天内达到所声明峰值的有效负载运行",
            en=f"the ledger holds no valid load run at the declared peak of the last {AGE.days} days",
        ),
        remedy=Text(zh=f"运行 duheng load {PEAK}", en=f"run `duheng load {PEAK}`"),
        checks=recalling(LOAD),
    )
