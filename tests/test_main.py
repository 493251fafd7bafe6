"""The program's entry."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from triage_app.__main__ import has_display, open_app
from triage_app.domain.token import Scope, TokenName
from triage_app.services.queries import GetBalance
from triage_app.services.token_commands import AddToken


def test_the_demo_brings_its_own_settings(tmp_path: Path) -> None:
    app = open_app(tmp_path / "demo", "demo")
    try:
        assert app.user == "demo"
        assert app.ask(GetBalance()).seen == 0
    finally:
        app.close()


def test_without_a_display_the_demo_prints_the_queue_and_saves_a_picture(tmp_path: Path) -> None:
    env = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "PYTHONPATH": str(Path(__file__).parent.parent)}
    done = subprocess.run(
        [sys.executable, "-m", "triage_app", "--workspace", str(tmp_path / "w"), "demo"],
        cwd=tmp_path, env=env, capture_output=True, text=True, check=False,
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
    env = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "PYTHONPATH": str(Path(__file__).parent.parent)}
    app = open_app(tmp_path / "w", "")
    try:
        secret = app.execute(AddToken(TokenName("desk"), scope=(Scope.READ,))).secret
    finally:
        app.close()
    triage = [sys.executable, "-m", "triage_app"]
    with subprocess.Popen(
        [*triage, "--workspace", str(tmp_path / "w"), "serve", "--port", "0", *options],
        cwd=tmp_path, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as server:  # fmt: skip
        try:
            assert server.stdout is not None
            address = server.stdout.readline().removeprefix("Serving ").partition(";")[0]
            # when it is asked from elsewhere
            done = subprocess.run(
                [*triage, "--server", address, "--json", "balance"],
                cwd=tmp_path, env={**env, "TRIAGE_TOKEN": secret}, capture_output=True, text=True, check=False,
            )  # fmt: skip
            # then
            assert json.loads(done.stdout)["seen"] == 0, done.stderr
        finally:
            server.send_signal(signal.SIGTERM)
            _, errors = server.communicate(timeout=60)
    assert (server.returncode, errors) == (0, "")
