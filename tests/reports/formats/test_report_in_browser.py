"""``report.html`` in a real browser: the filter, the languages, a phone's width, and silence on the wire."""

from pathlib import Path

import pytest

from reports.dossier import Dossier
from reports.formats import report_html
from tests.reports.formats import sample
from tests.reports.formats.browser import Seen, look
from tests.reports.formats.test_report_html import hostile

pytestmark = pytest.mark.integration

STEPS = """
  const shown = () => Number(d.body.dataset.shown);
  const visible = () => d.querySelectorAll("details.f:not([hidden])").length;
  const box = (value) => d.querySelector(`#filter input[value="${value}"]`);
  const set = (id, value) => {
    const field = d.getElementById(id);
    field.value = value;
    field.dispatchEvent(new w.Event("input", {bubbles: true}));
  };
  said.all = shown();
  box("violates").click(); said.violates = shown(); said.visible = visible(); said.hash = w.location.hash;
  set("c", "SBT 7"); said.chapter = shown();
  d.querySelector("button[type=reset]").click(); await settled(); said.cleared = shown();
  set("q", "sbt-3.1-MTBF"); said.id = shown();
  set("q", "运行时间不足"); said.chinese = shown();
  set("q", "last of it is nowhere"); said.none = !d.getElementById("none").hidden;
  d.querySelector("button[type=reset]").click(); await settled();
  const link = d.querySelector("details.f.violates.check a[data-e]");
  link.closest("details").open = true; link.click();
  said.evidence = link.parentElement.querySelector(".record pre").textContent.includes("100017");
  link.click(); said.folded = link.parentElement.querySelector(".record") === null;
  const english = d.querySelector('.cover h2 [lang="en"]'), chinese = d.querySelector('.cover h2 [lang="zh"]');
  const spoken = () => [d.documentElement.lang, english.offsetWidth > 0, chinese.offsetWidth > 0];
  said.zh = spoken();
  d.querySelector('label[for="lang-en"]').click(); await settled();
  said.en = [...spoken(), d.querySelector("#k option").textContent];
  box("undetermined").click();
  w.location.hash = d.querySelector("details.f.violates.check").id; await settled();
  said.anchored = [shown(), d.querySelector("details.f.violates.check").open];
"""


@pytest.fixture(scope="module")
def dossier() -> Dossier:
    return sample.dossier()


@pytest.fixture(scope="module")
def seen(dossier: Dossier, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    return look(report_html.render(dossier), STEPS, tmp_path_factory.mktemp("browser"))


def test_the_filter_counts_what_it_shows(seen: Seen, dossier: Dossier) -> None:
    footer = dossier.report.footer
    assert seen.said["all"] == footer.total
    assert seen.said["violates"] == seen.said["visible"] == footer.summary["violates"]
    assert 0 < seen.said["chapter"] < footer.summary["violates"]
    assert seen.said["cleared"] == footer.total
    assert (seen.said["id"], seen.said["chinese"], seen.said["none"]) == (1, 1, True)
    assert seen.said["hash"] == "#?v=violates&lang=zh"


def test_evidence_opens_below_its_finding(seen: Seen) -> None:
    assert seen.said["evidence"] is True
    assert seen.said["folded"] is True


def test_the_language_is_one_at_a_time(seen: Seen) -> None:
    assert seen.said["zh"] == ["zh-CN", False, True]
    assert seen.said["en"] == ["en", True, False, "All"]


def test_a_link_to_a_filtered_finding_shows_it(seen: Seen, dossier: Dossier) -> None:
    assert seen.said["anchored"] == [dossier.report.footer.total, True]


def test_nothing_is_wrong_and_nothing_leaves(seen: Seen) -> None:
    assert seen.said["errors"] == []
    assert seen.said["refused"] == []
    assert seen.console == ()
    assert seen.paths == ("/", "/report.html")
    assert seen.foreign == ()


def test_the_address_brings_the_filter_back(dossier: Dossier, tmp_path: Path) -> None:
    told = look(
        report_html.render(dossier),
        "said.shown = Number(d.body.dataset.shown); said.lang = d.documentElement.lang;",
        tmp_path,
        fragment="#?v=conforms.violates&k=yes&lang=en",
    ).said
    counting = dossier.report.footer.counting
    assert told["shown"] == counting["conforms"] + counting["violates"]
    assert told["lang"] == "en"


@pytest.mark.parametrize("made", [sample.dossier(), hostile()], ids=["sample", "hostile"])
def test_a_phone_needs_no_sideways_scrolling(made: Dossier, tmp_path: Path) -> None:
    steps = 'for (const each of d.querySelectorAll("details")) each.open = true; said.title = d.title;'
    seen = look(report_html.render(made), steps, tmp_path, width=375)
    assert seen.said["overflow"] == 0
    assert seen.said["errors"] == []
    assert seen.said["title"] != "owned"
    assert seen.console == ()
    assert seen.paths == ("/", "/report.html")


def test_without_javascript_everything_can_be_read(dossier: Dossier, tmp_path: Path) -> None:
    page = report_html.render(dossier).replace(b"script-src 'sha256", b"script-src 'sha000")
    page = page.replace(b"script-src &#39;sha256", b"script-src &#39;sha000")
    steps = """
      said.filter = d.getElementById("filter").offsetHeight;
      const row = d.querySelector("details.f"); row.open = true;
      said.row = row.querySelector("dl").offsetHeight > 0;
      d.querySelector('label[for="lang-en"]').click(); await settled();
      said.english = d.querySelector('.cover h2 [lang="en"]').offsetWidth > 0;
    """
    told = look(page, steps, tmp_path).said
    assert (told["filter"], told["row"], told["english"]) == (0, True, True)
