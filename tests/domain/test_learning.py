from dataclasses import replace
from datetime import UTC, datetime, timedelta

from triage_app.domain.labels import Example, ModelId
from triage_app.domain.learning import (
    Correction,
    CorrectionId,
    Decision,
    data_digest,
    latest_words,
    learnt_from,
)
from triage_app.domain.ticket import TicketId

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
LABELS = ("Phishing", "Spam", "Other")


def word(
    number: int, ticket: int, new: str, *, minutes: int = 0, text: str = "Some text", undone: bool = False
) -> Correction:
    return Correction(
        CorrectionId(number), TicketId(ticket), "category", Decision.CORRECTED, "Other", new, "maria",
        NOON + timedelta(minutes=minutes), "", ModelId("m1"), "model", 0.9, text, undone,
    )  # fmt: skip


def test_the_newest_word_on_a_ticket_wins_by_time_and_then_by_id() -> None:
    words = [word(1, 7, "Spam", minutes=9), word(2, 7, "Phishing", minutes=1), word(3, 8, "Spam"), word(4, 8, "Other")]
    assert [each.id for each in latest_words(words)] == [1, 4]


def test_what_was_taken_back_gives_way_to_the_word_before_it() -> None:
    words = [word(1, 7, "Spam"), word(2, 7, "Phishing", minutes=1, undone=True)]
    assert [each.new for each in latest_words(words)] == ["Spam"]


def test_a_confirmation_teaches_as_a_correction_does() -> None:
    confirmed = replace(word(1, 7, "Spam", text="Buy NOW!"), decision=Decision.CONFIRMED)
    assert learnt_from([confirmed], LABELS) == (
        Example("Spam", "buy now !", "ticket:7", at=confirmed.at, who="maria", ticket=7),
    )


def test_what_was_only_let_stand_teaches_nothing_and_overrules_nobody() -> None:
    stood = replace(word(2, 7, "Spam", minutes=5), decision=Decision.STOOD)
    assert [each.id for each in latest_words([word(1, 7, "Phishing"), stood])] == [1]
    assert learnt_from([stood], LABELS) == ()


def test_labels_that_are_gone_and_empty_texts_teach_nothing() -> None:
    assert learnt_from([word(1, 7, "Gone"), word(2, 8, "Spam", text=" \n")], LABELS) == ()


def test_a_digest_tells_any_two_lists_of_examples_apart() -> None:
    lists = [
        [],
        [Example("A", "x")],
        [Example("A", "x"), Example("A", "y")],
        [Example("A", "y"), Example("A", "x")],
        [Example("Ax", "")],
        [Example("", "Ax")],
        [Example("A", "x1:A1:y")],
    ]
    assert len({data_digest(each) for each in lists}) == len(lists)
    assert data_digest([Example("A", "x")]) == data_digest([Example("A", "x", "ticket:1")])
