"""Calendar days of the platform's zone as spans of instants; a day has 23, 24 or 25 hours, or others."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from reports.daily import day_of, midnight_ms


class Days:
    """The days of one zone, with the last few remembered: they are asked for each second."""

    def __init__(self, zone: ZoneInfo) -> None:
        """Keep the zone."""
        self._zone = zone
        self._known: tuple[int, int, str] = (0, 0, "")

    def holding(self, instant_ms: int) -> tuple[str, int]:
        """Return the day that holds an instant, as ``YYYY-MM-DD``, and when the next one begins."""
        begins, ends, name = self._known
        if not begins <= instant_ms < ends:
            day = day_of(instant_ms, self._zone)
            ends = midnight_ms(day + timedelta(days=1), self._zone)
            name = day.isoformat()
            self._known = (midnight_ms(day, self._zone), ends, name)
        return name, ends
