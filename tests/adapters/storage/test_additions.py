from datetime import timedelta

from sqlalchemy import select, text

from tests.adapters.storage.samples import NOW, add_tickets
from triage_app.adapters.storage.search_tables import text_additions
from triage_app.adapters.storage.unit_of_work import SqlStorage, SqlUnitOfWork
from triage_app.domain.item import RawId


def found(uow: SqlUnitOfWork, word: str) -> list[tuple[int, str, int, bool]]:
    """Ticket, kind, source and whether it was removed of all additions with a word."""
    near = uow.transaction.dialect.is_near
    wanted = (
        "SELECT rowid FROM addition_texts WHERE addition_texts MATCH :word"
        if near
        else "SELECT id FROM addition_texts WHERE words @@ plainto_tsquery('simple', :word)"
    )
    ids = [row[0] for row in uow.transaction.all(text(wanted), {"word": word})]
    rows = uow.transaction.all(select(text_additions).where(text_additions.c.id.in_(ids)).order_by(text_additions.c.id))
    return [(row.ticket_id, row.kind, row.source_id, row.removed) for row in rows]


def test_the_words_of_notes_are_found_until_they_are_taken_back(storage: SqlStorage) -> None:
    one, other = add_tickets(storage, 2)
    with storage.write() as uow:
        first = uow.tickets.add_note(one, NOW, "ana", "Blocked the Gateway\0 at once")
        second = uow.tickets.add_note(other, NOW + timedelta(1), "ben", "gateway is fine")
        assert found(uow, "gateway") == [(one, "note", first, False), (other, "note", second, False)]
        uow.tickets.remove_note(first)
        assert found(uow, "gateway") == [(one, "note", first, True), (other, "note", second, False)]
        assert found(uow, "nowhere") == []


def test_the_words_of_answers_belong_to_their_ticket(storage: SqlStorage) -> None:
    one, other = add_tickets(storage, 2)
    with storage.write() as uow:
        uow.tickets.add_answers([(one, RawId(1), "Thank you, the parcel came"), (other, RawId(2), "Which parcel?")])
        uow.tickets.add_answers([])
        assert found(uow, "parcel") == [(one, "answer", 1, False), (other, "answer", 2, False)]
