import csv
import io
from dataclasses import replace
from html.parser import HTMLParser

from tests.services.test_month_advice import FINE, row
from triage_app.domain.ticket import TicketId
from triage_app.services.learning_shapes import Confusion, Drift, LabelPromise, Saving, WrongKeyword
from triage_app.services.month_pages import figures, share_words, tables, to_figures, to_html, to_text
from triage_app.services.tallying import share

HOSTILE = "<script>alert(1)</script> \u202egpj.exe https://evil.example/x \x1b[31m =cmd|'x'!A1 \ud800"
FULL = replace(
    FINE,
    labels=(row(HOSTILE, 10, share(8, 9), share(1, 2)),),
    promise=(LabelPromise("Spam", 12, 3, 0.8, 0.25, 0.1, 0.5, broken=True),),
    drift=(Drift("volume", 0.1, "More came in."),),
    keywords=(WrongKeyword("Spam", HOSTILE, 10, 8),),
    savings=(Saving("model m1", 20, 10.0, 70.0, 20.0), Saving("rule vpn", 600, 0.0, 25.0, 250.0),
             Saving("keywords", 3, None, 70.0, None)),
    minutes_saved=-5.0,
    confusions=(Confusion("Spam", "Phishing", 4, (TicketId(7),), (HOSTILE,)),),
    next=("Look at it.",),
)  # fmt: skip


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.met: set[str] = set()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.met.add(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_a_page_holds_all_it_needs_and_untrusted_text_stays_text() -> None:
    page = to_html(FULL)
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    assert tags.met <= {
        "html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "ul", "li",
        "table", "thead", "tbody", "tr", "th", "td",
    }  # fmt: skip
    assert "&lt;script&gt;" in page
    for part in ("\u202e", "https://", "\x1b", "url("):
        assert part not in page
    assert "default-src 'none'" in page
    page.encode()


def test_the_text_is_one_line_a_row_and_steers_no_terminal() -> None:
    text = to_text(FULL)
    text.encode()
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "Spam   3 of 12, 25% (10% to 50%)  broken" in text
    assert "Saved, as measured: -5 minutes" in text
    assert "rule vpn  600                   0                25       4.2 hours" in text
    assert "too few" in text


def test_every_part_of_the_report_has_its_figures_and_no_cell_is_a_formula() -> None:
    rows = list(csv.DictReader(io.StringIO(to_figures(FULL))))
    assert {each["section"] for each in rows} == {
        "month", "label", "promise", "drift", "keyword", "saving", "confusion", "next",
    }  # fmt: skip
    assert len(rows) == len(list(figures(FULL)))
    (saved,) = [each["value"] for each in rows if each["figure"] == "minutes_saved"]
    assert saved == "-5.0"
    unknown = [each["value"] for each in rows if each["name"] == "keywords" and each["figure"] == "minutes"]
    assert unknown == [""]


def test_a_name_that_would_be_a_formula_is_none() -> None:
    odd = replace(FINE, sources=(row("=1+1", 3),))
    assert '"\'=1+1"' in to_figures(odd) or ",'=1+1," in to_figures(odd)


def test_parts_that_are_empty_are_left_out_and_long_ones_are_cut() -> None:
    assert list(tables(FINE)) == []
    many = replace(FINE, labels=tuple(row(f"label {number}", 1) for number in range(500)))
    ((_, columns, rows),) = tables(many)
    assert len(rows) == 41
    assert rows[-1][0] == "and 460 more, see the figures"
    assert {len(each) for each in rows} == {len(columns)}


def test_a_share_says_of_how_many_and_how_sure_that_is() -> None:
    assert share_words(share(18, 20)) == "18 of 20, 90% (70% to 97%)"
    assert share_words(share(0, 0)) == "none decided"
