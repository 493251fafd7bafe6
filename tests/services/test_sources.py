"""Sources are added, changed, paused, removed and synced; their secrets are in the store and nowhere else."""

from collections.abc import Iterator

import pytest

from tests.fakes.box import PASSWORD, Box
from tests.fakes.scene import ADD, Scene
from tests.fakes.workbench import workbench
from triage_app.domain.errors import (
    InvalidInput,
    InvalidState,
    NotFound,
    NothingToUndo,
    SourceFailed,
)
from triage_app.domain.source import Cursor, SourceName
from triage_app.services.commands import Undo
from triage_app.services.queries import GetBalance, ListAudit
from triage_app.services.source_commands import (
    AddSource,
    PauseSource,
    RemoveSource,
    ResumeSource,
    SetSource,
    SyncSources,
)
from triage_app.services.source_queries import ListSourceKinds, ListSources, TestSource


@pytest.fixture
def scene() -> Iterator[Scene]:
    box = Box()
    with workbench("", box) as bench:
        yield Scene(bench, box)


def test_a_source_is_added_and_its_password_is_in_the_store_alone(scene: Scene) -> None:
    # when
    row = scene.app.execute(ADD)
    # then
    assert (row.name, row.kind, row.title, row.status) == ("mail", "box", "Box", "new")
    assert dict(row.settings) == {"user": "soc", "folders": "INBOX", "poll": "30"}
    secret = scene.secrets.get(SourceName("mail"), "password")
    assert secret is not None
    assert secret.reveal() == PASSWORD
    (entry,) = scene.app.ask(ListAudit()).entries
    assert entry.command == "source add"
    assert "user=soc" in entry.arguments
    assert "password" in entry.arguments
    assert PASSWORD not in repr(entry)


