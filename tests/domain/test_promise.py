from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from triage_app.domain.labels import ModelId
from triage_app.domain.learning import Correction, CorrectionId, Decision
from triage_app.domain.promise import NEWEST, is_broken, kept
from triage_app.domain.ticket import TicketId

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def decided(ticket: int, new: str = "Spam", minutes: int = 0) -> Correction:
    return Correction(
        CorrectionId(ticket), TicketId(ticket), "category", Decision.CONFIRMED, "Spam", new, "ana",
        NOW + timedelta(minutes=minutes), "", ModelId("m1"), "model", 0.9, "", best="Spam", best_confidence=0.9,
    )  # fmt: skip


def test_right_is_what_the_model_found() -> None:
    assert kept([decided(1), decided(2, "Other"), decided(3)]) == (2, 3)
    assert kept([]) == (0, 0)


def test_the_last_word_on_a_ticket_counts_and_none_that_was_taken_back() -> None:
    second = replace(decided(1, "Other", minutes=5), id=CorrectionId(7))
    assert kept([decided(1), second]) == (0, 1)
    assert kept([decided(1), replace(second, undone=True)]) == (1, 1)


def test_only_the_newest_count_so_that_a_label_mends() -> None:
    bad = [decided(ticket, "Other", minutes=ticket) for ticket in range(1, 51)]
    good = [decided(ticket, minutes=ticket) for ticket in range(51, 51 + NEWEST)]
    assert kept([*good, *bad]) == (NEWEST, NEWEST)


@pytest.mark.parametrize(
    ("right", "n", "broken"),
    [(0, 9, False), (0, 10, True), (5, 10, True), (6, 10, False), (150, 200, False), (140, 200, True)],
)
def test_it_is_broken_where_the_interval_lies_below_what_was_wanted(right: int, n: int, broken: bool) -> None:
    assert is_broken(right, n, 0.8) is broken
