"""Taking a decision back, part by part."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from triage_app.domain.errors import TriageError
from triage_app.domain.ticket import TicketId, Verdict
from triage_app.services.app import App
from triage_app.services.arguments import Command
from triage_app.services.commands import (
    AcceptLabel,
    AddNote,
    AssignTicket,
    CloseTicket,
    CorrectLabel,
    ReopenTicket,
    Undo,
)
from triage_app.services.inverse import state_of
from triage_app.services.queries import CountViews, ExportCorrections, ExportFormat, GetTicket, ListTickets

TICKETS = [TicketId(number) for number in range(1, 5)]

decisions: st.SearchStrategy[Command[object]] = st.one_of(
    st.builds(CloseTicket, st.sampled_from(TICKETS), verdict=st.sampled_from(list(Verdict))),
    st.builds(ReopenTicket, st.sampled_from(TICKETS)),
    st.builds(AssignTicket, st.sampled_from(TICKETS), st.sampled_from(["me", "-", "jo"])),
    st.builds(AddNote, st.sampled_from(TICKETS), st.text("ab", min_size=1, max_size=3)),
    st.builds(CorrectLabel, st.sampled_from(TICKETS), st.sampled_from(["Phishing", "Spam", "Other"])),
    st.builds(AcceptLabel, st.sampled_from(TICKETS)),
)


def picture(app: App) -> object:
    """All that an analyst can see of the tickets, but for what their timeline says."""
    views = [app.ask(GetTicket(ticket)) for ticket in TICKETS]
    learnt = app.ask(ExportCorrections(format=ExportFormat.FASTTEXT)).content
    return [(view.row, view.notes, view.predictions) for view in views], learnt, app.ask(CountViews())


def test_the_state_of_a_row_is_what_people_change(demo: App) -> None:
    row = demo.ask(ListTickets(limit=1)).tickets[0]
    state = state_of(row)
    assert (state.status, state.category, state.reviewed) == (row.status, row.category, row.reviewed)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(decisions, max_size=12))
def test_any_history_of_decisions_can_be_walked_back_to_where_it_began(
    demo: App, history: list[Command[object]]
) -> None:
    # given
    before = picture(demo)
    done = 0
    # when decisions are made, those that the state forbids left out, and all are taken back
    for command in history:
        try:
            demo.execute(command, actor="maria")
        except TriageError:
            continue
        done += 1
    for _ in range(done):
        demo.execute(Undo(), actor="maria")
    # then everything is as before
    assert picture(demo) == before
    with pytest.raises(TriageError, match="left to take back"):
        demo.execute(Undo(), actor="maria")
