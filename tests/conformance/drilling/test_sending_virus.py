"""The test file by upload: what is told of it where its minute was not watched, or nobody could look."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from conformance.catalogue.load import load_catalogue
from conformance.drilling.sending_virus import drop
from conformance.judges.drill_run import Drill
from conformance.judges.drill_virus import caught
from probes.canonical import freeze
from profiles.drills.eicar import WATCHED_S
from tests.conformance.drilling.sent import Answer, Skipping, answering, sending, task_of

TAKEN, SERVED, GONE = (201, b""), 200, (403, b"")


class Shop:
    """Takes files and serves them again. Whenever somebody is asked for the end, half a minute has passed."""

    def __init__(self) -> None:
        self.clock = Skipping()
        self.files: dict[str, bytes] = {}

    @property
    def has_the_test_file(self) -> bool:
        return any("-test." in name for name in self.files)

    def wants(self, end: str | None) -> str | None:
        self.clock.skipped_s += WATCHED_S / 2
        return end

    def take(self, body: bytes) -> tuple[int, bytes]:
        head, _, rest = body.partition(b"\r\n\r\n")
        name = head.partition(b'filename="')[2].partition(b'"')[0].decode()
        self.files[name] = rest.rpartition(b"\r\n--")[0]
        return TAKEN

    def look(self, path: str) -> tuple[int, bytes]:
        return SERVED, self.files[path.rpartition("/")[2]]

    def answer(self, asked: str, body: bytes) -> tuple[int, bytes] | None:
        return self.take(body) if asked.startswith("POST") else self.look(asked)


def dropped(folder: Path, shop: Shop, answer: Answer, *, stops: bool = False) -> tuple[Mapping[str, Any], str]:
    """Return what is told of an upload, and what the clause comes to."""
    with answering(answer) as place:
        urls = {"upload": f"http://{place}/upload", "served_at": f"http://{place}/files/", "stored_in": "/srv/files"}
        with task_of(folder, "test-virus", listed=place, clock=shop.clock, **urls) as task:
            shapes = drop(sending(task, folder, lambda: shop.wants("Ctrl-C" if stops else None))).shapes
    tell = caught(load_catalogue("SBT").by_id["SBT-3.1.4.3-protect"], Drill(data=freeze(dict(shapes))))
    told: Mapping[str, Any] = shapes["virus"]["upload"]
    return told, tell.word


def test_what_stands_for_its_whole_minute_was_not_caught(tmp_path: Path) -> None:
    shop = Shop()
    told, word = dropped(tmp_path, shop, shop.answer)
    assert (told["served"], told["watched_s"] >= WATCHED_S, word) == (True, True, "violates")


def test_what_still_stands_when_somebody_asks_for_the_end_may_be_caught_yet(tmp_path: Path) -> None:
    shop = Shop()
    told, word = dropped(tmp_path, shop, shop.answer, stops=True)
    assert (told["how"], told["served"], word) == ("it was not watched to the end", None, "undetermined")


def test_where_nobody_could_look_nobody_knows(tmp_path: Path) -> None:
    shop = Shop()

    def dark(asked: str, body: bytes) -> tuple[int, bytes] | None:
        answer = shop.answer(asked, body)
        return None if asked.startswith("GET") and "-test." in asked else answer

    told, word = dropped(tmp_path, shop, dark)
    assert (told["served"], word) == (None, "undetermined")
    assert "nobody could look" in told["how"]


def test_an_edge_that_keeps_the_uploader_out_caught_nothing_and_let_nothing_stand(tmp_path: Path) -> None:
    shop = Shop()

    def banning(asked: str, body: bytes) -> tuple[int, bytes] | None:
        banned = shop.has_the_test_file
        answer = shop.answer(asked, body)
        return GONE if banned else answer

    told, word = dropped(tmp_path, shop, banning)
    assert (told["served"], told["watched_s"], word) == (None, 0, "undetermined")
    assert "an innocent file is not served either" in told["how"]
