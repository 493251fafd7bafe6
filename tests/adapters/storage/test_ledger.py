from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from tests.adapters.storage.samples import NOW, add_tickets, new_ticket, raw_item
from triage_app.adapters.storage.ledger import READER_CODE
from triage_app.adapters.storage.tables import raw_items, sources
from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.domain.errors import InvalidState, NotFound
from triage_app.domain.item import Outcome, RawId, RawItem
from triage_app.domain.ledger import Balance
from triage_app.services.shapes import Place


def test_items_come_back_as_received(storage: SqlStorage) -> None:
    content = bytes(range(256)) * 50
    with storage.write() as uow:
        (raw,) = uow.ledger.add([raw_item(content)], NOW)
        assert raw is not None
        stored = uow.ledger.get(raw)
    assert (stored.content, stored.received_at, stored.outcome) == (content, NOW, Outcome.PENDING)
    assert (stored.source, stored.origin) == ("files", "box/1.eml")


def test_what_is_known_is_not_stored_again(storage: SqlStorage) -> None:
    first, second = raw_item(b"one"), raw_item(b"two")
    with storage.write() as uow:
        ids = uow.ledger.add([first, second, first], NOW)
        assert ids == [1, 2, None]
    with storage.write() as uow:
        assert uow.ledger.add([second, raw_item(b"three"), first], NOW) == [None, 3, None]
        assert uow.ledger.add([], NOW) == []
    with storage.read() as uow:
        assert uow.ledger.balance() == [Balance("files", 3, 0, 0, 0, 0, 3)]


def test_the_same_uid_of_another_source_is_another_item(storage: SqlStorage) -> None:
    with storage.write() as uow:
        ids = uow.ledger.add([raw_item(b"x", uid="7", source=each) for each in ("b", "a", "b")], NOW)
        assert ids == [1, 2, None]
        assert [each.source for each in uow.ledger.balance()] == ["a", "b"]


def test_hostile_names_are_kept_as_text_that_a_database_can_hold(storage: SqlStorage) -> None:
    item = raw_item(b"x", uid="a\0b\ud800c", source="so\0urce")
    with storage.write() as uow:
        assert uow.ledger.add([item], NOW) == [1]
        assert uow.ledger.add([item], NOW) == [None]
        assert uow.ledger.get(RawId(1)).source == "so\ufffdurce"


def test_pending_items_come_by_page(storage: SqlStorage) -> None:
    with storage.write() as uow:
        uow.ledger.add([raw_item(b"%d" % n) for n in range(5)], NOW)
        uow.ledger.park({RawId(2): ("broken", "why")}, NOW)
    with storage.read() as uow:
        assert [each.id for each in uow.ledger.pending(2)] == [1, 3]
        page = uow.ledger.pending(9, after=RawId(3))
        assert [(each.id, each.content, each.received_at) for each in page] == [(4, b"3", NOW), (5, b"4", NOW)]
        assert uow.ledger.still_pending([RawId(1), RawId(2), RawId(99)]) == {1}


def test_an_item_is_settled_once(storage: SqlStorage) -> None:
    (ticket,) = add_tickets(storage, 1)
    with storage.read() as uow:
        (held,) = uow.ledger.of_ticket(ticket)
        assert (held.content, held.outcome) == (b"item 0", Outcome.TICKETED)
    with storage.write() as uow:
        with pytest.raises(InvalidState):
            uow.ledger.settle({RawId(1): (Outcome.DROPPED, None)}, NOW)
        with pytest.raises(InvalidState):
            uow.ledger.park({RawId(1): ("late", "late")}, NOW)
        with pytest.raises(NotFound):
            uow.ledger.settle({RawId(77): (Outcome.DROPPED, None)}, NOW)


def test_a_parked_item_shows_its_reason_and_can_be_tried_again(storage: SqlStorage) -> None:
    with storage.write() as uow:
        uow.ledger.add([raw_item(b"a", reason="no mail"), raw_item(b"bb"), raw_item(b"c")], NOW)
        uow.ledger.park({RawId(2): ("timeout", "took too long")}, NOW)
        parked = uow.ledger.parked()
        assert [(each.id, each.code, each.reason, each.attempts, each.size) for each in parked] == [
            (1, READER_CODE, "no mail", 1, 1),
            (2, "timeout", "took too long", 1, 2),
        ]
        assert uow.ledger.unpark(RawId(2)) == 1
        assert [each.id for each in uow.ledger.pending(9)] == [2, 3]
        uow.ledger.park({RawId(2): ("timeout", "again")}, NOW)
        assert uow.ledger.parked()[1].attempts == 2
        assert uow.ledger.unpark(None) == 2
        assert uow.ledger.parked() == []
        with pytest.raises(NotFound):
            uow.ledger.unpark(RawId(3))
        with pytest.raises(NotFound):
            uow.ledger.get(RawId(44))


