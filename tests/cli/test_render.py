"""Answers for people: tables that fit, and text that cannot steer the terminal."""

from datetime import UTC, datetime

import pytest

from triage_app.cli.render import error_json, to_json, to_text
from triage_app.domain.outgoing_mail import OutgoingId, OutgoingKind, OutgoingState
from triage_app.domain.source import Field, FieldKind
from triage_app.domain.ticket import TicketId
from triage_app.services.app import App
from triage_app.services.mail_queries import OutboxEntry, OutboxList
from triage_app.services.queries import GetTicket, ListTicketIds, ListTickets, RawText
from triage_app.services.source_queries import SourceKind, SourceKinds, SourceList, SourceRow


def test_tickets_are_a_table_and_none_is_a_sentence(demo: App) -> None:
    shown = to_text(demo.ask(ListTickets(limit=5)))
    assert shown.splitlines()[0].split() == ["id", "category", "conf", "subject", "sender", "sev", "status", "received"]
    assert "5 of " in shown
    assert to_text(demo.ask(ListTickets(view="closed"))) == "No tickets here."


def test_every_ticket_can_be_printed_and_encoded(demo: App) -> None:
    for ticket in demo.ask(ListTicketIds(view="all")).ids:
        view = demo.ask(GetTicket(ticket))
        assert "\x1b" not in to_text(view)
        assert to_json(view).startswith("{")


def test_raw_text_keeps_its_lines_but_not_its_escapes() -> None:
    shown = to_text(RawText(id=1, origin="a.eml", size=9, text="one\x1b[1m\ntwo"))  # type: ignore[arg-type]
    assert "    one [1m\n    two" in shown


def test_errors_have_one_shape() -> None:
    assert error_json("usage", 'a "b"') == '{"error":{"code":"usage","message":"a \\"b\\""}}'


def test_a_ticket_is_shown_for_reading_and_no_link_in_it_is_live(demo: App) -> None:
    shown = [to_text(demo.ask(GetTicket(ticket))) for ticket in demo.ask(ListTicketIds(view="all")).ids]
    assert any("reported by" in each for each in shown)
    assert any("hxxps://" in each.split("observables")[0] for each in shown)
    assert not any("http://" in each or "https://" in each for each in shown)


def test_sources_are_a_table_and_what_is_wrong_with_them_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    good = SourceRow(
        "soc",
        "imap",
        "Mailbox",
        "ok",
        None,
        None,
        None,
        "",
        None,
        0,
        "TLS 1.3",
        7,
        1,
        6,
        6,
        0,
        0,
        0,
        0,
        (("user", "x"),),
    )
    bad = SourceRow(
        "eve", "tail", "Log", "failing", None, None, None, "No file\x1b[2J there. Name it.", None, 2, "", None, 0, 0,
        0, 0, 0, 0, 0, (),
    )  # fmt: skip
    shown = to_text(SourceList((good, bad), "Secret Service"))
    assert shown.splitlines()[1].split() == [
        "soc", "imap", "ok", "-", "-", "TLS", "1.3", "7", "6", "6", "0", "0", "0", "0", "1",
    ]  # fmt: skip
    assert "eve: No file [2J there. Name it." in shown
    assert shown.endswith("Secrets are kept in: Secret Service")
    assert "source kinds" in to_text(SourceList((), "file"))


def test_a_kind_of_source_is_shown_with_its_settings() -> None:
    fields = (
        Field("host", "Host", "The server.", required=True),
        Field("poll", "Poll", "Seconds.", FieldKind.NUMBER, "60"),
    )
    shown = to_text(SourceKinds((SourceKind("imap", "Mailbox", "New mail.", False, fields),)))
    assert shown.splitlines()[0] == "imap  Mailbox"
    assert "needed" in shown
    assert "60" in shown


def test_the_outbox_is_a_table_and_why_something_failed_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    entry = OutboxEntry(
        OutgoingId(7),
        OutgoingKind.REPLY,
        TicketId(3),
        "soc",
        OutgoingState.FAILED,
        "bob@example.org",
        "Re: \x1b[2Jx",
        "A long text that is not for a table.",
        2,
        None,
        "There is no such address.",
        at,
        at,
    )
    shown = to_text(OutboxList((entry,)))
    assert "reply" in shown
    assert "\x1b" not in shown
    assert "long text" not in shown
    assert shown.endswith("7: There is no such address.")
    assert to_text(OutboxList(())) == "The outbox is empty."
