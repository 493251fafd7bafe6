"""The blast radius on a workspace whose open tickets hold a kind that the model takes for another."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workspaces import opened
from triage_app.domain.errors import InvalidInput, InvalidState, NotFound
from triage_app.domain.ticket import TicketId
from triage_app.services.app import App
from triage_app.services.commands import AcceptLabel, ImportFiles, TrainModel, Undo
from triage_app.services.learning_commands import RenameLabel, SplitLabel
from triage_app.services.learning_queries import GetBlastRadius
from triage_app.services.queries import GetTicketRows, ListTicketIds

FRUIT, TOOLS, SHIPS = (
    "apple pear plum cherry grape melon peach fig kiwi lime quince mango papaya guava date",
    "hammer saw drill wrench nail screw plane chisel file clamp vice anvil axe adze awl",
    "anchor sail mast rudder keel hull deck bow stern galley hold bilge brig sloop yawl",
)
WORDS = {"Fruit": FRUIT.split(), "Tools": TOOLS.split(), "Ships": SHIPS.split()}


def text(label: str, number: int) -> str:
    words = WORDS[label]
    return " ".join(words[(number * step + step) % len(words)] for step in (1, 2, 4, 7, 11))


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """Tickets 1 to 8: six about mobile cranes on ships, which is neither, one about fruit, one about nothing known."""
    folder = tmp_path_factory.mktemp("blast")
    data = folder / "things.jsonl"
    lines = [{"label": label, "text": text(label, number)} for number in range(60) for label in WORDS]
    data.write_text("".join(json.dumps(each) + "\n" for each in lines))
    mails = [f"Subject: crane {number}\n\ncrane on anchor deck mast and crane on sail\n" for number in range(6)]
    mails += ["Subject: apple\n\napple pear plum cherry\n", "Subject: zorble\n\nquandary flim zorble\n"]
    for number, mail in enumerate(mails, 1):
        (folder / f"{number}.eml").write_bytes(mail.encode())
    with opened(folder / "workspace") as found:
        found.execute(TrainModel(dataset="things", data=str(data)))
        for number in range(1, len(mails) + 1):
            found.execute(ImportFiles((str(folder / f"{number}.eml"),)))
        yield found


def test_what_is_like_the_ticket_would_change_and_the_rest_would_not(app: App) -> None:
    before = app.ask(GetTicketRows(tuple(app.ask(ListTicketIds(view="all")).ids)))
    # when
    radius = app.ask(GetBlastRadius(TicketId(1), "tools", dataset="things"))
    # then
    assert (radius.ticket, radius.label, radius.open) == (1, "Tools", 7)
    assert {each.ticket for each in radius.changes} == {2, 3, 4, 5, 6}
    assert {(each.before, each.after) for each in radius.changes} == {("Ships", "Tools")}
    assert {each.subject for each in radius.changes} == {f"crane {number}" for number in range(1, 6)}
    assert [each.after_confidence for each in radius.changes] == sorted(
        (each.after_confidence for each in radius.changes), reverse=True
    )
    assert "ticket 1 is Tools" in radius.tried
    # and nothing has changed
    assert app.ask(GetTicketRows(tuple(app.ask(ListTicketIds(view="all")).ids))) == before
    assert app.ask(GetBlastRadius(TicketId(1), "Tools", dataset="things")) == radius


def test_what_the_model_says_already_changes_nothing(app: App) -> None:
    assert app.ask(GetBlastRadius(TicketId(7), "Fruit", dataset="things")).changes == ()


def test_tickets_that_a_person_labelled_are_not_looked_at(app: App) -> None:
    app.execute(AcceptLabel(TicketId(2), dataset="things"))
    try:
        radius = app.ask(GetBlastRadius(TicketId(1), "Tools", dataset="things"))
        assert radius.open == 6
        assert {each.ticket for each in radius.changes} == {3, 4, 5, 6}
    finally:
        app.execute(Undo())


def test_what_cannot_be_asked_is_said(app: App, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        app.ask(GetBlastRadius(TicketId(99), "Tools", dataset="things"))
    with pytest.raises(InvalidInput, match="has no label"):
        app.ask(GetBlastRadius(TicketId(1), "Nonsense", dataset="things"))
    (tmp_path / "a.eml").write_bytes(b"Subject: hello\n\nhello\n")
    with opened(tmp_path / "workspace") as other:
        folder = tmp_path / "workspace" / "datasets" / "fresh"
        folder.mkdir(parents=True)
        (folder / "dataset.toml").write_text('name = "fresh"\ntitle = "Fresh"\nlabels = ["A", "B"]\ndefault = "A"\n')
        (folder / "data.txt").write_text("")
        other.execute(ImportFiles((str(tmp_path / "a.eml"),)))
        with pytest.raises(InvalidState, match="has no model yet"):
            other.ask(GetBlastRadius(TicketId(1), "B", dataset="fresh"))


def test_a_label_that_was_renamed_is_taught_under_the_name_that_the_version_knows(app: App) -> None:
    app.execute(RenameLabel("things", "Tools", "Hardware"))
    radius = app.ask(GetBlastRadius(TicketId(1), "hardware", dataset="things"))
    assert {(each.before, each.after) for each in radius.changes} == {("Ships", "Hardware")}
    assert len(radius.changes) == 5


def test_of_a_label_that_the_version_does_not_know_it_says_so(app: App) -> None:
    app.execute(SplitLabel("things", "Fruit", into="Nuts", words=("date",)))
    # when
    radius = app.ask(GetBlastRadius(TicketId(1), "nuts", dataset="things"))
    # then
    assert radius.changes == ()
    assert "does not know Nuts yet" in radius.tried