def test_a_dismissal_can_be_taken_back(storage: SqlStorage) -> None:
    with storage.write() as uow:
        uow.ledger.add([raw_item(b"a", reason="no mail")], NOW)
        before = uow.ledger.parked()
        item = uow.ledger.dismiss(RawId(1), NOW + timedelta(hours=1))
        assert [item] == before
        assert uow.ledger.balance() == [Balance("files", 1, 0, 0, 1, 0, 0)]
        with pytest.raises(NotFound):
            uow.ledger.dismiss(RawId(1), NOW)
        uow.ledger.restore_parked(item)
        assert uow.ledger.parked() == before
        with pytest.raises(NotFound):
            uow.ledger.restore_parked(item)


def test_an_item_whose_ticket_was_taken_back_counts_as_dropped_and_keeps_its_content(storage: SqlStorage) -> None:
    with storage.write() as uow:
        uow.ledger.add([raw_item(b"a")], NOW)
        (ticket,) = uow.tickets.add([new_ticket(RawId(1))])
        uow.ledger.settle({RawId(1): (Outcome.TICKETED, ticket)}, NOW)
        uow.ledger.take_back(RawId(1))
        assert uow.ledger.balance() == [Balance("files", 1, 0, 0, 1, 0, 0)]
        assert uow.ledger.of_ticket(ticket) == []
        found = uow.ledger.get(RawId(1))
        assert (found.outcome, found.content) == (Outcome.DROPPED, b"a")
        with pytest.raises(NotFound):
            uow.ledger.take_back(RawId(2))


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "bad", "settle", "park", "unpark", "take_back", "dismiss"]),
        st.integers(0, 30),
        st.sampled_from([Outcome.MERGED, Outcome.DROPPED, Outcome.TICKETED]),
        st.sampled_from(["a", "b"]),
    ),
    max_size=40,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_the_balance_has_no_difference_and_equals_a_count_of_the_rows(
    storage: SqlStorage, steps: list[tuple[str, int, Outcome, str]]
) -> None:
    with storage.write() as uow:
        for verb, number, outcome, source in steps:
            raw = RawId(number + 1)
            try:
                if verb in {"add", "bad"}:
                    item = raw_item(b"%d" % number, source=source, reason="bad" if verb == "bad" else "")
                    uow.ledger.add([item], NOW)
                elif verb == "settle":
                    uow.ledger.settle({raw: (outcome, None)}, NOW)
                elif verb == "park":
                    uow.ledger.park({raw: ("x", "y")}, NOW)
                elif verb == "take_back":
                    uow.ledger.take_back(raw)
                elif verb == "unpark":
                    uow.ledger.unpark(raw if number % 2 else None)
                else:
                    uow.ledger.dismiss(raw, NOW)
            except (InvalidState, NotFound):
                continue
        counted = uow.transaction.all(
            select(sources.c.name, func.count()).join(raw_items).group_by(sources.c.name).order_by(sources.c.name)
        )
        balance = uow.ledger.balance()
        assert [(each.source, each.seen) for each in balance if each.seen] == [tuple(each) for each in counted]
        for each in balance:
            assert each.difference == 0
            for name, code in (("pending", 0), ("ticketed", 1), ("merged", 2), ("dropped", 3), ("parked", 4)):
                rows = uow.transaction.all(
                    select(raw_items.c.id)
                    .join(sources)
                    .where(sources.c.name == each.source, raw_items.c.outcome == code)
                )
                assert len(rows) == getattr(each, name)


def test_what_became_tickets_is_replayed_in_pages_of_bounded_size(storage: SqlStorage) -> None:
    # given five items, one of them parked, two received a day later
    with storage.write() as uow:
        uow.ledger.add([raw_item(b"%d" % n * 10) for n in range(3)], NOW)
        uow.ledger.add([raw_item(b"%d" % n * 10) for n in range(3, 5)], NOW + timedelta(days=1))
        uow.ledger.park({RawId(2): ("broken", "why")}, NOW)
    with storage.read() as uow:

        def replayed(since: timedelta | None, after: int, most_bytes: int) -> list[int]:
            at = None if since is None else NOW + since
            return [each.id for each in uow.ledger.replay(at, after=RawId(after), limit=3, most_bytes=most_bytes)]

        # then the parked one is left out, and a page ends where its items are too large together
        assert replayed(None, 0, 1000) == [1, 3, 4]
        assert replayed(None, 4, 1000) == [5]
        assert replayed(None, 5, 1000) == []
        assert replayed(None, 0, 25) == [1, 3]
        assert replayed(None, 0, 1) == [1]
        assert replayed(timedelta(hours=1), 0, 1000) == [4, 5]
        (first, *_) = uow.ledger.replay(None, after=None, limit=1, most_bytes=1)
        assert (first.content, first.source, first.received_at) == (b"0" * 10, "files", NOW)


