"""Pushed alerts, through the App."""

import json
from collections.abc import Iterator, Sequence

import pytest

from triage_app.adapters.workers.analyser import ProcessAnalyser
from triage_app.domain.changes import ChangeKind, ChangeSet
from triage_app.domain.errors import AnalysisFailed, InvalidInput
from triage_app.domain.ticket import Status
from triage_app.services.app import App
from triage_app.services.commands import RetryParked
from triage_app.services.push_commands import Post, PushAlerts
from triage_app.services.queries import GetBalance, GetTicket, ListAudit, ListTicketIds, ListTickets
from triage_app.services.search_commands import SnoozeTicket


def alert(number: int) -> str:
    return json.dumps({"rule": {"name": f"rule {number}"}, "host": {"name": "h"}})


def push(app: App, *posts: str, keys: tuple[str, ...] = ()) -> Sequence[Post]:
    return app.execute(PushAlerts(posts, source="edr", keys=keys)).posts


def test_posts_become_tickets_and_each_is_told_what_became_of_it(demo: App) -> None:
    # given / when
    posts = push(demo, alert(1), f"[{alert(2)}, {alert(3)}]", f"{alert(4)}\n{alert(5)}\n", "[]")
    # then
    assert posts == (Post(1, 0, 0), Post(2, 0, 0), Post(2, 0, 0), Post(0, 0, 0))
    sheet = demo.ask(GetBalance())
    (edr,) = (each for each in sheet.sources if each.source == "edr")
    assert (edr.seen, edr.pending, sheet.difference) == (5, 0, 0)
    ticket = demo.ask(GetTicket(max(each.id for each in demo.ask(ListTickets(view="all", limit=1000)).tickets)))
    assert ticket.messages[0].origin == "pushed"


def test_a_post_that_is_sent_again_with_its_key_is_not_taken_twice(demo: App) -> None:
    twins = f"[{alert(1)}, {alert(1)}]"
    assert push(demo, twins, keys=("k",)) == (Post(2, 0, 0),)
    assert push(demo, twins, alert(1), keys=("k", "")) == (Post(0, 2, 0), Post(1, 0, 0))
    # without a key each post is new, and a key that is used for something else loses nothing
    assert push(demo, alert(1), alert(1)) == (Post(1, 0, 0), Post(1, 0, 0))
    assert push(demo, alert(2), keys=("k",)) == (Post(1, 0, 0),)


def test_what_waits_for_a_change_comes_back_with_a_pushed_repeat_and_desks_hear_of_it(demo: App) -> None:
    push(demo, alert(1))
    ticket = max(demo.ask(ListTicketIds(view="all")).ids)
    demo.execute(SnoozeTicket(ticket, until_change=True))
    seen: list[ChangeSet] = []
    demo.subscribe(seen.append)
    push(demo, alert(1))
    assert demo.ask(GetTicket(ticket)).row.status is Status.NEW
    assert ChangeKind.TICKETS_CHANGED in seen[-1].kinds
    assert seen[-1].tickets == {ticket}


def test_of_a_broken_post_nothing_is_taken(demo: App) -> None:
    before = demo.ask(GetBalance()).seen
    with pytest.raises(InvalidInput, match="line 2"):
        push(demo, alert(1), f"{alert(2)}\n{{")
    with pytest.raises(InvalidInput, match="as many keys"):
        push(demo, alert(1), keys=("a", "b"))
    assert demo.ask(GetBalance()).seen == before


def test_the_log_keeps_how_much_came_and_not_what(demo: App) -> None:
    push(demo, alert(1))
    entry = demo.ask(ListAudit(limit=1)).entries[0]
    assert json.loads(entry.arguments) == {"source": "edr", "posts": 1, "characters": len(alert(1))}


def test_what_cannot_be_decided_now_is_safe_and_pending(demo: App, monkeypatch: pytest.MonkeyPatch) -> None:
    # given a program that can start no worker
    def no_worker(*_arguments: object) -> Iterator[object]:
        raise AnalysisFailed("No worker can be started.")

    with monkeypatch.context() as patch:
        patch.setattr(ProcessAnalyser, "analyse", no_worker)
        # when
        (post,) = push(demo, alert(1))
    # then it is kept, said so, and the next import goes on with it
    assert post == Post(1, 0, 0, pending=1)
    assert demo.ask(GetBalance()).pending == 1
    assert demo.execute(RetryParked()).ticketed == 1
