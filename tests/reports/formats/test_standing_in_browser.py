"""The pictures of the standing record in a real browser: on a phone, in both languages, unknown never green."""

from pathlib import Path

import pytest

from tests.reports.formats import scripted_year
from tests.reports.formats.browser import Seen, look
from tests.reports.formats.test_standing_pictures import page

pytestmark = pytest.mark.integration

STEPS = """
  const own = d.getElementById("availability");
  const shown = (each) => each.getClientRects().length > 0;
  const words = (lang) => [...own.querySelectorAll(`text[lang="${lang}"]`)].filter(shown).length;
  said.zh = [words("zh") > 20, words("en")];
  const fill = (name) => w.getComputedStyle(own.querySelector(`.halves rect.${name}`)).fill;
  said.fills = ["good", "some", "bad", "partly", "unknown", "excluded", "future"].map(fill);
  const ground = (name) => w.getComputedStyle(own.querySelector(`#d-${name} .ground`)).fill;
  said.grounds = [ground("good"), ground("some"), ground("unknown")];
  const cells = [...own.querySelectorAll(".halves rect")].map((each) => each.getBoundingClientRect());
  said.square = cells.every((each) => Math.abs(each.width - each.height) < 0.01 && each.width > 8);
  const wide = own.getBoundingClientRect();
  said.inside = [...own.querySelectorAll(".halves rect, .chart path, .chart text")].filter(shown)
    .map((each) => each.getBoundingClientRect())
    .filter((each) => each.left < wide.left - 1 || each.right > wide.right + 1).length;
  const size = (each) => parseFloat(w.getComputedStyle(each).fontSize) * each.getScreenCTM().a;
  said.smallest = Math.min(...[...own.querySelectorAll("text")].filter(shown).map(size));
  d.querySelector('label[for="lang-en"]').click(); await settled();
  said.en = [words("zh"), words("en") > 20];
  for (const each of own.querySelectorAll("details")) each.open = true;
"""


@pytest.fixture(scope="module", params=[1280, 375])
def seen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    drawn = page(scripted_year.year())
    return look(drawn, STEPS, tmp_path_factory.mktemp("browser"), width=request.param)


def test_one_language_at_a_time(seen: Seen) -> None:
    assert seen.said["zh"] == [True, 0]
    assert seen.said["en"] == [0, True]


def test_each_state_has_a_pattern_of_its_own_and_unknown_is_grey(seen: Seen) -> None:
    assert len(set(seen.said["fills"])) == 7
    good, some, unknown = seen.said["grounds"]
    assert len({good, some, unknown}) == 3
    red, green, blue = (int(part) for part in unknown.removeprefix("rgb(").removesuffix(")").split(","))
    assert max(red, green, blue) - min(red, green, blue) < 8


def test_cells_are_squares_and_all_lies_within_the_page(seen: Seen) -> None:
    assert seen.said["square"] is True
    assert seen.said["inside"] == 0
    assert seen.said["overflow"] == 0
    assert seen.said["smallest"] >= 8


def test_nothing_is_refused_and_nothing_leaves(seen: Seen, tmp_path: Path) -> None:
    assert seen.said["errors"] == []
    assert seen.said["refused"] == []
    assert seen.console == ()
    assert seen.foreign == ()
