"""Plays the looks of a run on the miniature shop, one after the other, as a gathering would."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from probes.canonical import thaw
from probes.clock import Deadline, SystemClock
from probes.look import Look
from probes.observation import Observation, Reading
from probes.redaction import Redactor
from probes.registry import PROBES
from probes.runner import run_probe
from probes.scene import Scene
from probes.shop.opening import adapter_of
from probes.shop.shop import ScriptedShop
from probes.target_file import read_target
from probes.transports.http import RequestsHttp
from tests.miniatures.shop.miniature import MiniatureShop


class Play:
    """A run on a shop, with one scene for all its looks."""

    def __init__(self, shop: MiniatureShop, folder: Path, **toml: Any) -> None:
        self._begin(shop.target_toml(folder, **toml))

    @classmethod
    def of(cls, path: Path) -> Self:
        """Return a run on the shop of a target file that is there already."""
        made = cls.__new__(cls)
        made._begin(path)
        return made

    def _begin(self, path: Path) -> None:
        self.target = read_target(path)
        self.clock, self.redactor = SystemClock(), Redactor()
        adapter = adapter_of(self.target)
        assert adapter is not None
        self.shop = ScriptedShop(
            # Adapters are kept once they were read, and tests take journeys away from theirs.
            adapter=replace(adapter),
            target=self.target,
            redactor=self.redactor,
            clock=self.clock,
            open_http=self._open,
        )
        self.scene = Scene(run_token=path.parent.name, shop=self.shop)
        self._opened: list[RequestsHttp] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for session in self._opened:
            session.close()

    def _open(self) -> RequestsHttp:
        self._opened.append(RequestsHttp(self.target, self.clock, self.redactor))
        return self._opened[-1]

    def look(self, subject: str) -> Look:
        return Look(
            target=self.target,
            subject=subject,
            clock=self.clock,
            deadline=Deadline.after(self.clock, 600),
            vantage="test",
            http=self._open,
            scene=self.scene,
            redactor=self.redactor,
        )

    def read(self, kind: str, subject: str) -> Reading:
        """Run one look and return its reading."""
        return run_probe(PROBES[kind], self.look(subject), run_id="run")[0]

    def see(self, kind: str, subject: str) -> Mapping[str, Any]:
        """Run one look that must see something, and return its data."""
        reading = self.read(kind, subject)
        assert isinstance(reading, Observation), reading
        data: Mapping[str, Any] = thaw(reading.data)
        return data

    def prepare(self, *kinds: str) -> None:
        """Run the looks on which others stand."""
        for kind in kinds:
            for subject in PROBES[kind].subjects(self.target):
                self.see(kind, subject)
