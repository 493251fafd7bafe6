"""What is shown of untrusted HTML loads nothing, runs nothing, leads nowhere and hides nothing."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from triage_app.adapters.sanitise import DEPTH, TABLE_DEPTH, HtmlSanitiser
from triage_app.domain.caps import Caps

CASES = YAML(typ="safe", pure=True).load(Path(__file__).parents[1] / "cases" / "html" / "cases.yaml")
ELEMENTS = frozenset({
    "p", "div", "br", "span", "b", "strong", "i", "em", "u", "s", "blockquote", "pre", "code", "ul", "ol", "li",
    "dl", "dt", "dd",
    "h1", "h2", "h3", "h4", "h5", "h6", "hr", "sub", "sup", "small", "big", "center",
    "table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th",
})  # fmt: skip
LIVE = re.compile(r"\b(?:https?|ftps?)://|\b(?:javascript|vbscript):|\bfile:/|\bdata:[a-z]+/", re.IGNORECASE)


class Shape(HTMLParser):
    """Elements and attributes as another parser sees them, and how deep elements and tables nest."""

    def __init__(self, shown: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.depth = self.deepest = self.tables = self.deepest_table = 0
        self.feed(shown)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {(name, value or "") for name, value in attrs}
        if tag not in {"br", "hr"}:
            self.depth += 1
            self.tables += tag == "table"
        self.deepest, self.deepest_table = max(self.deepest, self.depth), max(self.deepest_table, self.tables)

    def handle_endtag(self, tag: str) -> None:
        self.depth -= 1
        self.tables -= tag == "table"


def assert_safe(shown: str) -> None:
    shape = Shape(shown)
    assert shape.elements <= ELEMENTS
    assert {name for name, _ in shape.attributes} <= {"colspan", "rowspan"}
    assert all(value.isdigit() and int(value) <= 100 for _, value in shape.attributes)
    assert "<!" not in shown
    assert not LIVE.search(shown)


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 40
    assert len({case["name"] for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(case: dict[str, str]) -> None:
    shown = HtmlSanitiser()(case["html"])

    assert_safe(shown)
    assert [text for text in case["shows"] if text not in shown] == []
    assert [text for text in case["hides"] if text in shown] == []


@given(st.lists(st.sampled_from([
    "<a href='http://e.example/'>", "</a>", "<img src=x onerror=y>", "<svg>", "</svg>", "<style>", "</style>",
    "<table>", "<td>",
    "</table>", "<script>", "</script>", "<math>", "<mtext>", "<!--", "-->", "<p title='", "'>", "\"",
    "<textarea>", "</textarea>",
    "<title>", "</title>", "<b>", "</b>", "<template>", "</template>", "javascript:", "&lt;", "&#x3c;",
    "<noscript>", "text",
    "<select>", "</select>", "<form action=//x>", "<base href=//x>", "<foreignObject>",
    "<annotation-xml encoding=text/html>",
]), max_size=30))  # fmt: skip
def test_no_mixture_of_tricks_survives(pieces: list[str]) -> None:
    assert_safe(HtmlSanitiser()("".join(pieces)))


def test_tables_nest_only_so_deep_as_the_widget_bears() -> None:
    source = "<table><tr><td>" * 30 + "innermost" + "</td></tr></table>" * 30

    shown = HtmlSanitiser()(source)

    assert "innermost" in shown
    assert Shape(shown).deepest_table <= TABLE_DEPTH


def test_tables_within_the_limit_stay_tables() -> None:
    shown = HtmlSanitiser()("<table><tr><td>" * TABLE_DEPTH + "innermost" + "</td></tr></table>" * TABLE_DEPTH)

    assert Shape(shown).deepest_table == TABLE_DEPTH


@pytest.mark.parametrize("source", [
    "<div>" * 40_000 + "innermost",
    "<div><table></div></table>" * 8_000 + "innermost",
    "<b><p></b>" * 20_000 + "innermost",
    "<font>" * 300 + "<p>innermost",
    "<blockquote>" * 1_000 + "innermost" + "</blockquote>" * 1_000,
])  # fmt: skip
def test_what_nests_too_deep_is_shown_as_text(source: str) -> None:
    shown = HtmlSanitiser()(source)

    assert "innermost" in shown
    assert_safe(shown)
    assert Shape(shown).deepest <= DEPTH + 5


def test_a_long_message_is_cut_and_says_so() -> None:
    shown = HtmlSanitiser(Caps(html=1_000))("<p>word</p>" * 1_000)

    assert len(shown) < 2_500
    assert "longer than what is shown" in shown
