"""The pictures of drills in a real browser: on a phone, in both languages, what tells nothing never green."""

import pytest

from reports.formats import report_html
from tests.reports.formats.browser import Seen, look
from tests.reports.formats.scripted_drills import reading
from tests.reports.formats.test_drill_pictures import examined

pytestmark = pytest.mark.integration

STEPS = """
  const own = d.getElementById("drills");
  const shown = (each) => each.getClientRects().length > 0;
  const words = (lang) => [...own.querySelectorAll(`[lang="${lang}"]`)].filter(shown).length;
  said.zh = [words("zh") > 20, words("en")];
  const paint = (name) => {
    const style = w.getComputedStyle(own.querySelector(`.legend .r-${name}, .drill .r-${name}`));
    return `${style.fill} ${style.stroke}`;
  };
  said.paints = ["within", "over", "open", "untold", "free"].map(paint);
  const wide = own.getBoundingClientRect();
  said.inside = [...own.querySelectorAll(".course rect, .times text, .mark, .degree")].filter(shown)
    .map((each) => each.getBoundingClientRect())
    .filter((each) => each.left < wide.left - 8 || (each.right > wide.right + 8 && !said.phone)).length;
  const bars = [...own.querySelectorAll(".course")].filter((each) => each.getBoundingClientRect().width < 200);
  said.narrow = bars.length;
  d.querySelector('label[for="lang-en"]').click(); await settled();
  said.en = [words("zh"), words("en") > 20];
"""


@pytest.fixture(scope="module", params=[1280, 375])
def seen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    steps = f"said.phone = {'true' if request.param < 500 else 'false'};{STEPS}"
    drawn = report_html.render(examined(reading()))
    return look(drawn, steps, tmp_path_factory.mktemp("browser"), width=request.param)


def test_one_language_at_a_time(seen: Seen) -> None:
    assert seen.said["zh"] == [True, 0]
    assert seen.said["en"] == [0, True]


def test_each_outcome_has_a_paint_of_its_own(seen: Seen) -> None:
    assert len(set(seen.said["paints"])) == 5


def test_all_lies_within_the_page(seen: Seen) -> None:
    assert seen.said["inside"] == 0
    assert seen.said["narrow"] == 0
    assert seen.said["overflow"] == 0


def test_nothing_is_refused_and_nothing_leaves(seen: Seen) -> None:
    assert seen.said["errors"] == []
    assert seen.said["refused"] == []
    assert seen.console == ()
    assert seen.foreign == ()
