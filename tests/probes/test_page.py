import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.page import Field, Link, decode, forms, headings, image_texts, parse, title, visible_links, visible_text

CHINESE = "营业执照公示:统一社会信用代码,网上商城的商品价格与配送费用说明。欢迎光临本店,购买前请阅读用户协议。"


class TestDecode:
    @pytest.mark.parametrize(
        ("codec", "label", "name"),
        [
            ("gb18030", "gb2312", "gb18030"),
            ("gb18030", "GBK", "gb18030"),
            ("gb18030", "gb18030", "gb18030"),
            ("utf-8", "utf-8", "utf-8"),
            ("utf-8", '"UTF8"', "utf-8"),
            ("utf-16-le", "utf-16", "utf-16"),
            ("utf-16-be", "utf-16be", "utf-16be"),
        ],
    )
    def test_the_header_decides(self, codec: str, label: str, name: str) -> None:
        assert decode(CHINESE.encode(codec), f"text/html; charset={label}") == (CHINESE, name)

    def test_big5(self) -> None:
        assert decode("營業執照".encode("big5"), "text/html; charset=Big5") == ("營業執照", "big5")

    def test_gb2312_holds_what_only_gb18030_has(self) -> None:
        assert decode("㐀€𠮷".encode("gb18030"), "text/html;charset=gb2312")[0] == "㐀€𠮷"

    def test_latin1_is_windows_1252(self) -> None:
        assert decode(b"\x80 5", "text/html; charset=iso-8859-1") == ("€ 5", "windows-1252")

    @pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16"])
    def test_a_byte_order_mark_outranks_the_header(self, mark: str) -> None:
        assert decode(CHINESE.encode(mark), "text/html; charset=gbk")[0] == CHINESE

    @pytest.mark.parametrize(
        "declaration",
        [
            '<meta charset="gbk">',
            '<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=gb2312">',
            '<?xml version="1.0" encoding="gb18030"?>',
        ],
    )
    def test_the_page_declares(self, declaration: str) -> None:
        assert decode((declaration + CHINESE).encode("gb18030"), "text/html") == (declaration + CHINESE, "gb18030")

    def test_a_page_that_is_ascii_is_not_utf16(self) -> None:
        assert decode(b'<meta charset="utf-16">x', None)[1] == "utf-8"

    @pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
    def test_nothing_declared_is_guessed(self, codec: str) -> None:
        assert decode(CHINESE.encode(codec), None) == (CHINESE, codec)

    @pytest.mark.parametrize("label", ["rot13", "utf-7", "hex", "no-such", "unicode_escape"])
    def test_odd_labels_are_ignored(self, label: str) -> None:
        assert decode(b"plain \\u0041", f"text/html; charset={label}") == ("plain \\u0041", "utf-8")

    def test_a_character_cut_off_is_still_utf8(self) -> None:
        assert decode(CHINESE.encode()[:-1], None)[1] == "utf-8"

    @given(st.binary(max_size=300), st.none() | st.text(max_size=40))
    def test_no_bytes_raise(self, body: bytes, content_type: str | None) -> None:
        assert isinstance(decode(body, content_type)[0], str)


