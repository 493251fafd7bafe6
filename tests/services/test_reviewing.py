"""The review queue on a real workspace with a storm of alerts, and one label for a whole kind of text."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workspaces import opened
from triage_app.domain.errors import InvalidInput, NotFound
from triage_app.domain.learning import Decision
from triage_app.domain.ticket import TicketId, Verdict
from triage_app.services.app import App
from triage_app.services.commands import AcceptLabel, CloseTicket, CorrectLabel, ImportFiles, TrainModel, Undo
from triage_app.services.inverse import state_of
from triage_app.services.learning_commands import TellCluster
from triage_app.services.learning_queries import GetReviewQueue, ListSecondLooks, PlanTellCluster
from triage_app.services.queries import (
    ExportCorrections,
    ExportFormat,
    GetTicket,
    GetTicketRows,
    ListAudit,
    ListTicketIds,
)

THINGS = ("printer", "badge", "invoice", "laptop", "mailbox", "router", "backup", "password", "phone", "contract")
DEEDS = ("was stolen", "asks for money", "is empty again", "does not start", "shows a skull")
STORM = 1_000
URGENCY = (("High", "server is down"), ("Low", "a question about lunch"))


def storm(number: int) -> dict[str, str]:
    return {"title": f"Failed logon {number}", "description": f"user u{number} failed to log on to host srv-{number}"}


def odd(number: int) -> dict[str, str]:
    thing, deed = THINGS[number % 10], DEEDS[number // 10]
    return {"title": f"The {thing} {deed}", "description": f"My {thing} {deed}, since {deed} my {thing} of {thing}"}


def written(path: Path, alerts: list[dict[str, str]]) -> Path:
    path.write_text("".join(json.dumps(each) + "\n" for each in alerts))
    return path


@pytest.fixture(scope="module")
def stormy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """1,000 near-identical alerts with 50 odd ones among them; not to be changed."""
    folder = tmp_path_factory.mktemp("stormy")
    alerts = [storm(number) for number in range(STORM)]
    for number in range(50):
        alerts.insert(number * 20, odd(number))
    with opened(folder / "workspace") as app:
        assert app.execute(ImportFiles((str(written(folder / "alerts.jsonl", alerts)),))).ticketed == STORM + 50
        yield app


@pytest.fixture
def few(tmp_path: Path) -> Iterator[App]:
    """Five near-identical alerts, 1 to 5, and two odd ones."""
    alerts = [*(storm(number) for number in range(5)), odd(1), odd(2)]
    with opened(tmp_path / "workspace") as app:
        app.execute(ImportFiles((str(written(tmp_path / "alerts.jsonl", alerts)),)))
        assert len(app.ask(ListTicketIds(view="all")).ids) == 7
        yield app


def test_the_odd_ones_are_seen_beside_a_storm(stormy: App) -> None:
    queue = stormy.ask(GetReviewQueue(limit=60))
    assert (queue.open, queue.looked_at) == (STORM + 50, STORM + 50)
    odd_ones = [each for each in queue.items if each.subject.startswith("The ")]
    assert len(odd_ones) >= 40
    (storms,) = (each for each in queue.items if each.subject.startswith("Failed"))
    assert storms.size == STORM
    assert len(storms.tickets) == 100
    assert storms.ticket in storms.tickets
    scores = [each.score for each in queue.items]
    assert scores == sorted(scores, reverse=True)


def test_what_a_person_labelled_or_closed_is_in_the_queue_no_more(few: App) -> None:
    tickets = [TicketId(each) for each in sorted(few.ask(ListTicketIds(view="all")).ids)]
    few.execute(AcceptLabel(tickets[5]))
    few.execute(CloseTicket(tickets[0], verdict=Verdict.TEST))
    queue = few.ask(GetReviewQueue())
    assert queue.open == 5
    assert sorted(each.size for each in queue.items) == [1, 4]
    assert len(few.ask(GetReviewQueue(limit=1)).items) == 1
    with pytest.raises(InvalidInput, match="lines"):
        few.ask(GetReviewQueue(limit=0))


def test_a_label_is_given_to_a_whole_kind_and_taken_back_at_once(few: App) -> None:
    ids = sorted(few.ask(ListTicketIds(view="all")).ids)
    before = few.ask(GetTicketRows(tuple(ids))).tickets
    # given one of the kind that a person labelled, and one that is closed
    few.execute(CorrectLabel(TicketId(2), "Malware"), actor="bob")
    few.execute(CloseTicket(TicketId(3), verdict=Verdict.TEST), actor="bob")
    # when it is planned, nothing changes
    plan = few.ask(PlanTellCluster(TicketId(1), "spam"))
    assert (plan.label, sorted(plan.tickets), plan.planned) == ("Spam", [1, 4, 5], True)
    assert not few.ask(GetTicket(TicketId(1))).row.reviewed
    # when it is told
    told = few.execute(TellCluster(TicketId(1), "spam"), actor="ana")
    # then each has a correction of its own
    assert (set(told.tickets), told.planned) == (set(plan.tickets), False)
    rows = few.ask(GetTicketRows(told.tickets)).tickets
    assert {(row.category, row.tier, row.reviewed) for row in rows} == {("Spam", "person", True)}
    lines = few.ask(ExportCorrections(format=ExportFormat.JSONL)).content.splitlines()
    found = [json.loads(line) for line in lines]
    words = [each for each in found if each["who"] == "ana"]
    assert sorted(each["ticket"] for each in words) == [1, 4, 5]
    assert {each["why"] for each in words} == {"told with ticket 1"}
    assert {each["decision"] for each in words} == {Decision.CORRECTED.value}
    assert all("failed to log on" in each["text"] for each in words)
    assert few.ask(ListAudit(limit=1)).entries[0].command == "tell-cluster"
    # and one undo takes all back
    few.execute(Undo(), actor="ana")
    after = few.ask(GetTicketRows(tuple(ids))).tickets
    others = [[state_of(row) for row in rows if row.id not in (2, 3)] for rows in (after, before)]
    assert others[0] == others[1]
    assert few.ask(GetTicket(TicketId(2))).row.category == "Malware"


def test_a_ticket_without_its_like_is_told_alone(few: App) -> None:
    assert few.execute(TellCluster(TicketId(6), "Phishing")).tickets == (6,)
    with pytest.raises(NotFound):
        few.execute(TellCluster(TicketId(99), "Phishing"))
    with pytest.raises(InvalidInput, match="has no label"):
        few.ask(PlanTellCluster(TicketId(6), "Nonsense"))


def test_of_a_whole_kind_one_ticket_is_shown_to_somebody_else(tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    (workspace / "settings.toml").write_text("[learning]\nsecond_looks = 1.0\n")
    with opened(workspace) as app:
        app.execute(ImportFiles((str(written(tmp_path / "alerts.jsonl", [storm(number) for number in range(4)])),)))
        # when
        assert len(app.execute(TellCluster(TicketId(3), "Spam"), actor="ana").tickets) == 4
        # then
        assert [each.ticket for each in app.ask(ListSecondLooks(), actor="bob").looks] == [3]
        app.execute(Undo(), actor="ana")
        assert app.ask(ListSecondLooks(), actor="bob").looks == ()
        assert app.ask(GetReviewQueue()).open == 4


def test_a_kind_is_told_for_one_dataset_and_waits_in_the_others(few: App, tmp_path: Path) -> None:
    data = tmp_path / "urgency.jsonl"
    lines = [{"label": label, "text": f"{text} {number}"} for label, text in URGENCY for number in range(3)]
    few.execute(TrainModel(dataset="urgency", data=str(written(data, lines))))
    before = few.ask(GetTicket(TicketId(1))).row
    few.execute(TellCluster(TicketId(1), "High", dataset="urgency"))
    assert few.ask(GetReviewQueue(dataset="urgency")).open == 2
    assert few.ask(GetReviewQueue()).open == 7
    assert state_of(few.ask(GetTicket(TicketId(1))).row) == state_of(before)
    few.execute(Undo())
    assert few.ask(GetReviewQueue(dataset="urgency")).open == 7
