"""Load runs in a real browser: within the page on a desk and on a phone, in one language, and nothing cut."""

import pytest

from reports.formats import report_html
from tests.reports.formats import sample, scripted_load
from tests.reports.formats.browser import Seen, look
from tests.reports.formats.test_backup_pictures import examined

pytestmark = pytest.mark.integration

STEPS = """
  const shown = (each) => each.getClientRects().length > 0;
  const own = d.getElementById("load");
  const all = (selector) => [...own.querySelectorAll(selector)];
  const words = (lang) => all(`[lang="${lang}"]`).filter(shown).length;
  for (const each of all("details")) each.open = true;
  said.zh = [words("zh") > 60, words("en")];
  const spilt = () => {
    const page = own.getBoundingClientRect();
    return all("h2, h3, p, dl, figure > svg, .panel, .wide, svg text").filter(shown)
      .map((each) => each.getBoundingClientRect())
      .filter((each) => each.left < page.left - 1 || each.right > page.right + 1).length;
  };
  said.spilt = [spilt()];
  said.lines = all("path.rate-delivered, path.lat-p99").filter((each) => each.getBBox().width > 100).length;
  d.querySelector('label[for="lang-en"]').click(); await settled();
  said.en = [words("zh"), words("en") > 60];
  said.spilt.push(spilt());
  said.cut = all(".panel dl, .panel p").filter(shown).filter((each) => each.scrollWidth > each.clientWidth + 1).length;
"""


@pytest.fixture(scope="module", params=[1280, 400])
def seen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    page = report_html.render(examined(sample.look("ledger.load", "platform", scripted_load.runs())))
    return look(page, STEPS, tmp_path_factory.mktemp("browser"), width=request.param)


def test_one_language_at_a_time(seen: Seen) -> None:
    assert seen.said["zh"] == [True, 0]
    assert seen.said["en"] == [0, True]


def test_all_lies_within_the_page_and_nothing_is_cut(seen: Seen) -> None:
    assert seen.said["spilt"] == [0, 0]
    assert (seen.said["cut"], seen.said["overflow"]) == (0, 0)
    assert seen.said["lines"] == 4


def test_nothing_is_refused_and_nothing_leaves(seen: Seen) -> None:
    assert seen.said["refused"] == []
    assert seen.said["errors"] == []
    assert seen.foreign == ()
