"""The scene of a run: the shop, and what one probe hands on to a later one. Shared between threads."""

import threading
from typing import TYPE_CHECKING, Any

from probes.errors import Cause, LookFailed, Unprepared

if TYPE_CHECKING:  # a fifth of the time that it takes to import a look at hosts
    from probes.shop.shop import Shop


class Scene:
    """Hand-over between the probes of one run.

    Names are written ``probe/thing`` (``shop.register/buyer_a``): the part before the slash is the probe that owes the
    value, so that its failure can be told as the cause where the value is asked for and missing.
    """

    def __init__(self, *, run_token: str, shop: "Shop | LookFailed") -> None:
        """Keep the run's token (marks what this run creates) and the shop, or why there is none."""
        self.run_token = run_token
        self._shop = shop
        self._lock = threading.Lock()
        self._things: dict[str, Any] = {}
        self._spoiled: dict[str, tuple[Cause, str]] = {}

    @property
    def shop(self) -> "Shop":
        """The shop.

        Raises:
            LookFailed: the one given at construction, where the target has no usable shop (``NotSet``: no adapter).
        """
        if isinstance(self._shop, LookFailed):
            raise self._shop
        return self._shop

    def put(self, name: str, value: Any) -> None:
        """Hand on a value under ``probe/thing``; a later value replaces the earlier one."""
        with self._lock:
            self._things[name] = value

    def spoil(self, probe: str, subject: str, *, cause: Cause, detail: str) -> None:
        """Remember that a probe failed on a subject, so that those who wait for its values learn the cause."""
        with self._lock:
            self._spoiled[f"{probe}/{subject}"] = (cause, detail)
            self._spoiled.setdefault(probe, (cause, detail))

    def has(self, name: str) -> bool:
        """Tell whether the value was handed on."""
        with self._lock:
            return name in self._things

    def get(self, name: str) -> Any:
        """Return what was handed on under the name.

        Raises:
            Unprepared: nothing was; with the cause of the probe that owed it where that probe failed.
        """
        with self._lock:
            if name in self._things:
                return self._things[name]
            spoiled = self._spoiled.get(name) or self._spoiled.get(name.partition("/")[0])
        if spoiled is None:
            raise Unprepared(
                f"{name} did not come about: the look before this one did not make or find it", cause="target"
            )
        cause, detail = spoiled
        raise Unprepared(f"{name} did not come about: {detail}", cause=cause)
