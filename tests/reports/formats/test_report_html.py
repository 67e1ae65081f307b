"""The page: complete, bilingual, bounded, and deaf to whatever a hostile platform put into the evidence."""

import base64
import dataclasses
import hashlib
import re
from typing import Any

import pytest
from lxml import html

from probes.canonical import canonical_bytes, digest
from probes.errors import CAUSES
from probes.observation import Reading
from reports import overview, words
from reports.dossier import Dossier
from reports.finding import Waiver
from reports.formats import report_html
from reports.report import Header, close, conclude
from reports.verdict import Conforms, Measured, Text, Threshold, Verdict, Violates, word
from tests.reports import dossiers
from tests.reports.formats import sample

HOSTILE = (
    "</script></style></pre>\"'><script>document.title='owned'</script><img src=x onerror=alert(1)>&lt;b&gt; {{7*7}}"
)
TEXT = Text(zh=f"中{HOSTILE}", en=f"en{HOSTILE}")


def parse(page: bytes) -> Any:
    """Return the page as a browser would read it."""
    return html.document_fromstring(page.decode())


@pytest.fixture(scope="module")
def dossier() -> Dossier:
    return sample.dossier()


@pytest.fixture(scope="module")
def page(dossier: Dossier) -> bytes:
    return report_html.render(dossier)


@pytest.fixture(scope="module")
def tree(page: bytes) -> Any:
    return parse(page)


def test_every_finding_stands_once_with_its_verdict(tree: Any, dossier: Dossier) -> None:
    shown = [(each.get("id"), each.get("data-v"), each.get("data-k")) for each in tree.cssselect("details.f")]
    assert shown == [
        (f"f-{each.requirement.id}", word(each.verdict), "yes" if each.counts else "no")
        for each in dossier.report.findings
    ]


def test_both_languages_are_in_the_page_and_the_header_chooses(tree: Any) -> None:
    assert tree.get("lang") == "zh-CN"
    assert [each.get("id") for each in tree.cssselect("input.lang[checked]")] == ["lang-zh"]
    english = parse(report_html.render(sample.dossier(lang="en")))
    assert english.get("lang") == "en"
    assert [each.get("id") for each in english.cssselect("input.lang[checked]")] == ["lang-en"]
    for verdict in words.VERDICTS.values():
        assert verdict.zh in tree.text_content()
        assert verdict.en in tree.text_content()


def test_each_chinese_span_has_its_english_neighbour(tree: Any) -> None:
    for chinese in tree.cssselect('.page span[lang="zh"]'):
        neighbour = chinese.getnext()
        assert neighbour is not None, chinese.text_content()
        assert neighbour.get("lang") == "en", chinese.text_content()
        assert bool(chinese.text_content()) == bool(neighbour.text_content())


def test_the_first_page_tells_what_when_by_what_and_what_it_means(tree: Any, dossier: Dossier) -> None:
    cover = tree.cssselect("section.cover")[0].text_content()
    header, footer = dossier.report.header, dossier.report.footer
    for told in (
        header.platform_name,
        header.base_url,
        header.scope,
        header.tool,
        header.vantage,
        header.run_id,
        header.target_sha256,
        header.catalogue_sha256,
        header.evidence_sha256,
        header.ledger_head,
        "2026-03-14 02:10:55 UTC",
        "3 分 37 秒",
        "+0.012 s",
        overview.outcome(dossier.report).zh,
        overview.outcome(dossier.report).en,
        words.environment("staging").zh,
    ):
        assert told in cover
    counting = [each.text_content() for each in tree.cssselect(".tally .counting td")]
    assert counting == [
        str(footer.counting["violates"]),
        str(footer.counting["undetermined"]),
        str(footer.counting["conforms"]),
        str(footer.counting["not_applicable"]),
        str(footer.counting["waived"]),
    ]


def test_what_was_not_looked_at_stands_by_cause_with_every_clause(tree: Any, dossier: Dossier) -> None:
    causes = tree.cssselect("#unknown details.cause")
    assert {each.cssselect("code")[0].text_content() for each in causes} == set(CAUSES)
    listed = {each.get("href") for each in tree.cssselect("#unknown .chip")}
    assert listed == {
        f"#f-{each.requirement.id}"
        for each in dossier.report.findings
        if word(each.verdict) == "undetermined" and each.requirement.node == "check"
    }


def test_every_link_leads_to_a_place_in_the_page(tree: Any) -> None:
    ids = [each.get("id") for each in tree.cssselect("[id]")]
    assert len(ids) == len(set(ids))
    assert {each.get("href")[1:] for each in tree.cssselect("a[href]")} <= set(ids)


