"""``duheng import prometheus``: a real Prometheus over samples of known instants; and every kind of bad answer."""

import io
import itertools
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.importing import prometheus as reading
from tests.conformance.importing.backfilled import METRIC, ONE, backfill, prometheus
from tests.conformance.importing.importing import Importing
from tests.conformance.importing.importing import importing as importing_into
from tests.conformance.operations.prometheus import Prometheus
from tests.miniatures.bad_servers import Conversation, always, answer, closes_after_request, refusing, serving

JAN_1 = 1_767_196_800  # 2026-01-01 in Shanghai
TWO_DAYS = 2 * 1440
OTHER = '{instance="https://other.example",job="blackbox"}'
QUERY = f"{METRIC}{ONE}"
SECRET = "canary-token-4711"


@pytest.fixture
def importing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Importing:
    return importing_into(tmp_path, capsys)


def _value(minute: int) -> str | None:
    if 100 <= minute < 103:  # Prometheus was away for three minutes: it would repeat the last sample for five
        return None
    return "0" if minute in {50, 200, 201, 202, 1439, 1440} else "1"


def _samples() -> Iterator[tuple[str, int, str]]:
    for minute in range(TWO_DAYS):
        if (value := _value(minute)) is not None:
            yield ONE, JAN_1 + 60 * minute, value
    for minute in range(10):
        yield OTHER, JAN_1 + 60 * minute, "1"
        yield '{instance="odd"}', JAN_1 + 60 * minute, "NaN" if minute == 3 else "1"
        yield '{instance="half"}', JAN_1 + 60 * minute, "0.5" if minute == 3 else "1"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    folder = tmp_path_factory.mktemp("prometheus")
    with prometheus(folder, backfill(folder, _samples())) as running:
        yield running


def ask(importing: Importing, url: str, *words: str, query: str = QUERY, every: str = "60") -> tuple[int, str]:
    span = ("--from", "2026-01-01", "--to", "2026-01-03")
    return importing.run("prometheus", url, query, "--check", "front", "--every", every, *span, *words)


