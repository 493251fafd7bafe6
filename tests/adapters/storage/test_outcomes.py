from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from tests.adapters.storage.samples import NOW, new_ticket, prediction, raw_item
from triage_app.adapters.storage import outcomes as module
from triage_app.adapters.storage.tables import tickets
from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.domain.item import Outcome as Settled
from triage_app.domain.labels import Held, ModelId, Prediction, Reason, Score, Tier
from triage_app.domain.learning import Correction, CorrectionId, Decision
from triage_app.domain.ticket import TicketId

HOUR = timedelta(hours=1)


def add(storage: SqlStorage, number: int, *predictions: Prediction) -> TicketId:
    """A ticket that came in `number` hours after NOW."""
    with storage.write() as uow:
        (raw,) = uow.ledger.add([raw_item(b"item %d" % number)], NOW + number * HOUR)
        assert raw is not None
        new = new_ticket(raw, number)
        new = replace(new, received_at=NOW + number * HOUR, analysis=replace(new.analysis, predictions=predictions))
        (ticket,) = uow.tickets.add([new])
        uow.ledger.settle({raw: (Settled.TICKETED, ticket)}, NOW)
    return ticket


def word(ticket: TicketId, new: str, decision: Decision, hours: int = 0) -> Correction:
    return Correction(
        CorrectionId(0), ticket, "category", decision, "Phishing", new, "ana", NOW + hours * HOUR, "", ModelId("m1"),
        "model", 0.91, "", seconds=9.5,
    )  # fmt: skip


def test_a_prediction_is_told_with_its_ticket_and_the_word_that_stands(storage: SqlStorage) -> None:
    # given a prediction that was corrected, then confirmed as corrected, and a word that was taken back
    full = replace(prediction(), best=Score("Phishing", 0.91), held=Held.STRANGE, likeness=0.25)
    ticket = add(storage, 1, full)
    with storage.write() as uow:
        uow.corrections.add(word(ticket, "Phishing", Decision.STOOD, 4))
        uow.corrections.add(word(ticket, "Spam", Decision.CONFIRMED, 6))
        uow.corrections.add(word(ticket, "Spam", Decision.CORRECTED, 5))
        uow.corrections.set_undone(uow.corrections.add(word(ticket, "Other", Decision.CORRECTED, 9)), undone=True)
    # when
    with storage.read() as uow:
        (found,) = uow.outcomes.of_dataset("category", since=None, until=None)
    # then
    assert (found.ticket, found.source, found.sender, found.subject) == (
        ticket, "files", "Bob <bob1@example.org>", "Subject 1",
    )  # fmt: skip
    assert (found.label, found.tier, found.model_id, found.confidence) == ("Phishing", Tier.MODEL, "m1", 0.91)
    assert (found.best, found.best_confidence, found.held, found.likeness) == ("Phishing", 0.91, Held.STRANGE, 0.25)
    assert (found.decision, found.truth, found.who, found.seconds) == (Decision.CORRECTED, "Spam", "ana", 9.5)
    assert (found.received_at, found.decided_at, found.keywords) == (NOW + HOUR, NOW + 6 * HOUR, ())


@pytest.mark.parametrize(
    ("said", "means"),
    [
        (Decision.CORRECTED, Decision.CONFIRMED),
        (Decision.CONFIRMED, Decision.CONFIRMED),
        (Decision.STOOD, Decision.STOOD),
    ],
)
def test_a_last_word_that_agrees_makes_the_prediction_right(
    storage: SqlStorage, said: Decision, means: Decision
) -> None:
    ticket = add(storage, 1, prediction())
    with storage.write() as uow:
        uow.corrections.add(word(ticket, "Phishing", said))
        (found,) = uow.outcomes.of_dataset("category", since=None, until=None)
    assert found.decision is means


def test_keywords_that_decided_are_named_and_those_against_are_not(storage: SqlStorage) -> None:
    reasons = (Reason("urgent", 2.0), Reason("invoice", -1.0), Reason("pass*", 1.0))
    add(storage, 1, replace(prediction(tier=Tier.KEYWORD), reasons=reasons))
    with storage.read() as uow:
        (found,) = uow.outcomes.of_dataset("category", since=None, until=None)
    assert (found.keywords, found.decision, found.truth) == (("urgent", "pass*"), None, "")


def test_a_stretch_of_time_is_read_by_page_in_order_and_by_dataset(
    storage: SqlStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given tickets that did not come in the order of their ids, and two at one moment
    monkeypatch.setattr(module, "PAGE", 2)
    other = replace(prediction("Blue"), dataset="colour")
    ids = {number: add(storage, number, prediction(), other) for number in (5, 1, 4, 2, 3)}
    with storage.write() as uow:
        uow.transaction.run(text("UPDATE tickets SET received_at = :at WHERE id = :id"), {
            "at": (NOW + 3 * HOUR).timestamp() * 1_000_000, "id": ids[4],
        })  # fmt: skip
    # when
    with storage.read() as uow:
        every = [each.ticket for each in uow.outcomes.of_dataset("category", since=None, until=None)]
        some = [each.ticket for each in uow.outcomes.of_dataset("category", since=NOW + 2 * HOUR, until=NOW + 5 * HOUR)]
        colours = {each.label for each in uow.outcomes.of_dataset("colour", since=None, until=None)}
        nothing = list(uow.outcomes.of_dataset("none", since=None, until=None))
    # then
    assert every == [ids[number] for number in (1, 2, 4, 3, 5)]
    assert some == [ids[number] for number in (2, 4, 3)]
    assert (colours, nothing) == ({"Blue"}, [])


def test_a_month_is_found_by_the_index(storage: SqlStorage) -> None:
    (index,) = [each for each in tickets.indexes if each.name == "ix_tickets_received"]
    assert [each.name for each in index.columns] == ["received_at", "id"]
    with storage.read() as uow:
        if uow.transaction.direct.dialect.name == "sqlite":
            plan = uow.transaction.all(
                text(
                    "EXPLAIN QUERY PLAN SELECT id, subject FROM tickets WHERE lane <> 5 AND received_at >= 1 "
                    "AND received_at < 9 AND (received_at, id) > (3, 4) ORDER BY received_at, id LIMIT 10"
                )
            )
            assert "SEARCH tickets USING INDEX ix_tickets_received" in str(plan)