def test_an_unknown_clock_and_accepted_causes_are_said() -> None:
    text = report_html.render(sample.dossier(clock_offset_s=None, accepted_causes=("not-built",))).decode()
    assert "Offset unknown" in text
    assert "The examiner accepted beforehand" in text
    assert "accepted beforehand</span>" in text


@pytest.mark.parametrize("status", [0, 1, 2])
def test_the_mark_beside_the_outcome_is_that_of_the_exit(status: int) -> None:
    scope = sample.catalogue()
    checks = [each.id for each in scope if each.node == "check"]
    good, bad = Conforms(reason=TEXT, observations=()), Violates(reason=TEXT, observations=())
    told: list[dict[str, Verdict]] = [dict.fromkeys(checks, good), dict.fromkeys(checks, bad), {}]
    made = sample.dossier(told=told[status], scope="all")
    assert made.report.footer.exit == status
    tree = parse(report_html.render(made))
    (outcome,) = tree.cssselect(".outcome")
    assert outcome.get("class") == "outcome " + ["conforms", "violates", "undetermined"][status]
    assert overview.outcome(made.report).en in outcome.text_content()


def test_a_report_without_findings_is_no_pass() -> None:
    text = report_html.render(sample.dossier(requirements=(), told={})).decode()
    assert "There is nothing that counts" in text
    assert "Nothing violates; but nothing was found to conform either" in text


def test_a_page_of_a_few_checks_does_not_look_like_the_whole() -> None:
    scope = [each for each in sample.catalogue() if each.node == "check"][:3]
    good = Conforms(reason=TEXT, observations=())
    made = sample.dossier(requirements=scope, told={each.id: good for each in scope}, scope="3.1")
    made = dataclasses.replace(made, catalogue_json=dossiers.catalogue_json(sample.catalogue()))
    whole = sum(each.node == "check" for each in sample.catalogue())
    tree = parse(report_html.render(made))
    said = f"3 of {whole} checks were chosen; nothing is said of the other {whole - 3}."
    (outcome,) = tree.cssselect(".outcome.partial")
    assert said in outcome.text_content()
    assert said in tree.cssselect("#unknown")[0].text_content()
    assert "Technical assurance" in tree.cssselect("#chapters")[0].text_content()
    everything = report_html.render(sample.dossier(scope="all")).decode()
    assert "全部条款" in everything
    assert "were chosen" not in everything


def test_what_the_run_left_is_told_and_cannot_harm() -> None:
    trail = canonical_bytes({"seq": 1, "kind": "order", "id": HOSTILE, "who": "buyer_a", "facts": {}}) + b"\n"
    trail += canonical_bytes({"seq": 2, "kind": "left", "facts": {"seq": 1, "why": HOSTILE}}) + b"\n"
    tree = parse(report_html.render(dataclasses.replace(sample.dossier(), trail=trail)))
    (left,) = tree.cssselect("#left")
    assert "What this run left on the platform" in left.text_content()
    assert left.text_content().count(HOSTILE) == 2
    assert not left.cssselect("script, img")
    assert not parse(report_html.render(sample.dossier())).cssselect("#left")


def test_verifying_names_the_key() -> None:
    assert "duheng verify bundle.zip --key signing.pub" in report_html.render(sample.dossier()).decode()


def test_a_stricter_threshold_is_named_as_one(tree: Any) -> None:
    (mtbf,) = tree.cssselect("#f-SBT-3\\.1-mtbf")
    text = mtbf.text_content()
    assert "mtbf ≥ 9000 h" in text
    assert "stricter, by the target file" in text
    assert "mtbf ≥ 8500 h" in text
    assert "MTBF≥8500h" in text


def test_a_waiver_stands_beside_the_verdict(tree: Any) -> None:
    waived = tree.cssselect("details.f[data-w]")
    assert len(waived) == 2
    assert {each.get("data-v") for each in waived} == {"violates"}
    assert "2026-04-30T23:59:59+08:00" in waived[0].text_content()


def test_evidence_stands_once_and_findings_point_to_it(tree: Any, dossier: Dossier) -> None:
    assert len(tree.cssselect("#evidence .record[id]")) == len(dossier.readings)
    (first,) = tree.cssselect("#E1")
    assert dossier.readings[0].id in first.text_content()
    assert "收货人：李雷" in first.text_content()
    (second,) = tree.cssselect("#E2")
    assert "not text, see bundle.zip" in second.text_content()
    (fourth,) = tree.cssselect("#E4")
    assert "No whole answer from" in fourth.text_content()


def test_long_evidence_is_cut_and_says_so(tree: Any, dossier: Dossier) -> None:
    (third,) = tree.cssselect("#E3")
    assert "20.0 kB of 63.0 kB" in third.text_content()
    assert len(third.cssselect("pre")[0].text_content().encode()) <= 20_000
    assert dossier.readings[2].id in third.cssselect(".cut")[0].text_content()


