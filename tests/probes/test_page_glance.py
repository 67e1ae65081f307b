"""The glance never says that there is something to read where a parser finds nothing."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from probes.page import parse, visible_text
from probes.page_glance import surely_shows_text

PIECES = st.sampled_from(
    [
        "<body>", "<body class='x'>", "<body hidden>", "<BODY>", "</body>", "<p>", "</p>", "<div hidden>", "<div>",
        "</div>", "<div style='display:none'>", "<a href='/x'>", "</a>", "<span aria-hidden='true'>", "</span>",
        "<script>", "</script>", "<style>", "</style>", "<title>", "</title>", "<textarea>", "</textarea>", "<select>",
        "<option>", "</select>", "<template>", "</template>", "<noscript>", "</noscript>", "<svg>", "</svg>", "<!--",
        "-->", "<![CDATA[", "]]>", "<?php", "?>", "tea", " ", "&nbsp;", "\u00a0", "&lt;", "\x00", "\x01", "<", ">", '"',
        "'", "<head>", "</head>", "<html>", "<html hidden>", "<ul>", "<li>", "<h1>", "<table>", "<tr>", "<td>",
        "<dialog>", "<video>", "<xmp>", '<p class="a">', "<!DOCTYPE html>", "<meta charset='utf-8'>", "<frameset>",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=14).map("".join))
@example("<script>'<body>tea'</script><body></body>")
@example("<!-- <body>tea --><body></body>")
@example("<title><body>tea</title><body></body>")
@example("<body hidden>tea</body>")
@example("<body>\x01</body>")
@example("<span hidden><body>tea")
@example("<html hidden><body>tea")
def test_what_is_surely_shown_is_found_by_the_parser(html: str) -> None:
    if surely_shows_text(html):
        assert visible_text(parse(html))


@pytest.mark.parametrize(
    "html",
    [
        "<html><title>Tea</title><body><h1>Tea</h1></body></html>",
        (
            "<!DOCTYPE html><html lang='zh'><head><meta charset='utf-8'><title>茶</title><script>if (a < b) {}</script>"
            "</head>\n<body class='home'>\n <header><a class=\"skip\" href='#main'>跳到正文</a></header></body></html>"
        ),
    ],
)
def test_an_ordinary_page_needs_no_more_than_a_glance(html: str) -> None:
    assert surely_shows_text(html)


@pytest.mark.parametrize(
    "html", ["", "tea", "<body></body>", "<body> \n&nbsp;</body>", "<body><p hidden>tea</p></body>"]
)
def test_where_it_is_not_sure_it_says_nothing(html: str) -> None:
    assert not surely_shows_text(html)
