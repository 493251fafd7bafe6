from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.fakes.post import MailDesk
from tests.gui.mail import ONE, mail_desk, outbox
from triage_app.domain.errors import TriageError
from triage_app.gui import mail_operations
from triage_app.gui.application import OpenedDesk
from triage_app.gui.mail_operations import Draft, Means
from triage_app.gui.screens import settle
from triage_app.services.mail_queries import ReplyPlan


@pytest.fixture
def desk(tmp_path: Path, qtbot: QtBot) -> Iterator[tuple[OpenedDesk, MailDesk]]:
    with mail_desk(tmp_path) as both:
        yield both


def test_a_draft_has_words_or_a_template() -> None:
    assert not Draft(text=" \n").has_words
    assert Draft(text="Hello").has_words
    assert Draft(template="phishing").has_words


def test_what_a_reply_can_be_made_of(desk: tuple[OpenedDesk, MailDesk]) -> None:
    told: list[Means] = []
    mail_operations.load_means(desk[0].desk, told.append, lambda _error: None)
    settle(desk[0])
    assert told[0].mailboxes == ("mail",)
    assert "phishing" in [row.name for row in told[0].templates.templates]


def test_to_whom_it_goes_is_known_before_a_word_is_written(desk: tuple[OpenedDesk, MailDesk]) -> None:
    told: list[ReplyPlan] = []
    mail_operations.plan_reply(desk[0].desk, ONE, Draft(), told.append, lambda _error: None)
    settle(desk[0])
    assert told[0].recipient == "bob@example.org"


def test_what_cannot_be_queued_is_told_to_whoever_asked(desk: tuple[OpenedDesk, MailDesk]) -> None:
    opened, mail = desk
    errors: list[TriageError] = []
    mail_operations.queue_reply(opened.desk, ONE, Draft(text="Hello", to="nobody"), lambda _entry: None, errors.append)
    settle(opened)
    assert [error.code for error in errors] == ["invalid_input"]
    assert outbox(mail) == ()
