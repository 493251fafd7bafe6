"""Audit, review queue, second looks and blast radius for a person."""

import pytest

from triage_app.cli.render import to_text
from triage_app.domain.ticket import TicketId
from triage_app.services.learning_shapes import (
    Agreement,
    Blast,
    BlastRadius,
    LabelAudit,
    LabelTold,
    Overlap,
    ReviewItem,
    ReviewQueue,
    SecondLook,
    SecondLooks,
    Suspect,
)

ESC = "\x1b[2J"
ONE, TWO = TicketId(1), TicketId(2)


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal in which nothing is cut."""
    monkeypatch.setenv("COLUMNS", "200")


def test_an_audit_names_the_place_of_each_suspect() -> None:
    suspects = (
        Suspect(ONE, 0, "Spam", "Phishing", 0.987, "ana", f"verify {ESC} your account"),
        Suspect(TicketId(0), 17, "Other", "Spam", 0.5, "", "buy now"),
    )
    shown = to_text(
        LabelAudit("category", 1_234, suspects, (Overlap("Spam", "Other", 40, 0.125),), (Agreement("Spam", 9, 0.6),))
    )
    assert ESC not in shown
    assert "1,234 examples and corrections" in shown
    assert "0.99   ticket 1  Spam   Phishing  ana  verify  [2J your account" in shown
    assert "0.50   line 17   Other  Spam      -    buy now" in shown
    assert "Spam   Other     12.5%  40" in shown
    assert "Spam   0.60   9" in shown
    assert "None of them looks wrong." in to_text(LabelAudit("category", 9, (), (), ()))


def test_a_review_queue_says_how_much_of_the_open_tickets_it_looked_at() -> None:
    item = ReviewItem(ONE, f"Failed {ESC} logon", "Other", 0.42, 0.8, 7.5, 900, (ONE, TWO))
    shown = to_text(ReviewQueue("category", 2_500, (item,), 2_000))
    assert ESC not in shown
    assert "1       7.50   0.80   900    Other       42%" in shown
    assert "1 kinds of text among the newest 2,000 of 2,500 open tickets" in shown
    assert "among 1 open tickets" in to_text(ReviewQueue("category", 1, (item,), 1))
    assert "Nothing to label" in to_text(ReviewQueue("category", 0, ()))


def test_a_label_for_a_kind_names_the_first_tickets() -> None:
    many = tuple(TicketId(number) for number in range(1, 31))
    assert to_text(LabelTold("Spam", many, planned=True)).startswith("30 tickets would get the label Spam: 1, 2, 3,")
    assert to_text(LabelTold("Spam", many)).endswith("19, 20 and 10 more")
    assert to_text(LabelTold("Spam", (ONE,))) == "1 ticket got the label Spam: 1"


def test_second_looks_and_a_blast_radius_are_lines() -> None:
    assert "2       category  Sub [2Jject" in to_text(SecondLooks((SecondLook(TWO, f"Sub{ESC}ject", "category"),)))
    assert "No ticket waits" in to_text(SecondLooks(()))
    change = Blast(TWO, f"Crane {ESC}", "Ships", 0.9, "Tools", 0.95)
    shown = to_text(BlastRadius(ONE, "Tools", 7, (change,), "Tried."))
    assert ESC not in shown
    assert "2       Ships   90%  Tools   95%  Crane" in shown
    assert shown.endswith("1 of 7 open tickets would get another suggestion.\n\nTried.")
    assert to_text(BlastRadius(ONE, "Tools", 7, (), "Tried.")).startswith("0 of 7")