def test_what_a_rule_dropped_keeps_its_row_and_no_content(storage: SqlStorage) -> None:
    with storage.write() as uow:
        raws = [raw for raw in uow.ledger.add([raw_item(b"a"), raw_item(b"b")], NOW) if raw]
        uow.ledger.settle({raws[0]: (Outcome.DROPPED, None)}, NOW)
        uow.ledger.discard(raws[:1])
        uow.ledger.discard([])
    with storage.read() as uow:
        assert uow.ledger.balance() == [Balance("files", 2, 0, 0, 1, 0, 1)]
        assert uow.ledger.get(raws[1]).content == b"b"
        with pytest.raises(NotFound, match="dropped by a rule"):
            uow.ledger.get(raws[0])
        with pytest.raises(NotFound, match="no item 9"):
            uow.ledger.get(RawId(9))
    with storage.write() as uow:
        # It is still known, so it does not come in again.
        assert uow.ledger.add([raw_item(b"a")], NOW) == [None]


def test_an_item_can_be_given_any_outcome(storage: SqlStorage) -> None:
    (ticket,) = add_tickets(storage, 1)
    with storage.write() as uow:
        uow.ledger.put(RawId(1), Outcome.PENDING, None, None)
        assert [each.id for each in uow.ledger.pending(9)] == [1]
        assert uow.ledger.of_ticket(ticket) == []
        uow.ledger.put(RawId(1), Outcome.MERGED, ticket, NOW)
        assert uow.ledger.of_ticket(ticket) == []
        assert uow.ledger.get(RawId(1)).outcome is Outcome.MERGED
        assert uow.ledger.balance() == [Balance("files", 1, 0, 1, 0, 0, 0)]
        with pytest.raises(NotFound):
            uow.ledger.put(RawId(9), Outcome.PENDING, None, None)


def mail(content: bytes, uid: str, validity: int, *, folder: str = "INBOX", source: str = "box") -> RawItem:
    return replace(raw_item(content, source=source, uid=uid), folder=folder, uid_validity=validity)


def test_a_folder_that_counts_anew_brings_nothing_twice(storage: SqlStorage) -> None:
    # given three mails, two of which are equal
    with storage.write() as uow:
        uow.ledger.add([mail(b"one", "1", 7), mail(b"one", "2", 7), mail(b"two", "3", 7)], NOW)
    # when the folder comes again under another count, with one copy more and something new, in two pages
    with storage.write() as uow:
        assert uow.ledger.add([mail(b"one", "11", 8), mail(b"two", "12", 8)], NOW) == [None, None]
        assert uow.ledger.add([mail(b"one", "13", 8), mail(b"one", "14", 8), mail(b"new", "15", 8)], NOW) == [
            None,
            4,
            5,
        ]
        # then asked again everything is known by its new uid
        again = [mail(b"one", "11", 8), mail(b"one", "13", 8), mail(b"one", "14", 8), mail(b"two", "12", 8)]
        assert uow.ledger.add(again, NOW) == [None] * 4
        assert uow.ledger.balance() == [Balance("box", 5, 0, 0, 0, 0, 5)]


def test_equal_mails_of_one_count_of_other_folders_and_of_other_sources_are_different(storage: SqlStorage) -> None:
    with storage.write() as uow:
        assert uow.ledger.add([mail(b"x", "1", 7)], NOW) == [1]
        others = [mail(b"x", "2", 7), mail(b"x", "1", 8, folder="Reports"), mail(b"x", "1", 8, source="other")]
        assert uow.ledger.add(others, NOW) == [2, 3, 4]


def test_pending_items_can_be_those_of_one_source(storage: SqlStorage) -> None:
    with storage.write() as uow:
        uow.ledger.add([raw_item(b"a"), raw_item(b"b", source="box"), raw_item(b"c")], NOW)
        assert [each.id for each in uow.ledger.pending(9, source="box")] == [2]


def test_where_an_item_lay_is_told_as_it_is_now(storage: SqlStorage) -> None:
    item = replace(raw_item(b"a"), source="box", folder="INBOX", uid_validity=1, uid="7")
    with storage.write() as uow:
        (raw,) = uow.ledger.add([item], NOW)
        assert raw is not None
        assert uow.ledger.place(raw) == Place("box", "INBOX", 1, "7")
        # when the mailbox counts anew
        uow.ledger.add([replace(item, uid_validity=2, uid="3")], NOW)
        assert uow.ledger.place(raw) == Place("box", "INBOX", 2, "3")
        with pytest.raises(NotFound):
            uow.ledger.place(RawId(99))
