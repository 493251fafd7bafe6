"""Versions of models for a person."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from triage_app.cli.render import to_text
from triage_app.domain.evaluation import Quality
from triage_app.domain.labels import ModelId, Training
from triage_app.domain.learning import Model
from triage_app.domain.poison import OriginKind
from triage_app.domain.ticket import TicketId
from triage_app.services.learning_shapes import Disagreement, Forgotten, ForgottenList, ShadowReport
from triage_app.services.queries import ModelList

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
MODEL = Model(
    ModelId("category-1"), "category", NOW, ("Phishing", "Spam"), 12_345, 67, "d" * 64, "f" * 64, ModelId("category-0"),
    Training(), active=True, quality=Quality(2_000, 0.8512, 0.8471, 0.74, 0.94, 0.01), decision="The first\x1b[2J one.",
)  # fmt: skip


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal in which nothing is cut."""
    monkeypatch.setenv("COLUMNS", "200")


def test_a_version_says_how_good_it_is_and_why_it_is_in_force() -> None:
    shown = to_text(replace(MODEL, suspended=("Spam",)))
    assert "category-1, in force" in shown
    assert "12,345 of 2 labels, 67 corrections by then" in shown
    assert "85.1% of 2,000, macro-F1 0.847" in shown
    assert "only: Spam" in shown
    assert "The first [2J one." in shown


def test_versions_are_lines_and_those_in_use_say_why() -> None:
    older = replace(MODEL, id=ModelId("category-0"), active=False, quality=None, decision="Gone by.")
    shadow = replace(older, id=ModelId("category-2"), shadow=True, decision="It loses.")
    shown = to_text(ModelList((shadow, MODEL, older), ("Training category by schedule failed: no memory.",)))
    assert [line.split("  ")[0] for line in shown.splitlines()[1:4]] == ["category-2", "category-1", "category-0"]
    assert "in the shadow" in shown
    assert "not measured" in shown
    assert "category-2: It loses." in shown
    assert "Gone by." not in shown
    assert shown.endswith("! Training category by schedule failed: no memory.")
    assert "no model yet" in to_text(ModelList(()))


def test_a_shadow_says_where_it_differs_and_who_was_right() -> None:
    one = Disagreement(TicketId(7), "see https://evil.example\x1b[2J", "Spam", 0.91, "Phishing", 0.66, "Phishing")
    shown = to_text(ShadowReport(ModelId("category-2"), 1_200, 34, 9, 5, (one, replace(one, truth=""))))
    assert "judged 1,200 tickets and differs on 34" in shown
    assert "right on 9, the version in force on 5" in shown
    assert "https://" not in shown
    assert "\x1b" not in shown
    assert "people decided" not in to_text(ShadowReport(ModelId("m"), 0, 0, 0, 0, ()))


def test_whoever_is_forgotten_is_listed() -> None:
    eve = Forgotten("category", OriginKind.ANALYST, "eve", NOW, "ana", 12)
    assert "analyst  eve  2026-11-24 09:30  ana  12" in to_text(ForgottenList((eve,)))
    assert to_text(ForgottenList(())) == "Nobody is forgotten."
