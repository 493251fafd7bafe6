import json
import threading
from collections.abc import Iterator
from contextlib import nullcontext

import requests

from tests.rest.servers import SECONDS, Client, serving
from triage_app.domain.changes import EVERYTHING, ChangeKind, changed
from triage_app.domain.ticket import TicketId, Verdict
from triage_app.rest.events import MOST_WAITING, Events, _Listener
from triage_app.rest.limits import Limits
from triage_app.services.app import App
from triage_app.services.commands import CloseTicket
from triage_app.services.queries import ListTickets


def listening(client: Client) -> Iterator[bytes]:
    answer = requests.get(
        f"{client.base}/events",
        headers={"Authorization": f"Bearer {client.tokens['read']}"},
        stream=True,
        timeout=SECONDS,
    )
    assert answer.headers["content-type"].startswith("text/event-stream")
    with answer:
        yield from answer.iter_lines(chunk_size=1)


def test_what_changes_is_sent_to_every_listener(client: Client, demo: App) -> None:
    # given
    streams = [listening(client) for _ in range(2)]
    assert [next(each) for each in streams] == [b": here", b": here"]
    assert client.server.listeners == 2
    # when
    ticket = demo.ask(ListTickets(limit=1)).tickets[0].id
    demo.execute(CloseTicket(ticket, verdict=Verdict.TEST))
    # then
    for stream in streams:
        data = next(each for each in stream if each.startswith(b"data:"))
        assert json.loads(data.removeprefix(b"data:"))["tickets"] == [ticket]


def test_only_so_many_listen_and_the_server_ends_while_they_do(demo: App) -> None:
    with serving(demo, Limits(listeners=1)) as client:
        stream = listening(client)
        assert next(stream) == b": here"
        assert client.send("GET", "/events", "read").status_code == 429
        stopper = threading.Thread(target=client.server.stop)
        stopper.start()
        assert list(stream) in ([b""], [])
        stopper.join(SECONDS)
        assert not stopper.is_alive()


def test_a_listener_that_is_too_slow_is_told_that_everything_may_have_changed() -> None:
    listener = _Listener()
    for number in range(MOST_WAITING + 1):
        listener.add(changed(ChangeKind.NOTES, tickets=frozenset({TicketId(number)})))
    assert list(listener.waiting) == [EVERYTHING]


def test_nobody_is_told_before_the_start() -> None:
    events = Events(1, 1.0)
    events.changed(changed(ChangeKind.NOTES))
    assert events.listeners == 0


def test_whoever_leaves_before_the_first_line_takes_no_place() -> None:
    async def valid() -> bool:
        return True

    events = Events(1, 10.0)
    lines = events.listen(valid, nullcontext())
    assert events.listeners == 1
    # when nothing of it was ever asked for
    del lines
    # then there is room for another
    assert events.listeners == 0
    assert events.listen(valid, nullcontext()) is not None
