"""Similar tickets and two side by side on a terminal."""

from dataclasses import replace
from datetime import UTC, datetime

from triage_app.cli.render import to_text
from triage_app.cli.render_similar import MOST_VALUES
from triage_app.domain.ticket import Severity, Status, TicketId, TicketRow, Verdict
from triage_app.services.search_queries import ComparedValue, Comparison, Parts, SimilarList, SimilarTicket

AT = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
HIT = SimilarTicket(
    id=TicketId(7),
    score=0.8312,
    parts=Parts(0.3, 0.75, 0.1, 1.0),
    reasons=("same URL host, seen in 3 tickets", "71 % of words, such as https://evil.example"),
    strong=True,
    subject="Invoice at https://evil.example/\x1b[2J",
    sender="pay@evil.example",
    status=Status.RESOLVED,
    verdict=Verdict.TRUE_POSITIVE,
    category="Phishing",
    assignee="ann",
    note="Blocked.\nTold " + "everybody " * 40,
    age_days=12.4,
    received_at=AT,
    duplicates=0,
)
ROW = TicketRow(
    TicketId(8), "Invoice 18", "pay@evil.example", "Phishing", 0.9, "model", False, Status.NEW, None, Severity.LOW, 0,
    "", "files", "mail", 0, 0, AT, None, AT, AT,
)  # fmt: skip
COMPARISON = Comparison(
    ticket=ROW,
    other=replace(ROW, id=TicketId(7), subject="Invoice 17", status=Status.RESOLVED, verdict=Verdict.FALSE_POSITIVE),
    score=0.5,
    parts=HIT.parts,
    reasons=HIT.reasons,
    both=(ComparedValue("domain", "evil[.]example", 1_200),),
    only_here=tuple(ComparedValue("file_name", f"{number}.docm") for number in range(MOST_VALUES + 3)),
    only_there=(),
    words=0.71,
    words_here=("eighteen",),
    words_there=(),
    text="",
    other_text="",
    note="See https://evil.example/now",
)


def test_a_hit_is_a_row_with_its_reasons_and_its_note_below() -> None:
    lines = to_text(SimilarList((HIT, replace(HIT, id=TicketId(5), strong=False, note="")), 3, 1_200)).splitlines()
    assert lines[0].split() == ["id", "score", "age", "status", "category", "assignee", "subject", "sender"]
    assert lines[1].startswith("7*  0.83   12 d  true positive  Phishing  ann")
    assert lines[2] == "    same URL host, seen in 3 tickets; 71 % of words, such as hxxps://evil.example"
    assert lines[3].startswith("    note: Blocked. Told everybody")
    assert lines[3].endswith("…")
    assert lines[4].startswith("5   0.83")
    assert lines[-1] == "Counted in the queue, marked *: 3 open, 1,200 past."


def test_nothing_of_a_hit_steers_the_terminal_or_can_be_opened() -> None:
    text = to_text(SimilarList((HIT,), 0, 0))
    assert "https://" not in text
    assert "\x1b" not in text
    assert "Counted" not in text


def test_an_age_is_told_in_days_hours_or_minutes_and_later_ones_are_marked() -> None:
    ages = [400.0, 1.0, 0.5, 0.01, 0.0, -3.0]
    found = SimilarList(tuple(replace(HIT, reasons=(), note="", age_days=age) for age in ages), 0, 0)
    told = [" ".join(line.split()[2:4]) for line in to_text(found).splitlines()[1:]]
    assert told == ["400 d", "1 d", "12 h", "14 min", "0 min", "+3 d"]


def test_where_nothing_is_similar_it_says_so() -> None:
    assert to_text(SimilarList((), 0, 0)) == "Nothing is similar."


def test_two_tickets_are_shown_side_by_side() -> None:
    text = to_text(COMPARISON)
    assert text.startswith(
        "0.50  same URL host, seen in 3 tickets; 71 % of words, such as hxxps://evil.example\n"
        "observables 0.30, text 0.75, fields 0.10, time 1.00\n\n"
    )
    rows = [line.split() for line in text.splitlines()]
    assert ["subject", "Invoice", "18", "Invoice", "17"] in rows
    assert ["status", "new", "false", "positive"] in rows
    assert ["domain", "evil[.]example", "1,200"] in rows
    assert "only ticket 8 has\nkind" in text
    assert "only ticket 7 had" not in text
    assert "3 more: `--json` has them all." in text
    assert "words only in ticket 8: eighteen" in text
    assert "words only in ticket 7" not in text
    assert "how ticket 7 was resolved: See hxxps://evil.example/now" in text


def test_two_tickets_without_anything_in_common() -> None:
    bare = replace(COMPARISON, score=0.0, reasons=(), both=(), only_here=(), words_here=(), note="")
    text = to_text(bare)
    assert text.startswith("0.00  nothing in common")
    assert "resolved" not in text