def test_a_password_among_the_settings_is_taken_out_of_them(scene: Scene) -> None:
    row = scene.app.execute(AddSource("box", "mail", settings=("user=soc", f"password={PASSWORD}")))
    assert PASSWORD not in repr(row)
    scene.app.execute(SetSource("mail", settings=("password=another battery", "poll=60")))
    (changed, added) = scene.app.ask(ListAudit()).entries
    assert "poll=60" in changed.arguments
    assert PASSWORD not in repr(added)
    assert "another battery" not in repr(changed)
    found = scene.secrets.get(SourceName("mail"), "password")
    assert found is not None
    assert found.reveal() == "another battery"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (AddSource("pigeon", "mail"), "pigeon.*There are: box"),
        (AddSource("box", "a/b", settings=("user=soc",), secrets=("password=x",)), "slash"),
        (AddSource("box", "mail", settings=("user",)), "NAME=VALUE"),
        (AddSource("box", "mail", settings=("colour=red",)), "colour"),
        (AddSource("box", "mail", settings=("user=soc",)), "password"),
        (AddSource("box", "mail", settings=("user=soc", "poll=often"), secrets=("password=x",)), "poll"),
        (AddSource("box", "mail", settings=("user=soc",), secrets=("user=x",)), "no secret"),
    ],
)
def test_what_will_not_do_is_refused_and_leaves_nothing(scene: Scene, command: AddSource, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        scene.app.execute(command)
    assert scene.app.ask(ListSources()).sources == ()
    assert scene.secrets.held == {}


def test_a_name_is_given_once_and_the_first_password_stays(scene: Scene) -> None:
    scene.app.execute(ADD)
    with pytest.raises(InvalidInput, match="already"):
        scene.app.execute(AddSource("box", "mail", settings=("user=x",), secrets=("password=other",)))
    found = scene.secrets.get(SourceName("mail"), "password")
    assert found is not None
    assert found.reveal() == PASSWORD


def test_a_list_is_given_line_by_line(scene: Scene) -> None:
    scene.app.execute(ADD)
    row = scene.app.execute(SetSource("mail", settings=("folders=INBOX", "folders=Reports")))
    assert dict(row.settings) == {"user": "soc", "folders": "INBOX\nReports", "poll": "30"}


def test_a_change_is_tried_at_once_and_can_be_taken_back(scene: Scene) -> None:
    # given a source that fails
    scene.app.execute(AddSource("box", "mail", settings=("user=soc",), secrets=("password=wrong",)))
    report = scene.app.execute(SyncSources())
    assert report.failed == 1
    assert scene.row().status == "failing"
    # when its password is changed
    row = scene.app.execute(SetSource("mail", settings=("poll=90",), secrets=(f"password={PASSWORD}",)))
    # then it is as new
    assert (row.status, row.error, row.next_try) == ("new", "", None)
    assert scene.app.execute(SyncSources()).failed == 0
    assert scene.row().status == "ok"
    # and undo brings the settings back
    scene.app.execute(Undo())
    assert dict(scene.row().settings)["poll"] == "30"


def test_pause_and_resume_and_undo(scene: Scene) -> None:
    scene.app.execute(ADD)
    assert scene.app.execute(PauseSource("mail")).status == "paused"
    scene.deliver(1)
    assert scene.app.execute(SyncSources()).sources == ()
    with pytest.raises(InvalidState, match="paused"):
        scene.app.execute(SyncSources("mail"))
    scene.app.execute(Undo())
    assert scene.row().status == "new"
    scene.app.execute(PauseSource("mail"))
    assert scene.app.execute(ResumeSource("mail")).status == "new"
    assert scene.app.execute(SyncSources()).new == 1


def test_removing_forgets_the_password_and_keeps_what_came_and_undo_brings_the_cursor_back(scene: Scene) -> None:
    # given
    scene.app.execute(ADD)
    scene.deliver(3)
    scene.app.execute(SyncSources())
    # when
    scene.app.execute(RemoveSource("mail"))
    # then
    assert scene.app.ask(ListSources()).sources == ()
    assert scene.secrets.held == {}
    assert scene.app.ask(GetBalance()).ticketed == 3
    # when taken back
    scene.app.execute(Undo())
    with scene.bench.storage.read() as uow:
        assert uow.sources.cursors(SourceName("mail")) == {"INBOX": Cursor("INBOX", 1, "3")}
    # then it wants its password again, and goes on where it was
    scene.app.execute(SetSource("mail", secrets=(f"password={PASSWORD}",)))
    scene.deliver(1)
    report = scene.app.execute(SyncSources())
    assert (report.new, report.known) == (1, 0)


def test_a_removal_is_not_taken_back_over_another_source(scene: Scene) -> None:
    scene.app.execute(ADD)
    scene.app.execute(RemoveSource("mail"))
    scene.app.execute(ADD)
    with pytest.raises(InvalidState, match="another source"):
        scene.app.execute(Undo())
    scene.app.execute(RemoveSource("mail"), actor="ana")
    scene.app.execute(Undo())
    with pytest.raises(NothingToUndo):
        scene.app.execute(Undo())


@pytest.mark.parametrize(
    "command", [SetSource("x"), PauseSource("x"), ResumeSource("x"), RemoveSource("x"), SyncSources("x")]
)
def test_an_unknown_source_is_named(scene: Scene, command: PauseSource) -> None:
    with pytest.raises(NotFound, match="'x'"):
        scene.app.execute(command)


def test_the_kinds_are_listed_with_their_settings(scene: Scene) -> None:
    (kind,) = scene.app.ask(ListSourceKinds()).kinds
    assert kind == scene.app.ask(ListSourceKinds("box")).kinds[0]
    assert [each.name for each in kind.fields] == ["user", "password", "folders", "poll"]
    with pytest.raises(InvalidInput, match="pigeon"):
        scene.app.ask(ListSourceKinds("pigeon"))


def test_a_connection_is_tried_before_it_is_stored_and_afterwards(scene: Scene) -> None:
    # given nothing stored
    tried = scene.app.ask(TestSource(kind="box", settings=("user=soc",), secrets=(f"password={PASSWORD}",)))
    assert (tried.message, tried.tls) == ("0 mails for soc.", "TLS 1.3")
    with pytest.raises(SourceFailed, match="refused"):
        scene.app.ask(TestSource(kind="box", settings=("user=soc",), secrets=("password=wrong",)))
    assert scene.secrets.held == {}
    # when stored, then as it is, and with changes
    scene.app.execute(ADD)
    assert scene.app.ask(TestSource("mail")).message == "0 mails for soc."
    assert scene.app.ask(TestSource("mail", settings=("user=ana",))).message == "0 mails for ana."
    with pytest.raises(SourceFailed):
        scene.app.ask(TestSource("mail", secrets=("password=wrong",)))
    with pytest.raises(NotFound):
        scene.app.ask(TestSource("nobody"))
    assert dict(scene.row().settings)["user"] == "soc"
