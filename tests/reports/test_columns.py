import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from reports.columns import cut, pad, width, wrap


def test_a_chinese_character_takes_two_columns() -> None:
    assert width("ab中文") == 6
    assert pad("中文", 6) == "中文  "
    assert pad("12", 4, right=True) == "  12"
    assert pad("中文", 3) == "中文"


@pytest.mark.parametrize(
    ("text", "columns", "told"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abcde…"),
        ("中文字符", 8, "中文字符"),
        ("中文字符", 7, "中文字…"),
        ("中文", 3, "中…"),
    ],
)
def test_what_is_too_long_is_cut(text: str, columns: int, told: str) -> None:
    assert cut(text, columns) == told


def test_lines_break_at_blanks_and_between_chinese_characters() -> None:
    assert wrap("one two three", 8, indent="  ", first="- ") == ["- one", "  two", "  three"]
    assert wrap("买家乙读到订单", 8) == ["买家乙读", "到订单"]


def test_no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one() -> None:
    assert wrap("买家乙读，到", 8) == ["买家乙", "读，到"]
    assert wrap("买家乙（丙）", 8) == ["买家乙", "（丙）"]


def test_a_long_word_stands_unbroken() -> None:
    assert wrap("see https://shop.example/orders/100017/ again", 12) == [
        "see",
        "https://shop.example/orders/100017/",
        "again",
    ]


@given(st.text(alphabet="ab 中文，。（", max_size=60), st.integers(min_value=8, max_value=40))
def test_nothing_is_lost_and_lines_fit(text: str, columns: int) -> None:
    lines = wrap(text, columns)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(cell_len(line) <= columns or " " not in line.strip() for line in lines)
