import threading

import pytest
import requests

from tests.rest.servers import SECONDS, Client
from triage_app.domain.errors import TriageError, Unexpected
from triage_app.rest.work import foreseen
from triage_app.services.app import App, LocalApp
from triage_app.services.commands import LoadDemo
from triage_app.services.context import CancelToken, Progress


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """The command `demo` reports progress until it is cancelled; then the event is set."""
    stopped = threading.Event()
    execute = LocalApp.execute

    def slowly(app: LocalApp, command: object, **more: object) -> object:
        if not isinstance(command, LoadDemo):
            return execute(app, command, **more)  # type: ignore[arg-type]
        cancel, progress = more["cancel"], more["progress"]
        assert isinstance(cancel, CancelToken)
        assert callable(progress)
        wait = threading.Event()
        while not cancel.cancelled:
            progress(Progress(1, 2, "steps"))
            wait.wait(0.01)
        stopped.set()
        cancel.check()
        return None

    monkeypatch.setattr(LocalApp, "execute", slowly)
    return stopped


@pytest.mark.parametrize("accept", ["application/x-ndjson", "application/json"])
def test_to_close_the_connection_cancels(client: Client, endless: threading.Event, accept: str) -> None:
    # given a command that runs
    with requests.Session() as session:
        headers = {"Authorization": f"Bearer {client.tokens['admin']}", "Accept": accept}
        url = f"{client.base}/commands/demo"
        if accept == "application/json":
            with pytest.raises(requests.ReadTimeout):
                session.post(url, headers=headers, timeout=(SECONDS, 0.3))
        else:
            with session.post(url, headers=headers, stream=True, timeout=SECONDS) as answer:
                assert b'"steps"' in next(answer.iter_lines(chunk_size=1))
    # when the client is gone / then it is stopped
    assert endless.wait(SECONDS)


def test_to_stop_the_server_cancels(client: Client, endless: threading.Event) -> None:
    headers = {"Authorization": f"Bearer {client.tokens['admin']}", "Accept": "application/x-ndjson"}
    with requests.post(f"{client.base}/commands/demo", headers=headers, stream=True, timeout=SECONDS) as answer:
        lines = answer.iter_lines(chunk_size=1)
        next(lines)
        client.server.stop()
        assert b'"cancelled"' in list(lines)[-1]
    assert endless.is_set()


def test_what_nobody_foresaw_is_told_without_its_details(
    client: Client, demo: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object, **_named: object) -> None:
        raise ZeroDivisionError("a detail")

    client.ask("views")
    monkeypatch.setattr(LocalApp, "execute", broken)
    answer = client.execute("demo", "admin")
    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "unexpected"
    assert "a detail" not in answer.text
    del demo


def test_foreseen_errors_stay_what_they_are() -> None:
    def fails(error: Exception) -> None:
        raise error

    with pytest.raises(TriageError, match="known"):
        foreseen(lambda: fails(TriageError("known")))
    with pytest.raises(Unexpected, match="KeyError"):
        foreseen(lambda: fails(KeyError("x")))
