"""Second opinions on a workspace that asks for one on every decision, or on none."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workspaces import opened
from triage_app.domain.errors import InvalidInput, InvalidState, NotFound
from triage_app.domain.ticket import TicketId
from triage_app.services.app import App
from triage_app.services.commands import AcceptLabel, CorrectLabel, Undo
from triage_app.services.inverse import state_of
from triage_app.services.learning_commands import SecondOpinion
from triage_app.services.learning_queries import ListSecondLooks
from triage_app.services.queries import GetTicket

ONE, TWO = TicketId(1), TicketId(2)


@pytest.fixture
def app(demo_folder: Path) -> Iterator[App]:
    settings = demo_folder / "settings.toml"
    settings.write_text(settings.read_text() + "\n[learning]\nsecond_looks = 1.0\n")
    with opened(demo_folder) as found:
        yield found


def waiting(app: App, actor: str) -> list[int]:
    return [each.ticket for each in app.ask(ListSecondLooks(), actor=actor).looks]


def test_somebody_else_is_asked_and_is_not_told_what_was_said(app: App) -> None:
    # given two decisions
    app.execute(CorrectLabel(TWO, "Malware"), actor="ana")
    app.execute(AcceptLabel(ONE), actor="bob")
    # then each waits for the other
    assert (waiting(app, "ana"), waiting(app, "bob"), waiting(app, "eve")) == ([1], [2], [2, 1])
    look = app.ask(ListSecondLooks(), actor="bob").looks[0]
    assert look.subject == app.ask(GetTicket(TWO)).row.subject
    assert "Malware" not in repr(look)


def test_an_opinion_changes_nothing_and_is_taken_back(app: App) -> None:
    app.execute(CorrectLabel(TWO, "Malware"), actor="ana")
    before = app.ask(GetTicket(TWO)).row
    # when
    row = app.execute(SecondOpinion(TWO, "phishing"), actor="bob")
    # then
    assert state_of(row) == state_of(before)
    assert waiting(app, "eve") == []
    with pytest.raises(NotFound, match="waits for no second opinion"):
        app.execute(SecondOpinion(TWO, "Spam"), actor="eve")
    # and when it is taken back it waits again
    app.execute(Undo(), actor="bob")
    assert waiting(app, "bob") == [2]


def test_whoever_decided_gives_no_second_opinion(app: App) -> None:
    app.execute(CorrectLabel(TWO, "Malware"), actor="ana")
    with pytest.raises(InvalidState, match="decided ticket 2 yourself"):
        app.execute(SecondOpinion(TWO, "Malware"), actor="ana")
    with pytest.raises(InvalidInput, match="has no label"):
        app.execute(SecondOpinion(TWO, "Nonsense"), actor="bob")


def test_undo_of_a_decision_withdraws_what_it_asked_for(app: App) -> None:
    app.execute(CorrectLabel(TWO, "Malware"), actor="ana")
    # given a second decision, which asks for nothing more
    app.execute(CorrectLabel(TWO, "Spam"), actor="bob")
    app.execute(Undo(), actor="bob")
    assert waiting(app, "eve") == [2]
    # when the one that asked is taken back
    app.execute(Undo(), actor="ana")
    # then nobody is asked
    assert waiting(app, "eve") == []
    with pytest.raises(NotFound):
        app.execute(SecondOpinion(TWO, "Spam"), actor="eve")


def test_nothing_is_asked_where_it_is_not_wanted(demo: App) -> None:
    demo.execute(CorrectLabel(TWO, "Malware"), actor="ana")
    assert demo.ask(ListSecondLooks(), actor="bob").looks == ()
