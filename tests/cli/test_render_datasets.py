from datetime import UTC, datetime

from triage_app.cli.render import to_text
from triage_app.domain.labels import Dataset, Effect, KeywordRule, LabelChange
from triage_app.domain.ticket import TicketId
from triage_app.services.learning_shapes import (
    ExamplePreview,
    ExampleRow,
    KeywordConflict,
    KeywordFigures,
    KeywordSheet,
    LabelCount,
    LabelSheet,
)
from triage_app.services.queries import DatasetList

AT = datetime(2026, 3, 31, 14, 5, tzinfo=UTC)


def test_a_dataset_is_shown_without_all_its_rules() -> None:
    rules = (KeywordRule("A", "zorble", 1.0),) * 400
    found = Dataset("desk", "Desk", ("A", "B\x1b"), "A", keywords=rules, effect=Effect.QUEUE)
    shown = to_text(found)
    assert to_text(DatasetList((found, found))) == f"{shown}\n\n{shown}"
    assert shown.splitlines()[:4] == ["dataset    desk", "title      Desk", "effect     queue", "threshold  0.8"]
    assert shown.endswith("keywords   400 rules\nlabels     A, B ")


def test_a_preview_shows_columns_labels_rows_and_problems() -> None:
    rows = tuple(ExampleRow("VPN", f"see http://evil.example {n} \x1b[31m", "", "", "", "") for n in range(20))
    shown = to_text(
        ExamplePreview(
            ("kind", "words"), ("label=kind", "text=words"), rows, 1_200, (LabelCount("VPN", 1_200),), ("no",)
        )
    )
    assert shown.startswith("1,200 examples of 1 labels\n\ncolumns  kind, words\nread as  label=kind, text=words\n")
    assert shown.endswith("\n\n! no")
    assert "\x1b" not in shown
    assert "http://evil.example" not in shown
    assert shown.count("VPN") == 1 + 5


def test_labels_are_shown_with_how_they_changed() -> None:
    history = (
        LabelChange(AT, "ann", ("A", "B"), "Network"),
        LabelChange(AT, "bo", ("Network",), "VPN", ("vpn", "tunnel*")),
    )
    shown = to_text(LabelSheet("desk", (LabelCount("Network", 40, 2),), history))
    assert "Network  40        2" in shown
    assert "2026-03-31 14:05 ann  A + B became Network" in shown
    assert "2026-03-31 14:05 bo  VPN was split off Network: vpn, tunnel*" in shown
    assert to_text(LabelSheet("desk", (), ())) == "label  examples  corrections"


def test_keyword_rules_are_shown_with_hits_and_contradictions() -> None:
    rule = KeywordFigures("Spam", "account", 2.0, 12, 3, 1, (TicketId(7), TicketId(5)))
    clash = KeywordConflict("Phishing", "Spam", 4, (TicketId(7),))
    shown = to_text(KeywordSheet("category", "labels: {}", 1_000, (rule,), (clash,), ("line 3: no",)))
    assert shown.startswith("1 rules on the newest 1,000 tickets\n\n")
    assert "Spam   account  2       12    3      1      7, 5" in shown
    assert "Phishing  Spam   4      7" in shown
    assert shown.endswith("! line 3: no")
