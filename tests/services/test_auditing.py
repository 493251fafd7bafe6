"""The audit of labels on a dataset of our own, with mistakes planted in it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workspaces import opened
from triage_app.domain.errors import Cancelled, InvalidInput, InvalidState, NotFound
from triage_app.domain.ticket import TicketId
from triage_app.services.app import App
from triage_app.services.commands import CorrectLabel, ImportFiles, TrainModel
from triage_app.services.context import CancelToken, Progress
from triage_app.services.learning_commands import SecondOpinion
from triage_app.services.learning_queries import AuditLabels
from triage_app.services.queries import ListModels

KINDS = {
    "Fruit": ("apple pear plum", "cherry grape melon", "peach apple grape", "plum melon cherry"),
    "Tools": ("hammer saw drill", "wrench nail screw", "drill wrench hammer", "screw saw nail"),
    "Ships": ("anchor sail mast", "rudder keel hull", "mast keel anchor", "hull rudder sail"),
}
EXTRAS = ("red", "old", "big", "far", "wet", "new", "odd", "low", "dry", "raw")
WRONG = {3: "Ships", 50: "Fruit", 100: "Tools"}


def rows() -> list[dict[str, str]]:
    """40 examples of each kind, in which no two are nearly the same; three have another kind's label."""
    found: list[dict[str, str]] = []
    for label, texts in KINDS.items():
        for number in range(40):
            extra = EXTRAS[number % 10]
            words = f"{texts[number % 4]} {extra} {texts[(number // 4 + 1) % 4]} {EXTRAS[(number * 3 + 1) % 10]}"
            found.append({"label": WRONG.get(len(found), label), "text": f"{words} {'x' * (number + 1)}"})
    return found


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """A workspace with the dataset `things`; not to be changed."""
    folder = tmp_path_factory.mktemp("audit")
    data = folder / "things.jsonl"
    data.write_text("".join(json.dumps(each) + "\n" for each in rows()))
    with opened(folder / "workspace") as found:
        found.execute(TrainModel(dataset="things", data=str(data)))
        yield found


def test_planted_mistakes_stand_first_with_their_place_and_what_they_are(app: App) -> None:
    told: list[Progress] = []
    audit = app.ask(AuditLabels(dataset="things"), progress=told.append)
    assert (audit.dataset, audit.examined) == ("things", 120)
    first = {each.line - 1: each for each in audit.suspects[:3]}
    assert set(first) == set(WRONG)
    for place, suspect in first.items():
        assert suspect.label == WRONG[place]
        assert suspect.likely == list(KINDS)[place // 40]
        assert suspect.ticket == 0
        assert suspect.excerpt == rows()[place]["text"]
    assert [each.doubt for each in audit.suspects] == sorted((each.doubt for each in audit.suspects), reverse=True)
    # and whoever waits sees it go on
    assert told
    assert all(0 <= each.done <= each.total == 400 for each in told)
    # and nothing was kept of the trials
    assert len(app.ask(ListModels(dataset="things")).models) == 1


def test_the_list_is_as_long_as_wanted_and_can_be_stopped(app: App) -> None:
    assert len(app.ask(AuditLabels(dataset="things", limit=2)).suspects) == 2
    with pytest.raises(InvalidInput):
        app.ask(AuditLabels(dataset="things", limit=-1))
    with pytest.raises(NotFound):
        app.ask(AuditLabels(dataset="nothing"))
    token = CancelToken()

    def stop(_progress: Progress) -> None:
        token.cancel()

    with pytest.raises(Cancelled):
        app.ask(AuditLabels(dataset="things"), progress=stop, cancel=token)


def test_corrections_are_examined_and_agreement_comes_from_double_reviews(tmp_path: Path) -> None:
    # given a workspace that asks for second opinions, with tickets about fruit that somebody calls tools
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    (workspace / "settings.toml").write_text("[learning]\nsecond_looks = 1.0\n")
    data = tmp_path / "things.jsonl"
    data.write_text("".join(json.dumps(each) + "\n" for each in rows()))
    (tmp_path / "a.eml").write_bytes(b"Subject: apple cherry\n\npear plum melon grape apple peach cherry plum\n")
    (tmp_path / "b.eml").write_bytes(b"Subject: anchor mast\n\nhull keel rudder sail anchor mast sail keel\n")
    with opened(workspace) as app:
        app.execute(TrainModel(dataset="things", data=str(data)))
        app.execute(ImportFiles((str(tmp_path / "a.eml"), str(tmp_path / "b.eml"))))
        app.execute(CorrectLabel(TicketId(1), "Tools", dataset="things"), actor="ana")
        app.execute(CorrectLabel(TicketId(2), "Ships", dataset="things"), actor="ana")
        app.execute(SecondOpinion(TicketId(1), "Fruit", dataset="things"), actor="bob")
        app.execute(SecondOpinion(TicketId(2), "Ships", dataset="things"), actor="bob")
        # when
        audit = app.ask(AuditLabels(dataset="things"))
        # then
        assert audit.examined == 122
        (suspect,) = (each for each in audit.suspects if each.ticket)
        assert (suspect.ticket, suspect.line, suspect.label, suspect.likely) == (1, 0, "Tools", "Fruit")
        assert suspect.who == "ana"
        assert {each.label: (each.n, each.kappa) for each in audit.agreement} == {
            "Fruit": (1, 0.0),
            "Tools": (1, 0.0),
            "Ships": (1, 1.0),
        }


@pytest.mark.parametrize("lines", [[("a", "one text alone"), ("b", "another text alone")], [("a", "x"), ("b", "x")]])
def test_too_little_to_compare_is_said(tmp_path: Path, lines: list[tuple[str, str]]) -> None:
    data = tmp_path / "few.jsonl"
    data.write_text("".join(json.dumps({"label": label, "text": text}) + "\n" for label, text in lines))
    with opened(tmp_path / "workspace") as app:
        app.execute(TrainModel(dataset="few", data=str(data)))
        with pytest.raises(InvalidState, match="too few"):
            app.ask(AuditLabels(dataset="few"))
