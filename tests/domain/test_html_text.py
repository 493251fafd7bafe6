"""HTML is read as a person sees it, at a cost that does not depend on how it is nested."""

import pytest

from triage_app.domain import html_text
from triage_app.domain.caps import Caps


def text(source: str) -> str:
    return html_text.read(source, Caps()).text


@pytest.mark.parametrize(("source", "expected"), [
    ("<p>one</p><p>two</p>", "one\n\ntwo"),
    ("<div>one</div><div>two</div>three", "one\ntwo\nthree"),
    ("one<br>two<BR/>three", "one\ntwo\nthree"),
    ("<b>one</b>two <i>three</i>", "onetwo three"),
    ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
    ("  many \n\n  spaces&nbsp;&nbsp;here ", "many spaces here"),
    ("<pre>a\nb</pre>c", "a\nb\nc"),
    ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
    ("<style>p {}</style><script>x</script><title>t</title>shown", "shown"),
    ("<body><style>p {}</style>a<style>q {}</style>b", "ab"),
    ("<svg><style><style>x</style></style></svg>a", "a"),
    ("a<!-- b -->c", "ac"),
    ("Pay\u200bPal ac\u00adcount", "PayPal account"),
    ("&lt;b&gt; &amp; &#8364;", "<b> & €"),
    ("İ<pre>x\ny</pre>", "İ\nx\ny"),
    ("", ""),
    ("no tags", "no tags"),
    ("<p>unclosed <b>bold", "unclosed bold"),
])  # fmt: skip
def test_text(source: str, expected: str) -> None:
    assert text(source) == expected


@pytest.mark.parametrize("style", [
    "display:none", "DISPLAY : None", "visibility:hidden", "font-size:0", "font-size: 1px", "max-height:0;",
    "opacity:0", "mso-hide:all",
])  # fmt: skip
def test_hidden_text_is_kept_apart(style: str) -> None:
    read = html_text.read(
        f'<p>seen</p><div style="color:red;{style}">not <p style="display:none">seen</p></div>', Caps()
    )

    assert read.text == "seen"
    assert read.hidden == "not\nseen"


@pytest.mark.parametrize(
    "style", ["font-size:10px", "font-size:1.5em", "display:block", "opacity:0.9", "max-height:0.5em"]
)
def test_text_that_is_seen_is_not_taken_for_hidden(style: str) -> None:
    assert text(f'<div style="{style}">seen</div>') == "seen"


def test_a_tiny_font_that_is_set_again_within_hides_nothing() -> None:
    assert text('<div style="font-size:0"><p style="font-size:14px">seen</p></div>') == "seen"


def test_where_all_is_hidden_it_is_the_text() -> None:
    assert text('<div style="display:none">all there is</div>') == "all there is"


@pytest.mark.parametrize(
    "mark",
    ['div class="gmail_quote"', 'blockquote type="cite"', 'div id="OLK_SRC_BODY_SECTION"', "div class=yahoo_quoted"],
)
def test_quotes_are_kept_apart(mark: str) -> None:
    name = mark.split(maxsplit=1)[0]
    read = html_text.read(f"<div>new</div><{mark}>old <{mark}>older</{name}></{name}>", Caps())

    assert read.text == "new"
    assert read.quoted.split() == ["old", "older"]


def test_an_element_that_is_chosen_twice_is_taken_out_once() -> None:
    read = html_text.read('<div class="gmail_quote yahoo_quoted" id=OLK_SRC_BODY_SECTION>old</div>new', Caps())

    assert (read.text, read.quoted) == ("new", "old")


def test_links_are_found_wherever_they_are() -> None:
    source = (
        "<a href=\"http://a.example/?x=1&amp;y=2\">t</a><A HREF='http://b.example'>t</A><form action=http://c.example/x>"
        "<img src='http://d.example/p.gif'><meta http-equiv=refresh content='0; url=http://e.example/'>"
        "<a href='#top'></a><img src='cid:1'><a href='java\nscript:x'></a>"
    )

    assert html_text.links(source, 100) == (
        "http://a.example/?x=1&y=2",
        "http://b.example",
        "http://c.example/x",
        "http://d.example/p.gif",
        "http://e.example/",
        "javascript:x",
    )


def test_links_are_limited() -> None:
    assert len(html_text.links("".join(f"<a href=http://a.example/{n}>" for n in range(99)), 7)) == 7


@pytest.mark.parametrize(("source", "deep"), [
    ("<div>" * 101, True),
    ("<div>" * 99, False),
    ("<div></div>" * 1_000, False),
    ("<p>" * 1_000, False),
    ("<br>" * 1_000, False),
    ("<table><tr><td>x</td></tr></table>" * 500, False),
    ("<div><table></div></table>" * 200, True),
    ("<b><p></b>" * 300, False),
    ("<b><div></b>" * 300, True),
    ("<div></b>" * 300, True),
    ("<i>" * 101, True),
])  # fmt: skip
def test_depth_is_measured_as_a_browser_nests(source: str, deep: bool) -> None:
    assert html_text.too_deep(source, 100) is deep


def test_what_is_too_deep_is_read_by_a_plain_scan() -> None:
    read = html_text.read("<div>" * 50_000 + "inside &amp; safe", Caps())

    assert (read.text, read.plain_scan) == ("inside & safe", True)
