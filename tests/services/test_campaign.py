"""Campaigns of mails that were imported."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workspaces import opened
from triage_app.domain.errors import InvalidInput, NotFound
from triage_app.domain.pattern import Pattern
from triage_app.domain.ticket import Status, TicketId, Verdict
from triage_app.services.app import App
from triage_app.services.commands import CloseTicket, ImportFiles, LinkTickets
from triage_app.services.queries import GetTicketRows
from triage_app.services.search_queries import GetCampaign

INVOICE = """From: Accounts <pay{number}@billing.example>
To: {name} <{name}@corp.example>, all@corp.example
Subject: Your invoice {number} is overdue

Dear {name},

invoice {number} over ${number}.50 was due on {number} May 2026. Please pay
at https://pay.example/i/{number}x now, or your account will be closed.
"""
STRANGER = """From: eve@other.example
To: ann@corp.example
Subject: Re: Your invoice 77 is overdue

We never got any such thing and will not answer further letters of yours about that matter.
"""
OTHER = "From: eve@other.example\nSubject: Lunch on Friday in town\n\nWho will come along?\n"


def mails() -> list[str]:
    return [
        *(INVOICE.format(number=number, name=name) for number, name in ((11, "ann"), (12, "bob"), (13, "chi"))),
        STRANGER,
        OTHER,
        INVOICE.format(number=14, name="dee"),
    ]


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """Tickets 1 to 6: three mails of a campaign, a reply to it, something else, and a fourth of the campaign."""
    with opened(tmp_path / "workspace") as found:
        for number, mail in enumerate(mails(), 1):
            (tmp_path / f"{number}.eml").write_text(mail)
            found.execute(ImportFiles((str(tmp_path / f"{number}.eml"),)))
        yield found


def test_a_campaign_is_a_template_and_a_table(app: App) -> None:
    # given one that is closed and one linked under another
    app.execute(CloseTicket(TicketId(2), verdict=Verdict.TRUE_POSITIVE))
    app.execute(LinkTickets((TicketId(1), TicketId(3))))
    # when
    found = app.ask(GetCampaign(TicketId(1)))
    # then
    assert found.pattern == Pattern("your invoice <number> is overdue", "")
    assert (found.total, found.open) == (5, 3)
    rows = {row.id: row for row in app.ask(GetTicketRows(tuple(map(TicketId, range(1, 7))))).tickets}
    assert (found.first, found.last) == (rows[TicketId(1)].received_at, rows[TicketId(6)].received_at)
    assert found.template == (
        "Your invoice {number} is overdue\n\nDear {recipient},\n\n"
        "invoice {number} over {amount} was due on {time}. Please pay\n"
        "at {url} now, or your account will be closed."
    )
    assert not found.subjects_only
    assert [(each.name, each.kind, each.values) for each in found.slots] == [
        (name, name, 4) for name in ("number", "recipient", "amount", "time", "url")
    ]
    members = {each.ticket: each for each in found.members}
    assert list(members) == [6, 4, 3, 2, 1]
    assert members[TicketId(2)].values == ("12", "bob", "$12.50", "12 May 2026", "https://pay.example/i/12x")
    assert members[TicketId(2)].recipients == ("bob <bob@corp.example>", "all@corp.example")
    assert (members[TicketId(2)].status, members[TicketId(2)].verdict) == (Status.RESOLVED, Verdict.TRUE_POSITIVE)
    assert members[TicketId(1)].sender == "pay11@billing.example"
    # and the reply, which says something else, is there without values
    assert not members[TicketId(4)].follows
    assert members[TicketId(4)].values == ("",) * 5


def test_the_newest_are_read_and_the_one_that_was_asked_about(app: App) -> None:
    found = app.ask(GetCampaign(TicketId(1), limit=3))
    assert [each.ticket for each in found.members] == [6, 4, 1]
    assert found.total == 5


def test_one_alone_is_a_campaign_of_one(app: App) -> None:
    found = app.ask(GetCampaign(TicketId(5)))
    assert (found.total, found.open, len(found.members), found.slots) == (1, 1, 1, ())
    assert found.first == found.last
    assert found.template == "Lunch on Friday in town\n\nWho will come along?"


def test_mails_that_share_their_subject_only_are_compared_by_that(tmp_path: Path, empty: App) -> None:
    for number, text in enumerate(("All birds sing in spring.", "No fish was ever heard to do that."), 1):
        (tmp_path / f"{number}.eml").write_text(f"From: a@b.example\nSubject: News of the week {number}\n\n{text}\n")
        empty.execute(ImportFiles((str(tmp_path / f"{number}.eml"),)))
    found = empty.ask(GetCampaign(TicketId(1)))
    assert found.subjects_only
    assert found.template == "News of the week {number}"
    assert [each.values for each in found.members] == [("2",), ("1",)]


def test_what_cannot_be_asked_is_named(app: App) -> None:
    for limit in (0, 1_001):
        with pytest.raises(InvalidInput, match="limit must be from 1 to 1000"):
            app.ask(GetCampaign(TicketId(1), limit=limit))
    with pytest.raises(NotFound, match="99"):
        app.ask(GetCampaign(TicketId(99)))
