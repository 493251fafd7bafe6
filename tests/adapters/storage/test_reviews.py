from dataclasses import replace
from datetime import timedelta

import pytest

from tests.adapters.storage.samples import NOW, add_tickets
from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.domain.errors import NotFound
from triage_app.domain.ticket import TicketId
from triage_app.services.learning_shapes import Review

LATER = NOW + timedelta(hours=1)


def asked(ticket: int, who: str = "ana", dataset: str = "category") -> Review:
    return Review(TicketId(ticket), dataset, NOW, "Spam", who)


def test_a_second_opinion_is_asked_once_and_waits_for_somebody_else(storage: SqlStorage) -> None:
    add_tickets(storage, 3)
    with storage.write() as uow:
        assert uow.reviews.ask(asked(2))
        assert uow.reviews.ask(asked(1, "bob"))
        assert uow.reviews.ask(asked(1, dataset="other"))
        # when a ticket is decided again
        assert not uow.reviews.ask(replace(asked(2), first="Phishing"))
    with storage.read() as uow:
        # then the first word stays
        assert uow.reviews.get(TicketId(2), "category") == asked(2)
        assert uow.reviews.get(TicketId(3), "category") is None
        assert uow.reviews.waiting("category", not_by="eve", limit=9) == [asked(2), asked(1, "bob")]
        assert uow.reviews.waiting("category", not_by="eve", limit=1) == [asked(2)]
        assert uow.reviews.waiting("category", not_by="ana", limit=9) == [asked(1, "bob")]


def test_an_opinion_is_given_once_taken_back_and_given_again(storage: SqlStorage) -> None:
    add_tickets(storage, 1)
    with storage.write() as uow:
        uow.reviews.ask(asked(1))
        done = replace(asked(1), second="Phishing", second_who="bob", second_at=LATER)
        assert uow.reviews.answer(TicketId(1), "category", "Phishing", "bob", LATER) == done
        assert uow.reviews.done("category") == [done]
        assert uow.reviews.done("other") == []
        with pytest.raises(NotFound, match="second-looks"):
            uow.reviews.answer(TicketId(1), "category", "Spam", "eve", LATER)
        uow.reviews.reopen(TicketId(1), "category")
        assert uow.reviews.done("category") == []
        assert uow.reviews.waiting("category", not_by="", limit=9) == [asked(1)]


def test_a_request_that_is_withdrawn_waits_for_nobody(storage: SqlStorage) -> None:
    add_tickets(storage, 2)
    with storage.write() as uow:
        uow.reviews.ask(asked(1))
        uow.reviews.ask(asked(2))
        uow.reviews.withdraw(TicketId(1), "category")
        assert uow.reviews.waiting("category", not_by="", limit=9) == [asked(2)]
        with pytest.raises(NotFound):
            uow.reviews.answer(TicketId(1), "category", "Spam", "eve", LATER)
