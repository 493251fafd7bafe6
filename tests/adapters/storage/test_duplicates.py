from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.adapters.storage.samples import (
    KEY,
    NOW,
    RULE,
    add_raws,
    add_tickets,
    check_totals,
    closed,
    link,
    merge_into_one,
    new_ticket,
    state,
    take,
)
from triage_app.adapters.storage.tables import Lane, metadata
from triage_app.adapters.storage.unit_of_work import SqlStorage, SqlUnitOfWork
from triage_app.domain.dedup import Level
from triage_app.domain.item import Outcome, RawId
from triage_app.domain.ticket import TicketId, Verdict

Undo = Callable[[SqlUnitOfWork], None]

LEVELS = (Level.CHILD, Level.LINK, Level.NOTE, Level.SUGGEST)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("link", "unlink", "check", "split", "apart", "close", "state")),
        st.integers(0, 7),
        st.integers(0, 7),
        st.booleans(),
    ),
    max_size=14,
)


def snapshot(uow: SqlUnitOfWork) -> dict[str, set[tuple[Any, ...]]]:
    """All that the tables hold, but for the rows that only keep an id from being used again."""
    tx = uow.transaction
    found = {}
    for table in metadata.tables.values():
        wanted = select(table)
        if table.name == "tickets":
            wanted = wanted.where(table.c.lane != Lane.WITHDRAWN)
        elif table.name == "dedup_links":
            wanted = wanted.where(~table.c.removed)
        elif table.name == "queue_counts":
            wanted = wanted.where(table.c.lane != Lane.WITHDRAWN, table.c.tickets != 0)
        found[table.name] = {tuple(row) for row in tx.all(wanted)}
    return found


@dataclass(frozen=True, slots=True)
class Desk:
    """Four groups of three items each, one after the other, and what can be done to them."""

    tickets: list[TicketId]
    repeats: list[RawId]
    keys: list[tuple[str, ...]]

    def do(self, uow: SqlUnitOfWork, what: str, one: int, other: int, *, flag: bool) -> Undo | None:
        """Do one thing; returns what takes it back, None where it cannot be done."""
        duplicates = uow.duplicates
        first, second = self.tickets[one], self.tickets[other]
        links = duplicates.links(first)
        if what == "link" and first != second:
            group = duplicates.current(RULE, self.keys[one % len(self.keys)]) if flag else None
            at = NOW + timedelta(seconds=other - 3)
            made = link(first, second, LEVELS[other % 4], group=group and group.id, item_at=at if group else None)
            number = duplicates.add_link(made, again=True)
            return lambda uow: _nothing(uow.duplicates.remove_link(number))
        if what == "unlink" and links:
            removed = duplicates.remove_link(links[other % len(links)].id)
            return lambda uow: uow.duplicates.restore_link(removed)
        if what == "check" and links:
            before = links[other % len(links)]
            duplicates.check_link(before.id, checked=flag)
            return lambda uow: _nothing(uow.duplicates.check_link(before.id, checked=before.checked))
        if what == "split":
            return self._split(uow, self.repeats[one])
        if what == "apart" and first != second:
            memory = duplicates.memory(first, second)
            duplicates.set_apart(first, second, "ana", NOW, apart=flag)
            if memory is None:
                return lambda uow: uow.duplicates.forget_pair(second, first)
            return lambda uow: uow.duplicates.set_apart(second, first, memory.by, memory.at, apart=memory.apart)
        if what == "close":
            states = duplicates.close_all(sorted({first, second}), Verdict.DUPLICATE)
            return lambda uow: uow.duplicates.restore_states(states)
        if what == "state" and uow.tickets.row(first).verdict is None:
            old = uow.duplicates.close_all([first], Verdict.TEST)
            uow.tickets.set_state(first, state(assignee="bo", tier="default") if flag else closed())
            return lambda uow: uow.duplicates.restore_states(old)
        return None

    @staticmethod
    def _split(uow: SqlUnitOfWork, raw: RawId) -> Undo | None:
        if uow.ledger.get(raw).outcome is not Outcome.MERGED:
            return None
        ticket = uow.duplicates.split_repeat(raw)
        (own,) = uow.tickets.add([new_ticket(raw)])
        uow.ledger.settle({raw: (Outcome.TICKETED, own)}, NOW)

        def undo(uow: SqlUnitOfWork) -> None:
            uow.duplicates.merge_repeat(raw, ticket)
            uow.tickets.remove(own)

        return undo


def _nothing(_: object) -> None:
    return None


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS, st.booleans())
def test_what_is_done_and_taken_back_leaves_no_trace(
    storage: SqlStorage, steps: list[tuple[str, int, int, bool]], at_once: bool
) -> None:
    tickets, repeats = [], []
    keys: list[tuple[str, ...]] = []
    with storage.read() as uow:
        past = uow.tickets.view_counts("ana")["all"]
    for number in range(4):
        keys.append((*KEY, str(past + number)))
        ticket, raws = merge_into_one(storage, 3, keys[-1])
        tickets.append(ticket)
        repeats += raws[1:]
    tickets += add_tickets(storage, 4)
    desk = Desk(tickets, repeats, keys)
    with storage.read() as uow:
        before = snapshot(uow)
    undos = []
    if at_once:
        with storage.write() as uow:
            undos = [desk.do(uow, what, one, other, flag=flag) for what, one, other, flag in steps]
    else:
        for what, one, other, flag in steps:
            with storage.write() as uow:
                undos.append(desk.do(uow, what, one, other, flag=flag))
    with storage.write() as uow:
        check_totals(uow)
        for undo in reversed(undos):
            if undo is not None:
                undo(uow)
        check_totals(uow)
    with storage.read() as uow:
        after = snapshot(uow)
    for name in before:
        assert after[name] == before[name], name


def test_tickets_and_repeats_of_one_transaction_are_whole_before_it_ends(storage: SqlStorage) -> None:
    with storage.write() as uow:
        raws = add_raws(uow, 40)
        for number, raw in enumerate(raws):
            take(uow, raw, number, (str(number % 3),))
        check_totals(uow)
        assert uow.tickets.view_counts("ana")["duplicates"] == 3
    with storage.read() as uow:
        assert sum(row.duplicates for row in uow.tickets.rows([TicketId(n) for n in range(1, 9)])) == 37
        check_totals(uow)
