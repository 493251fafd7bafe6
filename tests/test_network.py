"""Everything is offline: no call leaves the machine that the analyst did not configure."""

import socket
from pathlib import Path

import pytest

from triage_app.services.app import App
from triage_app.services.commands import ImportFiles
from triage_app.services.queries import GetTicket, ListTicketIds


def test_a_test_cannot_reach_beyond_this_machine() -> None:
    with socket.socket() as outside, pytest.raises(PermissionError, match=r"192\.0\.2\.1"):
        outside.connect(("192.0.2.1", 443))


def test_reading_mail_with_remote_content_opens_no_connection(
    demo: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a mail that wants to phone home, and no sockets at all
    (tmp_path / "a.eml").write_bytes(
        b"Subject: hello\nContent-Type: text/html\n\n<img src=http://192.0.2.1/x.png><script src=//192.0.2.1></script>"
    )

    def refuse(*_arguments: object, **_named: object) -> socket.socket:
        raise PermissionError("a socket was opened")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    # when it comes in and every ticket is opened
    assert demo.execute(ImportFiles((str(tmp_path / "a.eml"),))).ticketed == 1
    views = [demo.ask(GetTicket(ticket)) for ticket in demo.ask(ListTicketIds(view="all")).ids]
    # then nothing was asked for, and the address is an observable like any other
    assert any(each.value == "192.0.2.1" for each in views[0].observables)