@pytest.mark.integration
def test_a_series_is_kept_by_day_with_its_gap_unknown_and_its_raw_answers(
    importing: Importing, server: Prometheus
) -> None:
    status, told = ask(importing, server.url)
    assert status == 0, told
    minutes = [
        (state, (s - JAN_1) // 60, (e - JAN_1) // 60, tried, failed)
        for state, s, e, _, tried, failed in importing.said()
    ]
    assert minutes == [
        ("up", 0, 100, 100, 1),
        ("up", 103, 200, 97, 0),
        ("down", 200, 203, 3, 3),
        ("up", 203, 1439, 1236, 0),
        ("down", 1439, 1440, 1, 1),
        ("down", 1440, 1441, 1, 1),
        ("up", 1441, 2880, 1439, 0),
    ]
    assert [each[3] for each in importing.said()] == [*["2026-01-01"] * 5, *["2026-01-02"] * 2]
    (entry,) = importing.entries()
    assert (entry["from"], entry["url"], entry["query"], entry["rows"]) == (
        "prometheus", server.url, QUERY, TWO_DAYS - 3,
    )  # fmt: skip
    assert entry["series"]["instance"] == "https://shop.example"
    assert {each.source for each in importing.intervals()} == {f"import {entry['digest']}"}
    with importing.store() as store, zipfile.ZipFile(io.BytesIO(store.attachment(entry["digest"]))) as archive:
        values, times = (json.loads(archive.read(name)) for name in archive.namelist())
    assert len(values["data"]["result"][0]["values"]) == TWO_DAYS  # repeated ones among them
    assert values["data"]["resultType"] == times["data"]["resultType"] == "matrix"


@pytest.mark.integration
def test_the_same_twice_and_more_of_it_count_nothing_twice(importing: Importing, server: Prometheus) -> None:
    first = ("--to", "2026-01-01T03:21")  # after the first failed sample of the outage
    _, told = ask(importing, server.url, *first)
    assert "the last sample failed (2025-12-31T19:20:00Z), nothing confirms it yet: not imported" in told
    assert "nothing is new" in ask(importing, server.url, *first)[1]
    status, told = ask(importing, server.url)
    assert (status, "in the ledger already: 3.28 h, not counted again" in told) == (0, True)
    assert "nothing is new" in ask(importing, server.url)[1]
    assert sum(each[4] for each in importing.said()) == TWO_DAYS - 3
    assert sum(each[5] for each in importing.said()) == 6
    assert len(importing.entries()) == 2


@pytest.mark.integration
def test_pages_join_as_if_there_were_one(
    importing: Importing, server: Prometheus, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(importing, server.url, "--vantage", "whole")
    monkeypatch.setattr(reading, "PAGE", 101)
    status, told = ask(importing, server.url, "--vantage", "paged")
    assert status == 0, told
    whole, paged = ([each.run for each in importing.intervals() if each.vantage == name] for name in ("whole", "paged"))
    assert whole == paged
    with (
        importing.store() as store,
        zipfile.ZipFile(io.BytesIO(store.attachment(importing.entries()[1]["digest"]))) as z,
    ):
        assert len(z.namelist()) == 2 * -(-TWO_DAYS // 101)


@pytest.mark.integration
def test_more_points_than_prometheus_gives_at_once_are_asked_for_in_pages(
    importing: Importing, server: Prometheus
) -> None:
    # Thirty days of minutes, 43,200 points: a single query would be refused.
    status, told = ask(importing, server.url, "--from", "2025-12-10", "--to", "2026-01-09")
    assert status == 0, told
    assert importing.entries()[0]["rows"] == TWO_DAYS - 3


@pytest.mark.integration
@pytest.mark.parametrize(
    ("query", "told"),
    [
        (METRIC, "is 4 series; name one of them"),
        (METRIC, f"\n  {METRIC}{OTHER[:-1]}}}\n"),
        ("none", "no sample of 'none' from 2025-12-31T16:00:00Z to 2026-01-02T16:00:00Z"),
        ("probe_success{", "answers 400: 1:15: parse error: unexpected end of input"),
        ("1", "expected type instant vector"),  # a number that is always up is no sample
        (
            f"label_replace({METRIC}, 'instance', 'x', '', '')",
            "answers 422: vector cannot contain metrics with the same",
        ),
        (f'{METRIC}{{instance="odd"}}', "the value at 2025-12-31T16:03:00Z is nan, and must be 0 or 1"),
        (f'{METRIC}{{instance="half"}}', "the value at 2025-12-31T16:03:00Z is 0.5, and must be 0 or 1"),
    ],
)
def test_what_is_not_one_series_of_0_and_1_is_told(
    importing: Importing, server: Prometheus, query: str, told: str
) -> None:
    status, said = ask(importing, server.url, query=query)
    assert (status, importing.said()) == (64, [])
    assert told in said
    assert "nothing was imported" in said


@pytest.mark.integration
def test_a_step_that_is_not_the_series_own_is_told(importing: Importing, server: Prometheus) -> None:
    status, said = ask(importing, server.url, every="20")
    assert (status, importing.said()) == (64, [])
    assert "the samples are mostly 60 s apart; give --every 60" in said


@pytest.mark.integration
def test_every_series_that_is_listed_can_be_given_as_the_query(importing: Importing, server: Prometheus) -> None:
    _, said = ask(importing, server.url, query=METRIC)
    listed = [line.strip() for line in said.splitlines() if line.startswith("  ")]
    assert len(listed) == 4
    assert ask(importing, server.url, query=next(name for name in listed if "other" in name))[0] == 0


def matrix(*series: tuple[dict[str, str], list[Any]], kind: str = "matrix", **more: Any) -> bytes:
    result = [{"metric": labels, "values": values} for labels, values in series]
    return answer(json.dumps({"status": "success", "data": {"resultType": kind, "result": result}} | more).encode())


def good(*values: Any) -> bytes:
    return matrix(({"__name__": "up"}, [[JAN_1 + 60 * number, value] for number, value in enumerate(values)]))


HALF = json.dumps({"status": "success", "data": {"resultType": "matrix", "result": []}}).encode()[:40]
ERROR = b'{"status":"error","errorType":"execution","error":"query processing would load too many samples"}'
BAD: dict[str, tuple[Conversation, str]] = {
    "422": (always(answer(ERROR, status="422 Unprocessable Entity")), "answers 422: query processing would load too"),
    "503": (always(answer(b"<html>", status="503 Away")), "answers 503: which is no answer of a Prometheus"),
    "404": (always(answer(b"404 page not found", status="404 Not Found")), "answers 404: which is no answer"),
    "401": (always(answer(b"", status="401 Unauthorized")), "answers 401, it wants other credentials: see --token-env"),
    "a redirect": (
        always(answer(b"", "Location: https://elsewhere.example/x", status="302 Found")),
        "leads on to 'https://elsewhere.example/x', which is not followed; give that URL",
    ),
    "half an answer": (always(answer(HALF)), "not a whole answer of a Prometheus"),
    "a connection that breaks": (always(answer(HALF, length=4000), close=True), "nothing was imported"),
    "no answer": (closes_after_request, "closed the connection without an answer"),
    "a page": (always(answer(b"<html>hello</html>")), "not a whole answer of a Prometheus"),
    "nothing": (always(answer(b"")), "not a whole answer of a Prometheus"),
    "a list": (always(answer(b"[]")), "it has no data"),
    "an error with 200": (always(answer(ERROR)), "it has no data"),
    "a vector": (always(matrix(kind="vector")), "its result is of the type 'vector', not a matrix"),
    "no values": (
        always(answer(b'{"status":"success","data":{"resultType":"matrix","result":[{"metric":{}}]}}')),
        "a series",
    ),
    "a number": (always(good(1)), "the value at 1.7672e+09 s is not written as Prometheus writes values"),
    "a word": (always(good("up")), "could not convert string to float"),
    "a point alone": (always(matrix(({}, [JAN_1]))), "a point that is no pair"),
    "twice": (always(matrix(({}, [[JAN_1, "1"], [JAN_1, "1"]]))), "was not asked for or stands there twice"),
    "off the grid": (always(matrix(({}, [[JAN_1 + 7, "1"]]))), "was not asked for or stands there twice"),
    "another year": (always(matrix(({}, [[1e300, "1"]]))), "was not asked for or stands there twice"),
    "a doubled key": (always(answer(b'{"status":"success","status":"success"}')), "a key stands twice"),
    "NaN": (always(answer(b'{"status":"success","data":NaN}')), "NaN is not JSON"),
    "no samples": (always(matrix()), "no sample of"),
    "old samples": (always(good("1", "1")), "no sample of"),  # the second question gets values for instants
}


@pytest.mark.parametrize(("conversation", "told"), BAD.values(), ids=BAD)
def test_a_bad_answer_is_one_message_and_nothing_is_kept(
    importing: Importing, conversation: Conversation, told: str
) -> None:
    with serving(conversation) as server:
        status, said = ask(importing, server.url)
    assert (status, importing.said(), importing.ledger.exists()) == (64, [], False)
    assert told in said
    assert "nothing was imported" in said
    assert len(said.splitlines()) == 1


def test_a_prometheus_that_is_away_is_told(importing: Importing) -> None:
    with refusing() as port:
        status, said = ask(importing, f"http://127.0.0.1:{port}")
    assert (status, importing.said()) == (64, [])
    assert said.startswith(f"http://127.0.0.1:{port}: 127.0.0.1:{port} ")
    assert said.endswith("nothing was imported\n")


def test_a_prometheus_that_goes_away_between_two_pages_leaves_nothing(
    importing: Importing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PAGE", 1440)
    times = matrix(({}, [[JAN_1 + 60 * n, str(JAN_1 + 60 * n)] for n in range(1440)]))
    answers = iter([good(*["1"] * 1440), times, answer(ERROR, status="503 Away")])

    def talk(connection: Any, _over: object) -> None:
        while connection.recv(65536):
            connection.sendall(next(answers))

    with serving(talk) as server:
        status, said = ask(importing, server.url)
        assert len(server.requests) == 3
    assert (status, importing.said()) == (64, [])
    assert "answers 503" in said


def pages(*series: dict[str, str], warnings: list[str] | None = None) -> Conversation:
    """Answer page after page with another series on each, and the second question with the samples' own instants."""
    labels = itertools.cycle(series)

    def talk(connection: Any, _over: object) -> None:
        while head := connection.recv(65536):
            start = round(float(head.split(b"start=")[1].split(b"&")[0]))
            if b"timestamp" in head:
                connection.sendall(matrix(({}, [[start, str(start)]])))
            else:
                connection.sendall(matrix((next(labels), [[start, "1"]]), warnings=warnings or []))

    return talk


def test_a_series_that_changes_from_page_to_page_is_several(
    importing: Importing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PAGE", 1440)
    with serving(pages({"__name__": "up", "pod": "a"}, {"__name__": "up", "pod": 'b"\\'})) as server:
        status, said = ask(importing, server.url)
    assert (status, importing.said()) == (64, [])
    assert said.splitlines()[1:] == ['  up{pod="a"}', '  up{pod="b\\"\\\\"}']


def test_warnings_of_prometheus_are_told_and_kept(importing: Importing) -> None:
    with serving(pages({"__name__": "up"}, warnings=["partial response"])) as server:
        status, said = ask(importing, server.url)
    assert (status, "Prometheus warns: partial response" in said) == (0, True)
    assert importing.entries()[0]["warnings"] == ["partial response"]


@pytest.mark.parametrize(
    ("words", "header"),
    [
        (("--token-env", "DUHENG_TOKEN"), f"Authorization: Bearer {SECRET}"),
        (("--user", "ann", "--password-env", "DUHENG_TOKEN"), "Authorization: Basic YW5uOmNhbmFyeS10b2tlbi00NzEx"),
    ],
)
def test_credentials_come_from_the_environment_and_land_nowhere(
    importing: Importing, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], header: str
) -> None:
    monkeypatch.setenv("DUHENG_TOKEN", SECRET)
    with serving(pages({"__name__": "up"})) as server:
        status, said = ask(importing, server.url, *words)
        assert all(header.encode() in request for request in server.requests)
    assert status == 0, said
    with serving(always(answer(b'{"error":"not %s"}' % SECRET.encode(), status="400 Bad"))) as server:
        refused = ask(importing, server.url, *words, "--vantage", "again")
    assert refused[0] == 64
    assert "[redacted]" in refused[1]
    written = b"".join(file.read_bytes() for file in importing.folder.rglob("*") if file.is_file())
    for form in (SECRET, "YW5uOmNhbmFyeS10b2tlbi00NzEx"):
        assert form not in said + refused[1]
        assert form.encode() not in written


@pytest.mark.parametrize(
    ("url", "words", "told"),
    [
        ("http://ann:secret@127.0.0.1:9", (), "URL: holds a user or a password; leave it out"),
        ("127.0.0.1:9090", (), "URL: must be that of a Prometheus"),
        ("ftp://127.0.0.1", (), "URL: must be that of a Prometheus"),
        ("http://127.0.0.1:9/?a=b", (), "URL: must be that of a Prometheus"),
        ("http://127.0.0.1:9", ("--user", "ann"), "--user and --password-env go together"),
        ("http://127.0.0.1:9", ("--password-env", "DUHENG_TOKEN"), "--user and --password-env go together"),
        (
            "http://127.0.0.1:9",
            ("--token-env", "DUHENG_NONE"),
            "--token-env: the environment variable DUHENG_NONE holds",
        ),
        (
            "http://127.0.0.1:9",
            ("--user", "ann", "--password-env", "DUHENG_TOKEN", "--token-env", "DUHENG_TOKEN"),
            "--token-env: leave it out",
        ),
        ("http://prometheus.example:9", ("--token-env", "DUHENG_TOKEN"), "--token-env: would travel in clear"),
    ],
)
def test_wrong_words_are_told_and_nothing_is_sent(
    importing: Importing, monkeypatch: pytest.MonkeyPatch, url: str, words: tuple[str, ...], told: str
) -> None:
    monkeypatch.setenv("DUHENG_TOKEN", SECRET)
    status, said = ask(importing, url, *words)
    assert (status, told in said, "secret@" in said) == (64, True, False)


def test_more_points_than_fit_into_one_import_are_refused_before_anything_is_asked(importing: Importing) -> None:
    status, said = ask(importing, "http://127.0.0.1:9", "--from", "2020-01-01", every="1")
    assert status == 64
    assert "points, and at most 2,000,000 go into one import; import it in parts" in said


def test_the_url_is_the_one_host_that_is_contacted(importing: Importing) -> None:
    with serving(always(answer(b"", status="404 Not Found"))) as listed, serving(pages({"__name__": "up"})) as asked:
        target = importing.folder / "shop.toml"
        target.write_text(target.read_text().replace('"https://shop.example"', f'"{listed.url}"'))
        assert ask(importing, asked.url)[0] == 0
        assert (listed.connections, asked.connections) == (0, 1)
