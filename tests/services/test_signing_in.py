"""A person signs in elsewhere, and the source is followed with what comes of it."""

from collections.abc import Iterator

import pytest

from tests.fakes.box import PASSWORD, Box, MemorySecrets
from tests.fakes.browser import INVITATION, Browser
from tests.fakes.workbench import Workbench, workbench
from triage_app.domain.errors import Cancelled, InvalidState, NotFound, SourceFailed, Trouble
from triage_app.domain.secret import Secret
from triage_app.domain.source import SourceName
from triage_app.services.context import CancelToken, Progress
from triage_app.services.queries import ListAudit
from triage_app.services.source_commands import AddSource, RemoveSource, SignInSource, SyncSources


class Scene:
    """A source whose password is wrong, and the browser in which somebody signs in."""

    def __init__(self, bench: Workbench, browser: Browser) -> None:
        self.bench = bench
        self.app = bench.app
        self.browser = browser
        self.app.execute(AddSource("box", "mail", settings=("user=soc",), secrets=("password=wrong",)))

    def password(self) -> str:
        found = self.bench.ports.secrets.get(SourceName("mail"), "password")
        return found.reveal() if found else ""


@pytest.fixture
def scene() -> Iterator[Scene]:
    browser = Browser()
    with workbench("", Box(), sign_ins={"box": browser}) as bench:
        yield Scene(bench, browser)


def test_whoever_signs_in_is_shown_where_and_the_source_is_tried_anew_at_once(scene: Scene) -> None:
    # given a source that fails
    assert scene.app.execute(SyncSources()).failed == 1
    told: list[Progress] = []
    with scene.bench.storage.read() as uow:
        revision = uow.sources.get(SourceName("mail")).revision
    # when somebody signs in
    row = scene.app.execute(SignInSource("mail"), progress=told.append)
    # then the way was shown, and what came of it is kept
    assert row.signs_in
    assert [each.invitation for each in told] == [INVITATION]
    assert scene.browser.given == [{"password": Secret("wrong")}]
    assert scene.password() == PASSWORD
    # and whoever follows the source connects anew
    assert (row.status, row.error, row.next_try) == ("new", "", None)
    with scene.bench.storage.read() as uow:
        assert uow.sources.get(SourceName("mail")).revision == revision + 1
    assert scene.app.execute(SyncSources()).failed == 0
    # and the log holds no secret
    entry = next(each for each in scene.app.ask(ListAudit()).entries if each.command == "source sign-in")
    assert PASSWORD not in repr(entry)


def test_a_sign_in_that_is_declined_or_stopped_changes_nothing_and_is_logged(scene: Scene) -> None:
    def decline(_cancel: CancelToken) -> None:
        raise SourceFailed(Trouble.AUTHENTICATION, "The sign-in was declined.")

    scene.browser.meanwhile = decline
    with pytest.raises(SourceFailed, match="declined"):
        scene.app.execute(SignInSource("mail"))
    cancel = CancelToken()
    scene.browser.meanwhile = CancelToken.cancel
    with pytest.raises(Cancelled):
        scene.app.execute(SignInSource("mail"), cancel=cancel)
    assert scene.password() == "wrong"
    stopped, declined, _ = scene.app.ask(ListAudit()).entries
    assert ("cancelled" in stopped.result, "source_failed" in declined.result) == (True, True)


def test_a_source_that_is_removed_meanwhile_leaves_no_secret_behind(scene: Scene) -> None:
    scene.browser.meanwhile = lambda _cancel: scene.app.execute(RemoveSource("mail"))
    with pytest.raises(NotFound):
        scene.app.execute(SignInSource("mail"))
    assert isinstance(scene.bench.ports.secrets, MemorySecrets)
    assert scene.bench.ports.secrets.held == {}


def test_a_kind_without_a_sign_in_says_what_it_wants_instead() -> None:
    with workbench("", Box()) as bench:
        bench.app.execute(AddSource("box", "mail", settings=("user=soc",), secrets=("password=wrong",)))
        with pytest.raises(InvalidState, match="triage source set mail --secret NAME"):
            bench.app.execute(SignInSource("mail"))
        with pytest.raises(NotFound):
            bench.app.execute(SignInSource("nobody"))
