"""Hosts and backups in a real browser: within the page on a desk and on a phone, one language, unread never green."""

import pytest

from reports.formats import report_html
from tests.reports.formats import scripted_hosts
from tests.reports.formats.browser import Seen, look
from tests.reports.formats.test_backup_pictures import examined

pytestmark = pytest.mark.integration

STEPS = """
  const shown = (each) => each.getClientRects().length > 0;
  const own = [d.getElementById("hosts"), d.getElementById("backups")];
  const all = (selector) => own.flatMap((each) => [...each.querySelectorAll(selector)]);
  const words = (lang) => all(`[lang="${lang}"]`).filter(shown).length;
  for (const each of all("details")) each.open = true;
  said.zh = [words("zh") > 100, words("en")];
  const colour = (name) => w.getComputedStyle(own[0].querySelector(`td .e-${name}`)).color;
  said.lit = ["read", "none"].map(colour);
  said.unread = ["part", "permission", "settings", "target", "missing"].map(colour);
  const spilt = () => {
    const page = own[0].getBoundingClientRect();
    return all("h2, h3, p, svg.lane, .panel, .longest, .legend, .wide").filter(shown)
      .map((each) => each.getBoundingClientRect())
      .filter((each) => each.left < page.left - 1 || each.right > page.right + 1).length;
  };
  said.spilt = [spilt()];
  d.querySelector('label[for="lang-en"]').click(); await settled();
  said.en = [words("zh"), words("en") > 100];
  said.spilt.push(spilt());
  const clear = (each) => each.scrollWidth <= each.clientWidth + 1;
  said.cut = all(".panel dl, .panel p, .longest p").filter(shown).filter((each) => !clear(each)).length;
"""


@pytest.fixture(scope="module", params=[1280, 400])
def seen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    readings = (*scripted_hosts.hosts(), *scripted_hosts.backups(), *scripted_hosts.restores())
    page = report_html.render(examined(*readings))
    return look(page, STEPS, tmp_path_factory.mktemp("browser"), width=request.param)


def test_one_language_at_a_time(seen: Seen) -> None:
    assert seen.said["zh"] == [True, 0]
    assert seen.said["en"] == [0, True]


def test_what_was_not_read_has_another_colour_than_what_was(seen: Seen) -> None:
    assert len(set(seen.said["unread"])) == 1
    assert not set(seen.said["lit"]) & set(seen.said["unread"])


def test_all_lies_within_the_page_and_nothing_is_cut(seen: Seen) -> None:
    assert seen.said["spilt"] == [0, 0]
    assert seen.said["cut"] == 0
    assert seen.said["overflow"] == 0


def test_nothing_is_refused_and_nothing_leaves(seen: Seen) -> None:
    assert seen.said["errors"] == []
    assert seen.said["refused"] == []
    assert seen.console == ()
    assert seen.foreign == ()