class TestVisibleText:
    @pytest.mark.parametrize(
        "hidden",
        [
            "<script>no</script>",
            "<style>no{}</style>",
            "<template>no</template>",
            "<noscript>no</noscript>",
            "<!-- no -->",
            "<p hidden>no</p>",
            "<p style='color:red; DISPLAY : none'>no</p>",
            "<p style='visibility:hidden'>no</p>",
            "<p aria-hidden='true'>no</p>",
            "<div hidden><p>no<b>no</b></p></div>",
            "<input type=hidden value=no>",
            "<input type=text value=no>",
            "<img alt=no>",
            "<dialog>no</dialog>",
            "<title>no</title>",
        ],
    )
    def test_what_is_not_seen(self, hidden: str) -> None:
        assert visible_text(f"<body>yes {hidden} and tail</body>") == "yes and tail"

    def test_inline_joins_and_blocks_part(self) -> None:
        html = "<div>资<b>质</b><p>￥<span>12</span><span>.34</span></p>a<br>b<td>c</td></div>"
        assert visible_text(html) == "资质 ￥12.34 a b c"

    def test_space_collapses(self) -> None:
        assert visible_text("<p> a \n\t b&nbsp;c\u3000d </p>") == "a b c d"

    def test_buttons_speak(self) -> None:
        assert visible_text("<form><input type=submit value=登录></form>") == "登录"

    def test_an_element_is_read_without_its_tail(self) -> None:
        assert visible_text(parse("<p><b>in</b> out</p>").find(".//b")) == "in"

    @pytest.mark.parametrize("html", ["", "   ", "<!-- only -->", "\x00", "<", "<html>", "<?xml version='1.0'?>"])
    def test_nothing_is_nothing(self, html: str) -> None:
        assert visible_text(html) in {"", "<"}

    def test_a_declared_encoding_does_no_harm(self) -> None:
        assert visible_text('<?xml version="1.0" encoding="gbk"?><html><body>资质</body></html>') == "资质"

    def test_depth_does_no_harm(self) -> None:
        assert "deep" in visible_text("<div>" * 200 + "deep")
        assert isinstance(visible_text("<div>" * 50_000 + "deep"), str)

    @given(st.text(max_size=300))
    def test_no_text_raises(self, html: str) -> None:
        page = parse(html)
        visible_text(page)
        visible_links(page, "http://shop.example/")
        forms(page, "http://shop.example/")
        headings(page)
        title(page)

    @given(
        st.lists(
            st.sampled_from(["<a href='[", "//[", "'>", "<p>", "</", "<form", " hidden", "x", "&#0;"]), max_size=30
        )
    )
    def test_no_broken_markup_raises(self, parts: list[str]) -> None:
        visible_links("".join(parts), "http://shop.example/")


class TestLinks:
    def test_links_are_absolute_and_in_order(self) -> None:
        html = "<a href='/b?x=1#f'>one</a><a href='c'>two</a><a href='//other.example/'>three</a>"
        assert visible_links(html, "https://shop.example/a/") == (
            Link(text="one", url="https://shop.example/b?x=1"),
            Link(text="two", url="https://shop.example/a/c"),
            Link(text="three", url="https://other.example/"),
        )

    def test_a_picture_is_marked(self) -> None:
        assert visible_links("<a href=/l><img src=x alt='营业 执照'></a>", "http://s/") == (
            Link(text="", url="http://s/l", image_alt="营业 执照"),
        )

    def test_the_base_element_counts(self) -> None:
        assert visible_links("<base href='/sub/'><a href=x>t</a>", "http://s/")[0].url == "http://s/sub/x"

    @pytest.mark.parametrize(
        "href", ["javascript:void(0)", "mailto:a@b", "tel:1", "http://[::1", "http://h:x/", "data:,x"]
    )
    def test_what_leads_nowhere(self, href: str) -> None:
        assert visible_links(f"<a href='{href}'>t</a>", "http://s/") == ()

    def test_hidden_links_are_not_links(self) -> None:
        assert (
            visible_links("<div style='display:none'><a href=/x>t</a></div><a href=/y hidden>t</a>", "http://s/") == ()
        )


def test_title_and_headings() -> None:
    html = "<title> 资质 \n 公示 </title><h1>Licences</h1><h2 hidden>no</h2><h3></h3><h2>More</h2>"
    assert title(html) == "资质 公示"
    assert title("<p>") == ""
    assert headings(html) == ((1, "Licences"), (2, "More"))


def test_forms() -> None:
    html = (
        "<form method=POST action=/login><input name=u><input name=p type=PASSWORD><select name=s></select>"
        "<textarea name=t></textarea><input><button name=b>go</button></form>"
        "<form hidden><input name=x></form><form></form>"
    )
    first, second = forms(html, "http://s/page?q=1")
    assert (first.action, first.method) == ("http://s/login", "post")
    assert first.fields == (
        Field(name="u", kind="text"),
        Field(name="p", kind="password"),
        Field(name="s", kind="select"),
        Field(name="t", kind="textarea"),
        Field(name="b", kind="button"),
    )
    assert (second.action, second.method, second.fields) == ("http://s/page?q=1", "get", ())


def test_image_texts() -> None:
    assert image_texts("<img alt='a'><img><img alt=' '><div hidden><img alt=b></div>") == ("a",)
