"""One source is followed: nothing lost, nothing twice, and no failure that it does not come back from."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import pytest

from tests.fakes.box import PASSWORD, Box, BoxFeed, QuickRunner
from tests.fakes.workbench import BEGIN, Item, Workbench, workbench, written
from triage_app.domain.errors import Cancelled, SecretsUnavailable, SourceFailed, StorageFailed, Trouble
from triage_app.domain.item import Outcome
from triage_app.domain.secret import Secret
from triage_app.domain.source import Cursor, Source, SourceName, SourceState
from triage_app.services.context import CancelToken, Context
from triage_app.services.feeds import Page
from triage_app.services.following import Follower, Tally, pause_after
from triage_app.services.queries import GetBalance
from triage_app.services.shapes import Analysis, PendingItem

NAME = SourceName("mail")
SOURCE = Source(NAME, "box", {"user": "soc", "folders": "INBOX", "poll": "30"})
SECONDS = 20


class Scene:
    """A workbench with one source on a box."""

    def __init__(self, bench: Workbench, box: Box, runner: QuickRunner) -> None:
        self.bench = bench
        self.box = box
        self.runner = runner
        self.tally = Tally()
        self._number = 0
        with bench.storage.write() as uow:
            uow.sources.add(SOURCE, BEGIN)
        bench.ports.secrets.put(NAME, "password", Secret(PASSWORD))

    def deliver(self, count: int) -> None:
        self.box.put(*[self.content() for _ in range(count)])

    def content(self) -> bytes:
        self._number += 1
        return written(Item("", ""), self._number)

    def follower(self, cancel: CancelToken | None = None) -> Follower:
        context = Context("maria", BEGIN, cancel=cancel or CancelToken())
        return Follower(SOURCE, self.bench.ports, context, self.tally)

    def once(self) -> None:
        self.follower().once(CancelToken())

    def state(self) -> SourceState:
        with self.bench.storage.read() as uow:
            return uow.sources.state(NAME)

    def cursor(self) -> Cursor | None:
        with self.bench.storage.read() as uow:
            return uow.sources.cursors(NAME).get("INBOX")

    def check(self, tickets: int) -> None:
        """Every delivered item became one ticket, and the sheet balances."""
        sheet = self.bench.app.ask(GetBalance())
        assert (sheet.seen, sheet.ticketed, sheet.pending, sheet.difference) == (tickets, tickets, 0, 0)


@pytest.fixture
def scene() -> Iterator[Scene]:
    box, runner = Box(), QuickRunner()
    with workbench("", box, runner=runner) as bench:
        yield Scene(bench, box, runner)


def failing(trouble: Trouble, *steps: str) -> Callable[[str], None]:
    """A server that fails at these steps, once at each."""
    left = list(steps)

    def script(step: str) -> None:
        if left and step == left[0]:
            left.pop(0)
            raise SourceFailed(trouble, f"{trouble.value} at {step}. Wait.")

    return script


def test_everything_is_taken_in_page_by_page(scene: Scene) -> None:
    # given five items in pages of two
    scene.deliver(5)
    # when
    scene.once()
    # then
    scene.check(5)
    assert scene.cursor() == Cursor("INBOX", 1, "5")
    assert [len(page.items) for page in scene.box.settled] == [2, 2, 1]
    state = scene.state()
    assert (state.tls, state.on_server, state.skipped, state.error, state.failures) == ("TLS 1.3", 5, 3, "", 0)
    assert state.last_success is not None
    assert state.last_item is not None
    assert scene.box.closed == scene.box.opened == 1
    # and again: nothing
    scene.once()
    scene.check(5)
    assert (scene.tally.new, scene.tally.known) == (5, 0)


def test_the_items_and_the_cursor_are_stored_together_before_anything_is_settled(scene: Scene) -> None:
    # given a server that is asked to mark a page
    held: list[tuple[int, Cursor | None]] = []

    def script(step: str) -> None:
        if step == "settled":
            with scene.bench.storage.read() as uow:
                seen = sum(each.seen for each in uow.ledger.balance())
            held.append((seen, scene.cursor()))

    scene.box.script = script
    scene.deliver(3)
    # when
    scene.once()
    # then both were there each time
    assert held == [(2, Cursor("INBOX", 1, "2")), (3, Cursor("INBOX", 1, "3"))]


@pytest.mark.parametrize("step", ["open", "pull", "settled"])
def test_a_failure_loses_nothing_and_repeats_nothing(scene: Scene, step: str) -> None:
    # given a server that fails once, in the middle where it can
    scene.deliver(5)
    scene.box.script = failing(Trouble.NETWORK, step)
    # when
    scene.once()
    # then it is told
    state = scene.state()
    assert (state.error, state.trouble, state.failures) == (f"network at {step}. Wait.", Trouble.NETWORK, 1)
    assert scene.tally.error == state.error
    assert state.next_try is not None
    # and what came before it is a ticket already
    sheet = scene.bench.app.ask(GetBalance())
    assert (sheet.pending, sheet.difference) == (0, 0)
    # when asked again
    scene.once()
    # then
    scene.check(5)
    assert scene.state().error == ""
    assert scene.state().failures == 0


def test_a_page_that_cannot_be_stored_is_fetched_again(scene: Scene) -> None:
    # given a disk that is full once the first page is in
    scene.deliver(4)
    storage = scene.bench.storage
    failed: list[int] = []

    class Full:
        def __getattr__(self, name: str) -> object:
            return getattr(storage, name)

        def write(self) -> object:
            if scene.box.settled and not failed:
                failed.append(1)
                raise StorageFailed("The disk is full. Free some space.")
            return storage.write()

    ports = replace(scene.bench.ports, storage=Full())  # type: ignore[arg-type]  # the rest is the storage's own
    Follower(SOURCE, ports, Context("maria", BEGIN), scene.tally).once(CancelToken())
    # then
    assert scene.state().error.startswith("The disk is full")
    assert scene.state().trouble is None
    # when there is room again
    scene.once()
    # then also what was stored but not decided is a ticket
    scene.check(4)


def test_a_mailbox_that_counts_anew_brings_nothing_twice(scene: Scene) -> None:
    # given
    scene.deliver(5)
    scene.once()
    # when the server counts anew, in another order and with something new
    scene.box.validity = 2
    scene.box.contents.reverse()
    scene.deliver(1)
    scene.once()
    # then
    scene.check(6)
    assert scene.cursor() == Cursor("INBOX", 2, "6")
    assert (scene.tally.new, scene.tally.known) == (6, 5)


def test_it_goes_on_until_it_is_told_to_stop_and_reconnects_by_kind_of_failure(scene: Scene) -> None:
    # given a server that refuses, drops and recovers
    network = ["open", "pull", "open", "settled"]
    scene.box.script = failing(Trouble.NETWORK, *network)
    cancel = CancelToken()
    thread = threading.Thread(target=scene.follower().follow, args=(cancel,))
    # when
    scene.deliver(3)
    thread.start()
    with scene.box.changed:
        assert scene.box.changed.wait_for(lambda: sum(len(each.items) for each in scene.box.settled) == 1, SECONDS)
    # and a mail comes while it waits
    scene.deliver(1)
    with scene.box.changed:
        assert scene.box.changed.wait_for(lambda: sum(len(each.items) for each in scene.box.settled) == 2, SECONDS)
    cancel.cancel()
    thread.join(SECONDS)
    # then
    assert not thread.is_alive()
    scene.check(4)
    assert scene.runner.waited == [5, 10, 20, 40]
    assert scene.box.closed == scene.box.opened


def test_a_password_that_is_refused_is_not_tried_again_and_again(scene: Scene) -> None:
    scene.bench.ports.secrets.put(NAME, "password", Secret("wrong"))
    scene.once()
    state = scene.state()
    assert state.trouble is Trouble.AUTHENTICATION
    assert state.next_try is not None
    # when the program is started anew, then the time that was set is kept
    runner = QuickRunner(most=1)
    scene.runner = runner
    ports = replace(scene.bench.ports, runner=runner)
    cancel = CancelToken()
    follower = Follower(SOURCE, ports, Context("maria", BEGIN), scene.tally)
    thread = threading.Thread(target=follower.follow, args=(cancel,))
    opened = scene.box.opened
    thread.start()
    cancel.cancel()
    thread.join(SECONDS)
    assert not thread.is_alive()
    assert 200 < runner.waited[0] <= 300
    assert scene.box.opened == opened


def test_what_nobody_foresaw_is_told_and_tried_again(scene: Scene) -> None:
    # given a connector with a mistake
    def script(_step: str) -> None:
        raise ValueError("a mistake")

    scene.box.script = script
    scene.once()
    assert "a mistake" in scene.state().error
    assert scene.state().failures == 1
    scene.box.script = lambda _step: None
    scene.deliver(1)
    scene.once()
    scene.check(1)


def test_a_keyring_that_is_locked_and_a_kind_that_is_gone_are_told(scene: Scene) -> None:
    class Locked:
        def get(self, _source: SourceName, _field: str) -> Secret | None:
            raise SecretsUnavailable("The keyring is locked. Unlock it.")

    ports = replace(scene.bench.ports, secrets=Locked())  # type: ignore[arg-type]  # all that is asked of it
    Follower(SOURCE, ports, Context("maria", BEGIN), scene.tally).once(CancelToken())
    assert (scene.state().error, scene.state().trouble) == ("The keyring is locked. Unlock it.", None)
    ports = replace(scene.bench.ports, connectors={})
    Follower(SOURCE, ports, Context("maria", BEGIN), scene.tally).once(CancelToken())
    assert scene.state().trouble is Trouble.SETTINGS
    assert "box" in scene.state().error


def test_a_source_that_is_removed_meanwhile_leaves_what_it_brought(scene: Scene) -> None:
    scene.deliver(3)

    def script(step: str) -> None:
        if step == "settled" and len(scene.box.settled) == 0:
            with scene.bench.storage.write() as uow:
                uow.sources.remove(NAME)

    scene.box.script = script
    scene.once()
    scene.check(3)
    with scene.bench.storage.read() as uow:
        assert uow.sources.all() == []
        assert uow.sources.cursors(NAME) == {}


def test_a_cancel_ends_it_after_the_page_and_what_is_held_is_decided(scene: Scene) -> None:
    scene.deliver(6)
    cancel = CancelToken()

    def script(step: str) -> None:
        if step == "settled":
            cancel.cancel()

    scene.box.script = script
    scene.follower(cancel).once(cancel)
    scene.check(2)
    assert scene.state().error == ""
    assert scene.box.closed == 1


@pytest.mark.parametrize(("pushes", "asked"), [(False, [False]), (True, [False, True])])
def test_a_feed_that_is_pushed_to_is_asked_once_more_at_the_end(*, pushes: bool, asked: list[bool]) -> None:
    # given a source that is followed until it waits for the first time
    heard: list[bool] = []
    token = CancelToken()

    class Ear(BoxFeed):
        def pull(self, cursors: Mapping[str, Cursor], cancel: CancelToken) -> Iterator[Page]:
            heard.append(cancel.cancelled)
            return super().pull(cursors, cancel)

        def wait(self, seconds: float, cancel: CancelToken) -> None:
            token.cancel()

    class Listening(Box):
        def open(self, source: Source, secrets: Mapping[str, Secret]) -> BoxFeed:
            return Ear(self, source, 2)

    box, runner = Listening(pushes=pushes), QuickRunner()
    with workbench("", box, runner=runner) as bench:
        # when
        Scene(bench, box, runner).follower(token).follow(token)
    # then only what others send is looked at again
    assert heard == asked


def test_what_others_have_sent_is_kept_when_the_end_comes_during_the_analysis() -> None:
    # given a source that others send to, and an analysis that ends with the program
    class Ear(BoxFeed):
        def pull(self, cursors: Mapping[str, Cursor], cancel: CancelToken) -> Iterator[Page]:
            return super().pull(cursors, CancelToken())

    class Listening(Box):
        def open(self, source: Source, secrets: Mapping[str, Secret]) -> BoxFeed:
            return Ear(self, source, 2)

    class Ending:
        def analyse(self, *_batches: object) -> Iterator[tuple[Sequence[PendingItem], Sequence[Analysis]]]:
            token.cancel()
            raise Cancelled("The program is closing.")

    token = CancelToken()
    box, runner = Listening(pushes=True), QuickRunner()
    with workbench("", box, runner=runner) as bench:
        scene = Scene(bench, box, runner)
        scene.deliver(5)
        ports = replace(bench.ports, analyser=Ending())  # type: ignore[arg-type]  # nothing else is asked of it
        # when
        Follower(SOURCE, ports, Context("maria", BEGIN), scene.tally).follow(token)
        # then all of it is stored
        sheet = bench.app.ask(GetBalance())
        assert (sheet.seen, sheet.pending, sheet.difference) == (5, 5, 0)
        assert scene.tally.new == 5
        # and decided at the next start
        scene.once()
        scene.check(5)


def test_what_an_interruption_left_pending_is_finished_first(scene: Scene) -> None:
    # given an item that was stored and never decided
    with scene.bench.storage.write() as uow:
        item = scene.box.open(SOURCE, {"password": Secret(PASSWORD)})._item(scene.content(), 99)
        (raw,) = uow.ledger.add([item], BEGIN)
    # when
    scene.once()
    # then
    assert raw is not None
    with scene.bench.storage.read() as uow:
        assert uow.ledger.get(raw).outcome is Outcome.TICKETED


def test_the_same_trouble_is_logged_once(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    scene.box.script = failing(Trouble.NETWORK, "open", "open", "pull")
    for _ in range(3):
        scene.once()
    assert [each.getMessage() for each in caplog.records] == [
        "mail: network at open. Wait.",
        "mail: network at pull. Wait.",
    ]
    assert scene.state().failures == 3


def test_a_network_is_tried_sooner_than_a_quota_and_never_in_a_hurry() -> None:
    assert [pause_after(Trouble.NETWORK, n) for n in (1, 2, 3, 7, 8, 5_000)] == [5, 10, 20, 300, 300, 300]
    assert {pause_after(Trouble.AUTHENTICATION, n) for n in (1, 2, 50)} == {300}
    assert pause_after(Trouble.QUOTA, 1) == 900
    assert pause_after(None, 3) == 60
    assert all(pause_after(trouble, 1) >= 5 for trouble in Trouble)
