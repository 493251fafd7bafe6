"""The program's entry."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from triage_app.__main__ import has_display, open_app
from triage_app.adapters.secrets.store import open_secrets
from triage_app.domain.secret import Secret
from triage_app.domain.source import SourceName
from triage_app.domain.token import Scope, TokenName
from triage_app.services.queries import GetBalance
from triage_app.services.token_commands import AddToken

TRIAGE = [sys.executable, "-m", "triage_app"]


def environment(home: Path) -> dict[str, str]:
    """A user's without a display or a keyring."""
    return {"PATH": "/usr/bin:/bin", "HOME": str(home), "PYTHONPATH": str(Path(__file__).parent.parent)}


def test_the_demo_brings_its_own_settings(tmp_path: Path) -> None:
    app = open_app(tmp_path / "demo", "demo")
    try:
        assert app.user == "demo"
        assert app.ask(GetBalance()).seen == 0
    finally:
        app.close()


def test_without_a_display_the_demo_prints_the_queue_and_saves_a_picture(tmp_path: Path) -> None:
    done = subprocess.run(
        [*TRIAGE, "--workspace", str(tmp_path / "w"), "demo"],
        cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "laptop" in done.stdout
    picture = (tmp_path / "w" / "desk.png").read_bytes()
    assert str(tmp_path / "w" / "desk.png") in done.stdout
    assert picture.startswith(b"\x89PNG")
    assert len(picture) > 20_000


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a display")
def test_a_display_is_what_the_environment_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert not has_display()
    monkeypatch.setenv("DISPLAY", ":7")
    assert has_display()


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent")
@pytest.mark.parametrize("options", [(), ("--no-sync",)])
def test_a_served_workspace_is_worked_on_by_the_command_line(tmp_path: Path, options: tuple[str, ...]) -> None:
    # given a workspace with a token, served by a process of its own
    env = environment(tmp_path)
    app = open_app(tmp_path / "w", "")
    try:
        secret = app.execute(AddToken(TokenName("desk"), scope=(Scope.READ,))).secret
    finally:
        app.close()
    with subprocess.Popen(
        [*TRIAGE, "--workspace", str(tmp_path / "w"), "serve", "--port", "0", *options],
        cwd=tmp_path, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as server:  # fmt: skip
        try:
            assert server.stdout is not None
            address = server.stdout.readline().removeprefix("Serving ").partition(";")[0]
            # when it is asked from elsewhere
            done = subprocess.run(
                [*TRIAGE, "--server", address, "--json", "balance"],
                cwd=tmp_path, env={**env, "TRIAGE_TOKEN": secret}, capture_output=True, text=True, check=False,
            )  # fmt: skip
            # then
            assert json.loads(done.stdout)["seen"] == 0, done.stderr
        finally:
            server.send_signal(signal.SIGTERM)
            _, errors = server.communicate(timeout=60)
    assert (server.returncode, errors) == (0, "")


@pytest.mark.skipif(sys.platform == "win32", reason="terminals of POSIX")
def test_at_a_terminal_a_missing_passphrase_is_asked_for_and_never_shown(tmp_path: Path) -> None:
    # given a machine without a keyring, a source that is not there, and somebody at a terminal
    workspace = tmp_path / "w"
    password, passphrase = "hunter-of-tests", "a passphrase for tests"
    added = ("source", "add", "imap", "soc", "--set", "host=localhost", "--set", "port=1", "--set", "user=soc")
    # when a source with a password is added, and then tried
    code, first = at_terminal(
        workspace, (*added, "--secret", "password"),
        {"password: ": password, "new passphrase": passphrase, "same passphrase again: ": passphrase},
    )  # fmt: skip
    assert code == 0, first
    code, second = at_terminal(workspace, ("source", "test", "soc"), {"Passphrase": passphrase})
    # then the file opens with what was typed, which stands nowhere on the screen
    assert code == 1
    assert "refuses the connection" in second
    assert open_secrets(workspace, {"TRIAGE_PASSPHRASE": passphrase}).get(SourceName("soc"), "password") == Secret(
        password
    )
    assert not any(secret in first + second for secret in (password, passphrase))
    # and where nobody can be asked, what to do is said as ever
    done = subprocess.run(
        [*TRIAGE, "--workspace", str(workspace), "source", "test", "soc"],
        env=environment(tmp_path), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "Set TRIAGE_PASSPHRASE" in done.stderr


def at_terminal(workspace: Path, arguments: Sequence[str], answers: Mapping[str, str]) -> tuple[int, str]:
    """Run the program at a terminal of its own and answer its questions; its exit code, and all that was shown."""
    import pty

    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*TRIAGE, "--workspace", str(workspace), *arguments],
        env=environment(workspace.parent), stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
    ) as program:  # fmt: skip
        os.close(theirs)
        shown, seen = "", 0
        questions = iter(answers.items())
        question, answer = next(questions)
        while some := read_some(ours):
            shown += some
            if question and question in shown[seen:]:
                seen = len(shown)
                os.write(ours, f"{answer}\n".encode())
                question, answer = next(questions, ("", ""))
        os.close(ours)
    assert question == "", shown
    return program.returncode, shown


def read_some(terminal: int) -> str:
    """What is shown next; nothing when the program has left the terminal."""
    try:
        return os.read(terminal, 4096).decode()
    except OSError:
        return ""