def test_missing_evidence_is_named_not_hidden() -> None:
    text = report_html.render(
        sample.dossier(evidence=(), told=sample.verdicts(sample.catalogue(), sample.readings()[0]))
    )
    assert "is not among the evidence of this run" in text.decode()


def test_full_evidence_keeps_the_page_under_three_megabytes() -> None:
    many: list[Reading] = [
        sample.look("page", f"https://shop.example/{number}", {"text": f"<{number}>" * 9000}) for number in range(400)
    ]
    scope = sample.catalogue()
    told = {scope[1].id: Violates(reason=TEXT, observations=tuple(each.id for each in reversed(many)))}
    page = report_html.render(sample.dossier(told=told, evidence=many))
    assert len(page) < 3_000_000
    tree = parse(page)
    # What stands behind a violation has the first claim on the room there is.
    assert tree.cssselect("#E400 pre")
    assert not tree.cssselect("#E1 pre")
    assert "0 B of" in tree.cssselect("#E1")[0].text_content()
    assert "388 more, see report.json" in tree.cssselect(f"[id='f-{scope[1].id}']")[0].text_content()


def test_the_page_needs_nothing_from_outside(page: bytes) -> None:
    text = page.decode()
    tree = parse(page)
    assert not tree.cssselect("script[src], link[rel=stylesheet], img, iframe, object, embed, base, [style]")
    assert all(each.get("href").startswith("#") for each in tree.cssselect("a[href]"))
    for name in ("style", "script"):
        (inline,) = re.findall(rf"<{name}>(.*?)</{name}>", text, re.DOTALL)
        assert not re.search(r"url\((?!#)|@import|https?:", inline)
        known = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
        assert f"{name}-src &#39;sha256-{known}&#39;" in text
    policy = tree.cssselect("meta[http-equiv]")[0].get("content")
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy


def hostile() -> Dossier:
    """Return a dossier with markup in every string that anyone could fill."""
    group = sample.group("9", None, TEXT)
    check = sample.requirement(1, group, TEXT, statement=TEXT, observed=TEXT, reading=TEXT)
    loud: dict[str, Any] = dict.fromkeys(("id", "clause", "document", "chapter", "obligation", "subject"), HOSTILE)
    check = dataclasses.replace(
        check,
        **loud,
        methods=(HOSTILE,),
        thresholds=(Threshold(metric=HOSTILE, operator=">=", value=1, unit=HOSTILE, as_written=HOSTILE),),
    )
    raw = f"<html>{HOSTILE}</html>".encode()
    seen = (
        sample.look(HOSTILE, HOSTILE, {HOSTILE: [HOSTILE, {"\u202egnp.exe\x00": "\x1b[31m"}]}, digest(raw), HOSTILE),
        sample.blind(HOSTILE, HOSTILE, "target", HOSTILE),
    )
    told = Violates(
        reason=TEXT,
        observations=(seen[1].id, HOSTILE),
        measured=Measured(metric=HOSTILE, value=HOSTILE, unit=HOSTILE),
        threshold=Threshold(metric=HOSTILE, operator="<", value=1, unit=HOSTILE),
        repeat=(HOSTILE,),
    )
    waiver = Waiver(requirement_id=HOSTILE, reason=HOSTILE, owner=HOSTILE, expires_at=HOSTILE)
    texts: dict[str, Any] = {
        field.name: HOSTILE for field in dataclasses.fields(Header) if field.type is str and field.name != "lang"
    }
    header = dataclasses.replace(sample.dossier(told={}).report.header, **texts)
    return Dossier(
        report=close(header, conclude((group, check), {HOSTILE: told}, {HOSTILE: waiver})),
        readings=seen,
        attachments={digest(raw): raw},
        catalogue_json=b"[]",
        target={"platform": {"name": HOSTILE}},
    )


def test_hostile_strings_stay_text() -> None:
    raw = report_html.render(hostile())
    page, tree = raw.decode(), parse(raw)
    assert len(tree.cssselect("script")) == 1
    assert len(tree.cssselect("style")) == 1
    assert not tree.cssselect("img, [onerror]")
    assert page.count("document.title=&#39;owned&#39;") > 40
    assert "<script>document" not in page
    assert "49" not in tree.cssselect("h1")[0].text_content()
    shown = tree.cssselect("#E1 pre")[0].text_content()
    assert "\\u202e" in shown
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e]", page)


def test_the_same_dossier_gives_the_same_page(dossier: Dossier, page: bytes) -> None:
    assert report_html.render(dossier) == page
