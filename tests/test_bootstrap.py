"""Building an App from a folder."""

from pathlib import Path

import pytest
import requests

from tests.graph import USER, Office, hosting
from tests.workspaces import opened
from triage_app.bootstrap import (
    DeskServer,
    api_server,
    build,
    connect,
    default_workspace,
    demo_workspace,
    desk_server,
    models_dir,
    resources_dir,
)
from triage_app.domain.errors import StorageFailed
from triage_app.domain.ticket import Verdict
from triage_app.domain.token import Scope, TokenName
from triage_app.services.commands import CloseTicket, ImportFiles
from triage_app.services.queries import GetBalance, ListTickets
from triage_app.services.source_commands import AddSource, SignInSource, SyncSources
from triage_app.services.token_commands import AddToken


def test_what_ships_is_found() -> None:
    assert (resources_dir() / "demo").is_dir()
    assert (models_dir() / "category" / "data.txt").is_file()
    assert default_workspace() != demo_workspace()


def test_a_workspace_keeps_everything_from_one_start_to_the_next(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(b"Subject: hello\n\nI lost my phone\n")
    with opened(tmp_path / "w") as app:
        app.execute(ImportFiles((str(tmp_path / "a.eml"),)))
        ticket = app.ask(ListTickets()).tickets[0]
        app.execute(CloseTicket(ticket.id, verdict=Verdict.TEST))
    with opened(tmp_path / "w") as app:
        assert app.ask(ListTickets(view="closed")).tickets[0].verdict is Verdict.TEST
        assert app.ask(GetBalance()).ticketed == 1


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StorageFailed, match="Choose another folder"):
        build(tmp_path / "file" / "workspace")


def test_the_same_workspace_on_postgresql(tmp_path: Path, postgres_url: str) -> None:
    (tmp_path / "a.eml").write_bytes(b"Subject: hello\n\nI lost my phone\n")
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / "settings.toml").write_text(f'database = "{postgres_url}"\n', encoding="utf-8")
    with opened(tmp_path / "w") as app:
        assert app.execute(ImportFiles((str(tmp_path / "a.eml"),))).ticketed == 1
        assert app.ask(ListTickets(query="phone")).total == 1
    assert not (tmp_path / "w" / "triage.db").exists()


def test_somebody_signs_in_and_the_mailbox_is_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAGE_PASSPHRASE", "a long passphrase of ours")
    office = Office()
    office.provider.device["interval"] = 1
    office.deliver(b"Subject: hello\r\n\r\nI lost my phone\r\n")
    with hosting(office) as web:
        endpoints = (f"device_endpoint={web.url}/device", f"token_endpoint={web.url}/token", f"api={web.url}/v1.0")
        with opened(tmp_path / "w") as app:
            box = (f"user={USER}", "provider=other", "client_id=triage", "scope=mail", *endpoints)
            app.execute(AddSource("graph", "soc", settings=box))
            assert app.execute(SyncSources()).failed == 1
            assert app.execute(SignInSource("soc")).signs_in
            report = app.execute(SyncSources())
        assert (report.new, report.failed) == (1, 0)
        # and goes on after a new start, without another sign-in
        office.deliver(b"Subject: hello again\r\n\r\nI found it\r\n")
        with opened(tmp_path / "w") as app:
            assert app.execute(SyncSources()).new == 1
            assert app.ask(GetBalance()).seen == 2


def test_beyond_this_machine_the_api_speaks_tls_with_a_certificate_of_its_own(tmp_path: Path) -> None:
    with opened(tmp_path / "w") as app:
        server, fingerprint = api_server(app, tmp_path / "w", "0.0.0.0", 0)
        server.start()
        try:
            assert (server.address[:16], len(fingerprint)) == ("https://0.0.0.0:", 95)
            url = f"https://localhost:{server.port}/api/v1/health"
            assert requests.get(url, verify=str(tmp_path / "w" / "keys" / "server.crt"), timeout=30).status_code == 200
        finally:
            server.stop()
        local, none = api_server(app, tmp_path / "w", "127.0.0.1", 0)
        assert (local.address[:17], none) == ("http://127.0.0.1:", "")
        local.stop()


def test_a_desk_starts_and_stops_the_api_of_its_own_workspace(tmp_path: Path) -> None:
    with opened(tmp_path / "w") as app:
        server = desk_server(app, tmp_path / "w")
        assert server is not None
        assert (server.address, server.fingerprint, server.callers()) == ("", "", ())
        for _ in range(2):
            # when it is started, twice
            server.start("127.0.0.1", 0)
            address = server.address
            server.start("127.0.0.1", 0)
            # then it serves at one address and tells who called since
            assert server.address == address
            assert requests.get(f"{address}/api/v1/me", timeout=30).status_code == 401
            assert [(each.address, each.requests, each.refused) for each in server.callers()] == [("127.0.0.1", 1, 1)]
            # until it is stopped
            server.stop()
            server.stop()
            assert (server.address, server.callers()) == ("", ())
            with pytest.raises(requests.ConnectionError):
                requests.get(f"{address}/api/v1/health", timeout=30)
        assert server.place == str((tmp_path / "w").resolve())


def test_another_machines_workspace_is_served_there(tmp_path: Path) -> None:
    with opened(tmp_path / "w") as app:
        server = DeskServer(app, tmp_path / "w")
        server.start("127.0.0.1", 0)
        try:
            token = app.execute(AddToken(TokenName("desk"), scope=(Scope.READ,)))
            remote = connect(server.address, token.secret, None)
            assert desk_server(remote, None) is None
            remote.close()
        finally:
            server.stop()
