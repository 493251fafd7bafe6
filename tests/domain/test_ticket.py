"""Which step is allowed from which state."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain.errors import InvalidState
from triage_app.domain.ticket import Severity, Status, Verdict, WorkState, assign, close, put_off, reopen, wake

NEW = WorkState(Status.NEW, None, "", "Phishing", 0.9, "model", reviewed=False)

states = st.builds(
    WorkState,
    status=st.sampled_from([Status.NEW, Status.IN_PROGRESS, Status.WAITING]),
    verdict=st.none(),
    assignee=st.sampled_from(["", "maria"]),
    category=st.just("Phishing"),
    confidence=st.floats(0, 1),
    tier=st.just("model"),
    reviewed=st.booleans(),
)


@given(states, st.sampled_from(list(Verdict)))
def test_closing_gives_the_verdict_and_nothing_else(state: WorkState, verdict: Verdict) -> None:
    assert close(state, verdict) == replace(state, status=Status.RESOLVED, verdict=verdict)


@given(states, st.sampled_from(list(Verdict)))
def test_a_closed_ticket_takes_no_second_verdict_and_no_assignee(state: WorkState, verdict: Verdict) -> None:
    closed = close(state, verdict)
    with pytest.raises(InvalidState):
        close(closed, Verdict.TEST)
    with pytest.raises(InvalidState):
        assign(closed, "jo")


def test_reopening_clears_the_verdict_and_goes_back_to_its_owner() -> None:
    owned = assign(NEW, "maria")
    assert reopen(close(owned, Verdict.TEST)) == owned
    assert reopen(close(NEW, Verdict.TEST)) == NEW
    with pytest.raises(InvalidState):
        reopen(NEW)


def test_assigning_starts_the_work_and_taking_away_stops_it() -> None:
    assert assign(NEW, "maria").status is Status.IN_PROGRESS
    assert assign(assign(NEW, "maria"), "") == NEW
    waiting = replace(NEW, status=Status.WAITING, assignee="maria")
    assert assign(waiting, "jo").status is Status.WAITING


@given(states)
def test_a_ticket_that_was_put_off_goes_back_to_its_owner_or_to_all(state: WorkState) -> None:
    waiting = put_off(state)
    assert waiting == replace(state, status=Status.WAITING)
    assert put_off(waiting) == waiting
    back = wake(waiting)
    assert back == replace(state, status=Status.IN_PROGRESS if state.assignee else Status.NEW)
    with pytest.raises(InvalidState, match="not put off"):
        wake(back)


@given(states)
def test_a_closed_ticket_is_not_put_off(state: WorkState) -> None:
    closed = close(state, Verdict.TEST)
    with pytest.raises(InvalidState, match="follow-up"):
        put_off(closed)
    with pytest.raises(InvalidState, match="not put off"):
        wake(closed)


def test_severities_sort_from_unknown_to_critical() -> None:
    assert [each.word for each in sorted(Severity)] == ["unknown", "low", "medium", "high", "critical"]
