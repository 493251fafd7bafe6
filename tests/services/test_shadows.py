"""Versions in the shadow: they judge what comes in, unseen, in the processes that read mail."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.team import Team, team, texts
from triage_app.domain.errors import InvalidInput, InvalidState, NotFound
from triage_app.domain.labels import ModelId, Prediction, Tier
from triage_app.domain.ticket import TicketId
from triage_app.services.commands import CorrectLabel, ImportFiles, Undo, UseModel
from triage_app.services.learning_commands import ShadowModel
from triage_app.services.learning_queries import GetShadow
from triage_app.services.queries import GetTicket, ListTickets
from triage_app.services.shadows import answers_of
from triage_app.services.shapes import Analysis


@pytest.fixture
def it(tmp_path: Path) -> Iterator[Team]:
    """A team whose model knows its first words."""
    with team(tmp_path / "workspace") as found:
        yield found


def take_in(it: Team, name: str, lines: list[tuple[str, str]]) -> None:
    """Alerts with these texts."""
    path = it.folder / f"{name}.jsonl"
    path.write_text(
        "".join(json.dumps({"title": text, "id": f"{name}{n}"}) + "\n" for n, (_, text) in enumerate(lines))
    )
    report = it.app.execute(ImportFiles((str(path),)))
    assert (report.ticketed, report.difference) == (len(lines), 0)


def test_its_answers_are_kept_beside_those_that_are_shown_and_nobody_else_sees_them(it: Team) -> None:
    # given a version that has everything wrong, in the shadow
    first = it.in_force()
    worse = it.train(it.write("wrong.txt", texts(300, 1, wrong=True)))
    it.app.execute(UseModel(first))
    assert it.app.execute(ShadowModel(worse.id, "on")).shadow
    # when alerts come in, and people say of two what they are
    lines = texts(12, 7)
    take_in(it, "a", lines)
    rows = {row.subject: row.id for row in it.app.ask(ListTickets(limit=50)).tickets}
    for label, text in lines[:2]:
        it.app.execute(CorrectLabel(rows[text], label, dataset="team"))
    # then it differs everywhere, and was right nowhere
    report = it.app.ask(GetShadow(worse.id))
    assert (report.judged, report.differ) == (12, 12)
    assert (report.shadow_right, report.in_force_right) == (0, 2)
    assert {each.truth for each in report.disagreements[:2]} == {label for label, _ in lines[:2]}
    assert [each.truth for each in report.disagreements[2:]] == [""] * 10
    assert report.disagreements[0].subject in rows
    assert len(it.app.ask(GetShadow(worse.id, limit=3)).disagreements) == 3
    # the ticket shows the version in force only
    ticket = it.app.ask(GetTicket(rows[lines[0][1]]))
    assert {each.model_id for each in ticket.predictions if each.dataset == "team"} == {first}
    # and out of the shadow it judges no more
    it.app.execute(ShadowModel(worse.id, "off"))
    take_in(it, "b", texts(3, 8))
    assert it.app.ask(GetShadow(worse.id)).judged == 12


def test_two_at_most_and_not_the_one_in_force(it: Team) -> None:
    first = it.in_force()
    others = [it.train().id for _ in range(3)]
    it.app.execute(UseModel(first))
    with pytest.raises(InvalidState, match="is in force"):
        it.app.execute(ShadowModel(first, "on"))
    for each in others[:2]:
        it.app.execute(ShadowModel(each, " ON "))
    with pytest.raises(InvalidState, match="are in the shadow already"):
        it.app.execute(ShadowModel(others[2], "on"))
    with pytest.raises(InvalidState, match=f"{others[0]} is in the shadow already"):
        it.app.execute(ShadowModel(others[0], "on"))
    with pytest.raises(InvalidInput, match="neither on nor off"):
        it.app.execute(ShadowModel(others[0], "perhaps"))
    with pytest.raises(NotFound):
        it.app.execute(ShadowModel(ModelId("team-0"), "on"))
    # undo goes back, whichever way
    it.app.execute(ShadowModel(others[1], "off"))
    it.app.execute(Undo())
    assert [each.id for each in it.versions() if each.shadow] == [others[1], others[0]]
    it.app.execute(Undo())
    assert [each.id for each in it.versions() if each.shadow] == [others[0]]


def test_what_is_in_force_by_now_does_not_go_back_into_the_shadow(it: Team) -> None:
    first = it.in_force()
    second = it.train().id
    it.app.execute(UseModel(first))
    it.app.execute(ShadowModel(second, "on"), actor="ana")
    it.app.execute(ShadowModel(second, "off"), actor="ana")
    it.app.execute(UseModel(second), actor="ben")
    with pytest.raises(InvalidState, match="in force by now"):
        it.app.execute(Undo(), actor="ana")


def test_a_version_in_the_shadow_whose_file_was_altered_says_nothing_and_stops_nothing(it: Team) -> None:
    first = it.in_force()
    second = it.train().id
    it.app.execute(UseModel(first))
    it.app.execute(ShadowModel(second, "on"))
    (it.folder / "models" / "team" / f"{second}.sig").write_text("0" * 64 + "\n", encoding="ascii")
    take_in(it, "a", texts(3, 7))
    assert it.app.ask(GetShadow(second)).judged == 0


def test_an_answer_stands_beside_the_one_of_its_dataset() -> None:
    shown = [Prediction(name, "Spam", 0.5, Tier.KEYWORD, ModelId("m")) for name in ("category", "team")]
    unseen = Prediction("team", "Network", 0.9, Tier.MODEL, ModelId("s"))
    (found,) = answers_of(TicketId(7), Analysis(predictions=tuple(shown), shadows=(unseen,)))
    assert (found.ticket, found.model_id, found.dataset) == (7, "s", "team")
    assert (found.label, found.in_force, found.in_force_confidence) == ("Network", "Spam", 0.5)
    assert not list(answers_of(TicketId(7), Analysis(predictions=tuple(shown))))
