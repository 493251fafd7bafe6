"""Tickets of earlier versions are read again: completely, once, in any number of runs and programs."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Table, select

from triage_app.adapters.storage.search_tables import patterns, text_additions, ticket_traits, ticket_words, traits
from triage_app.adapters.storage.tables import raw_contents, tickets
from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.domain.errors import Cancelled
from triage_app.services.app import App, LocalApp
from triage_app.services.context import CancelToken, Context, Progress
from triage_app.services.ports import Ports
from triage_app.services.queries import ListAudit
from triage_app.services.reindexing import ACTOR, Reindexing, reindex
from triage_app.services.search_commands import Reindexed, ReindexTickets
from triage_app.services.source_queries import ListSources


def ports_of(demo: App) -> Ports:
    assert isinstance(demo, LocalApp)
    return demo._ports


def storage_of(demo: App) -> SqlStorage:
    storage = ports_of(demo).storage
    assert isinstance(storage, SqlStorage)
    return storage


def content(storage: SqlStorage) -> dict[str, list[tuple[Any, ...]]]:
    """What similar tickets are found by, by names instead of ids, which may be others."""
    kinds = select(tickets.c.id, tickets.c.counted, patterns.c.template, patterns.c.scope, patterns.c.total)
    having = select(ticket_traits.c.ticket_id, traits.c.kind, traits.c.value, traits.c.tickets)
    added = select(text_additions.c.ticket_id, text_additions.c.kind, text_additions.c.source_id)
    with storage.read() as uow:
        wanted = {
            "kinds": kinds.outerjoin_from(tickets, patterns, tickets.c.pattern_id == patterns.c.id),
            "traits": having.join_from(ticket_traits, traits, ticket_traits.c.trait_id == traits.c.id),
            "words": select(ticket_words),
            "added": added.where(text_additions.c.kind == "answer"),
        }
        return {name: sorted(tuple(row) for row in uow.transaction.all(each)) for name, each in wanted.items()}


def make_old(storage: SqlStorage) -> None:
    """As the version before left it."""
    emptied: tuple[Table, ...] = (ticket_words, ticket_traits, traits, patterns, text_additions)
    with storage.write() as uow:
        uow.transaction.run(tickets.update().values(pattern_id=None))
        for table in emptied:
            uow.transaction.run(table.delete())
    # What a program remembers of ids is from before.
    storage._known.forget()


def test_what_is_read_again_is_what_would_have_been_stored(demo: App) -> None:
    storage = storage_of(demo)
    new = content(storage)
    assert len(new["kinds"]) > 20
    assert new["words"]
    make_old(storage)
    seen: list[Progress] = []
    answer = demo.execute(ReindexTickets(), progress=seen.append)
    assert answer == Reindexed(len(new["kinds"]), 0)
    assert content(storage) == new
    assert (seen[-1].done, seen[-1].total) == (len(new["kinds"]),) * 2
    assert demo.execute(ReindexTickets()) == Reindexed(0, 0)


def test_a_run_that_was_stopped_goes_on_where_it_stopped(demo: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triage_app.services.reindexing.BATCH", 5)
    storage = storage_of(demo)
    new = content(storage)
    make_old(storage)
    cancel = CancelToken()
    with pytest.raises(Cancelled):
        demo.execute(ReindexTickets(), progress=lambda _: cancel.cancel(), cancel=cancel)
    with storage.read() as uow:
        left = uow.similar.count_unread()
        newest = uow.similar.unread(limit=1)[0]
    assert 0 < left < len(new["kinds"])
    # The newest were read first.
    assert newest == max(row[0] for row in new["kinds"]) - (len(new["kinds"]) - left)
    assert demo.execute(ReindexTickets()).tickets == left
    assert content(storage) == new


def test_two_programs_beside_each_other_store_once(demo: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triage_app.services.reindexing.BATCH", 5)
    storage = storage_of(demo)
    new = content(storage)
    make_old(storage)
    begun: list[int] = []

    def other(_progress: Progress) -> None:
        if not begun:
            begun.append(1)
            reindex(ReindexTickets(), ports_of(demo), Context("other", ports_of(demo).clock()))

    demo.execute(ReindexTickets(), progress=other)
    assert content(storage) == new


def test_a_ticket_without_its_item_is_not_read_for_ever(demo: App) -> None:
    storage = storage_of(demo)
    make_old(storage)
    with storage.write() as uow:
        uow.transaction.run(raw_contents.delete().where(raw_contents.c.raw_id == 1))
    assert demo.execute(ReindexTickets()).without_item == 1
    with storage.read() as uow:
        assert uow.similar.count_unread() == 0


def test_whoever_follows_the_sources_does_it_unasked(demo: App) -> None:
    storage = storage_of(demo)
    new = content(storage)
    assert not demo.ask(ListSources()).scheduled
    make_old(storage)
    assert demo.ask(ListSources()).scheduled
    ports = ports_of(demo)

    def carry_out(command: Any, actor: str, cancel: CancelToken) -> None:
        demo.execute(command, actor=actor, cancel=cancel)

    context = replace(Context("maria", ports.clock()), carry_out=carry_out)
    for _ in range(2):
        Reindexing(ports, context).follow(CancelToken())
    assert content(storage) == new
    entries = demo.ask(ListAudit(limit=50)).entries
    assert [each.actor for each in entries if each.command == "reindex"] == [ACTOR]
