"""Forgetting somebody, and learning from them again."""

import pytest

from triage_app.domain.errors import InvalidInput, InvalidState, NotFound
from triage_app.domain.poison import OriginKind
from triage_app.domain.ticket import TicketId
from triage_app.services.app import App
from triage_app.services.commands import CorrectLabel, TrainModel, Undo
from triage_app.services.learning_commands import ForgetOrigin, RecallOrigin
from triage_app.services.learning_queries import ListForgotten
from triage_app.services.queries import ListTickets


def corrected(app: App, *whos: str) -> list[TicketId]:
    """Tickets that these people corrected, one each."""
    rows = app.ask(ListTickets(limit=len(whos))).tickets
    for row, who in zip(rows, whos, strict=True):
        app.execute(CorrectLabel(row.id, "Vulnerability" if row.category != "Vulnerability" else "Spam"), actor=who)
    return [row.id for row in rows]


def names(app: App) -> list[tuple[str, str, int]]:
    return [(each.kind.value, each.value, each.examples) for each in app.ask(ListForgotten()).forgotten]


def test_nothing_of_whoever_is_forgotten_is_in_the_next_version_until_they_are_recalled(demo: App) -> None:
    # given what two people taught
    corrected(demo, "eve", "eve", "ana")
    before = demo.execute(TrainModel())
    # when
    forgotten = demo.execute(ForgetOrigin(OriginKind.ANALYST, " EVE "))
    # then the answer says what falls away, and the next version is without it and says so
    assert (forgotten.value, forgotten.examples, forgotten.by) == ("EVE", 2, "demo")
    without = demo.execute(TrainModel())
    assert without.examples == before.examples - 2
    assert "0 examples and 2 corrections of those whom nothing is learnt from" in without.decision
    # and back again
    assert names(demo) == [("analyst", "EVE", 2)]
    demo.execute(RecallOrigin(OriginKind.ANALYST, "eve"))
    assert names(demo) == []
    assert demo.execute(TrainModel()).data_sha256 == before.data_sha256


def test_a_sender_is_an_address_or_a_domain_and_both_ways_are_undone(demo: App) -> None:
    senders = {row.sender for row in demo.ask(ListTickets(limit=200)).tickets}
    domain = min(each.rpartition("@")[2] for each in senders if "@" in each)
    demo.execute(ForgetOrigin(OriginKind.SENDER, f"@{domain.upper()}"))
    assert [each[1] for each in names(demo)] == [domain]
    with pytest.raises(InvalidState, match=domain):
        demo.execute(ForgetOrigin(OriginKind.SENDER, domain))
    demo.execute(RecallOrigin(OriginKind.SENDER, domain))
    demo.execute(Undo())
    assert [each[1] for each in names(demo)] == [domain]
    demo.execute(Undo())
    assert names(demo) == []


def test_nobody_and_whoever_is_not_forgotten_are_named(demo: App) -> None:
    with pytest.raises(InvalidInput, match="names no sender"):
        demo.execute(ForgetOrigin(OriginKind.SENDER, " @ "))
    with pytest.raises(NotFound, match="source feed"):
        demo.execute(RecallOrigin(OriginKind.SOURCE, "feed"))
    with pytest.raises(NotFound, match="colours"):
        demo.execute(ForgetOrigin(OriginKind.SOURCE, "feed", dataset="colours"))


def test_an_undo_that_comes_too_late_says_so(demo: App) -> None:
    demo.execute(ForgetOrigin(OriginKind.SOURCE, "files"), actor="ana")
    demo.execute(RecallOrigin(OriginKind.SOURCE, "files"), actor="ben")
    with pytest.raises(InvalidState, match="recalled by somebody"):
        demo.execute(Undo(), actor="ana")
