from dataclasses import replace
from datetime import UTC, datetime

import pytest

from triage_app.domain.outgoing_mail import OutgoingId, OutgoingKind, OutgoingState
from triage_app.domain.ticket import TicketId
from triage_app.gui import mail_wording, wording
from triage_app.services.mail_queries import OutboxEntry

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 24, 13, tzinfo=UTC)
ENTRY = OutboxEntry(
    OutgoingId(1), OutgoingKind.REPLY, TicketId(1), "mail", OutgoingState.WAITING, "bob@example.org", "Re: x", "Hello",
    0, None, "", AT, None,
)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (OutgoingKind.REPLY, "Reply to bob@example.org"),
        (OutgoingKind.ACKNOWLEDGEMENT, "Acknowledgement to bob@example.org"),
        (OutgoingKind.MOVE, "Move to bob@example.org"),
        (OutgoingKind.FLAG, "Flag in the mailbox"),
    ],
)
def test_it_is_said_what_it_is(kind: OutgoingKind, words: str) -> None:
    assert mail_wording.title(replace(ENTRY, kind=kind)) == words


def test_it_is_said_how_it_stands_and_why() -> None:
    assert mail_wording.state(ENTRY) == "Waits for its mailbox"
    away = replace(ENTRY, error="The server is away.", next_try=LATER)
    assert mail_wording.state(away) == f"Waits, again at {wording.exact(LATER)}: The server is away."
    failed = replace(ENTRY, state=OutgoingState.FAILED, error="No such user.")
    assert mail_wording.state(failed) == "Failed: No such user."
    assert mail_wording.is_wrong(failed)
    assert not mail_wording.is_wrong(away)
    assert mail_wording.state(replace(ENTRY, state=OutgoingState.SENDING)) == "Is on its way"


@pytest.mark.parametrize("kind", OutgoingKind)
def test_each_kind_has_a_word_for_being_done(kind: OutgoingKind) -> None:
    done = replace(ENTRY, kind=kind, state=OutgoingState.DONE, done_at=LATER)
    assert mail_wording.state(done) in ("Sent", "Moved", "Flagged")
    assert mail_wording.ended(done) == LATER


@pytest.mark.parametrize("state", OutgoingState)
def test_what_can_be_done_follows_from_how_it_stands(state: OutgoingState) -> None:
    entry = replace(ENTRY, state=state)
    assert mail_wording.may_withdraw(entry) == (state is OutgoingState.WAITING)
    assert mail_wording.may_resend(entry) == (state in (OutgoingState.FAILED, OutgoingState.CANCELLED))
    assert mail_wording.ICONS[state]
