from probes.canonical import digest
from reports.excerpts import Excerpt, exhibits, visible
from tests.reports.formats.sample import blind, look


def test_what_cannot_be_seen_is_written_out() -> None:
    assert visible("a\x00\u202eb\r\ud800\tc\n") == "a\\u0000\\u202eb\\u000d\\ud800\tc\n"
    assert visible("度衡 é") == "度衡 é"


def test_each_text_is_cut_at_its_bound_and_never_within_a_character() -> None:
    (exhibit,) = exhibits([look("page", "/", {"text": "中" * 100})], {}, excerpt_bytes=50)
    assert exhibit.data is not None
    assert not exhibit.data.whole
    assert exhibit.data.size > 300
    assert exhibit.data.shown == len(exhibit.data.text.encode()) <= 50


def test_the_first_claims_get_the_room_and_order_stays() -> None:
    seen = [look("page", f"/{number}", {"text": "x" * 80}) for number in range(3)]
    shown = exhibits(seen, {}, first=[seen[2].id, "sha256:unknown"], total_bytes=250)
    assert [each.label for each in shown] == ["E1", "E2", "E3"]
    assert [bool(each.data and each.data.text) for each in shown] == [True, False, True]


def test_what_cannot_be_escaped_cheaply_counts_as_it_stands_in_the_page() -> None:
    (exhibit,) = exhibits([look("page", "/", {"text": "<" * 100})], {}, total_bytes=300)
    assert exhibit.data is not None
    assert exhibit.data.text == ""
    assert exhibit.data.shown == 0


def test_attachments_are_text_in_utf_8_or_gb18030_or_only_named() -> None:
    texts = {"utf-8": "订单\r\n100017".encode(), "gb18030": "订单".encode("gb18030"), "binary": b"\x89PNG\x00\x01"}
    raws = {name: (digest(raw), raw) for name, raw in texts.items()}
    names = [key for key, _ in raws.values()]
    (exhibit,) = exhibits([look("page", "/", {}, *names, "sha256:gone")], dict(raws.values()))
    shown = [each.excerpt for each in exhibit.attachments]
    assert shown == [
        Excerpt(text="订单\n100017", shown=14, size=14),
        Excerpt(text="订单", shown=4, size=4),
        None,
        None,
    ]
    assert [each.size for each in exhibit.attachments] == [14, 4, 6, None]


def test_what_could_not_be_seen_has_no_data() -> None:
    (exhibit,) = exhibits([blind("page", "/", "target", "away")], {})
    assert exhibit.data is None
    assert exhibit.attachments == ()
