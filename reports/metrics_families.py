"""Families of metrics as all of them are written: gauges under our prefix."""

from collections.abc import Iterable, Mapping

from prometheus_client.core import GaugeMetricFamily, Metric


def gauge(name: str, text: str, labels: tuple[str, ...], values: Iterable[tuple[tuple[str, ...], float]]) -> Metric:
    """Return a family with a series for each tuple of label values."""
    family = GaugeMetricFamily(f"duheng_{name}", text, labels=labels)
    for told, value in values:
        family.add_metric(told, value)
    return family


def one(name: str, text: str, value: float | None) -> Metric:
    """Return a family with one series, or none where the value is not known."""
    return gauge(name, text, (), [] if value is None else [((), value)])


def by(name: str, text: str, label: str, values: Mapping[str, float]) -> Metric:
    """Return a family with a series for each value of one label."""
    return gauge(name, text, (label,), (((key,), value) for key, value in values.items()))
