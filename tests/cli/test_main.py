"""The command line as a script uses it: one JSON document, exit codes, errors with codes."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from triage_app.__main__ import open_app
from triage_app.cli.main import Doors, command_line
from triage_app.services.app import App


def refuse_desk(_app: App) -> int:
    raise AssertionError("no window was asked for")


def no_server(_address: str, _ca: Path | None) -> App:
    raise AssertionError("no server was named")


def run(capsysbinary: pytest.CaptureFixture[bytes], *arguments: str) -> tuple[int, Any]:
    code = command_line(["--json", *arguments], Doors(open_app, no_server, refuse_desk, {}))
    return code, json.loads(capsysbinary.readouterr().out)


def at(folder: Path, *arguments: str) -> list[str]:
    return ["--workspace", str(folder), *arguments]


def test_tickets_have_the_keys_that_scripts_rely_on(
    demo_folder: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    code, answer = run(capsysbinary, *at(demo_folder, "tickets", "--view", "inbox", "--limit", "3"))
    assert code == 0
    assert answer["total"] > 100
    assert len(answer["tickets"]) == 3
    wanted = {"id", "subject", "sender", "category", "confidence", "tier", "status", "source", "duplicates", "similar"}
    assert wanted <= answer["tickets"][0].keys()


def test_import_and_balance_share_their_keys(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    (tmp_path / "a.eml").write_bytes(b"Subject: hello\n\nI lost my phone on a bus\n")
    keys = ("seen", "ticketed", "merged", "dropped", "parked", "pending", "difference")
    _, report = run(capsysbinary, *at(tmp_path / "w", "import", str(tmp_path / "a.eml")))
    _, sheet = run(capsysbinary, *at(tmp_path / "w", "balance"))
    assert [report[key] for key in keys] == [sheet[key] for key in keys] == [1, 1, 0, 0, 0, 0, 0]


def test_a_day_of_work_by_script(demo_folder: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    def triage(*arguments: str) -> Any:
        code, answer = run(capsysbinary, *at(demo_folder, *arguments))
        assert code == 0, answer
        return answer

    ticket = triage("tickets", "--limit", "1")["tickets"][0]
    number = str(ticket["id"])
    label = "Malware" if ticket["category"] != "Malware" else "Spam"
    assert triage("assign", number, "me")["assignee"] == "demo"
    assert triage("note", number, "looked at it")["text"] == "looked at it"
    assert triage("correct", number, label)["category"] == label
    plan = triage("close-linked", number, "--verdict", "test", "--plan")
    assert (plan["planned"], plan["tickets"]) == (True, [ticket["id"]])
    assert plan == triage("plan-close-linked", number)
    assert triage("audit", "--limit", "1")["entries"][0]["command"] == "correct"
    assert triage("close", number, "--verdict", "true_positive")["status"] == "resolved"
    assert triage("undo")["command"] == "close"
    assert triage("ticket", number)["row"]["category"] == label
    assert triage("models")["models"][0]["active"]
    assert triage("parked") == {"parked": []}
    assert triage("retry")["difference"] == 0
    assert triage("audit", "--limit", "1")["entries"][0]["command"] == "retry"
    assert triage("views")["inbox"] == triage("ticket-ids")["total"]
    assert triage("ticket-rows", number)["tickets"][0]["id"] == ticket["id"]


def test_texts_come_from_files_or_standard_input(demo_folder: Path, tmp_path: Path) -> None:
    program = [sys.executable, "-m", "triage_app", "--workspace", str(demo_folder), "--json"]
    (tmp_path / "text.txt").write_bytes("verify your account at hxxp://evil[.]example/ fran\xe7ais".encode("latin-1"))
    by_file = subprocess.run([*program, "observables", str(tmp_path / "text.txt")], capture_output=True, check=True)
    found = json.loads(by_file.stdout)["observables"]
    assert {"kind": "url", "value": "http://evil.example/"} in found
    by_input = subprocess.run([*program, "classify", "-"], input=b"I lost my laptop", capture_output=True, check=True)
    assert {"label", "confidence", "tier", "alternatives", "reasons"} <= json.loads(by_input.stdout).keys()


@pytest.mark.parametrize(
    ("arguments", "code", "exit_code"),
    [
        (["ticket", "99999"], "not_found", 1),
        (["correct", "1", "Nonsense"], "invalid_input", 1),
        (["undo"], "nothing_to_undo", 1),
        (["observables", "/nowhere/at/all"], "invalid_input", 1),
        (["import", "/nowhere/at/all"], "not_found", 1),
        (["close", "1"], "usage", 2),
        (["close", "1", "--verdict", "bad"], "usage", 2),
        (["ticket", "seven"], "usage", 2),
        (["frobnicate"], "usage", 2),
    ],
)
def test_errors_are_one_document_with_a_code(
    demo_folder: Path, capsysbinary: pytest.CaptureFixture[bytes], arguments: list[str], code: str, exit_code: int
) -> None:
    found, answer = run(capsysbinary, *at(demo_folder, *arguments))
    assert (found, answer["error"]["code"]) == (exit_code, code)
    assert answer["error"]["message"]


def test_corrections_go_to_a_file_or_to_standard_output(
    demo_folder: Path, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    run(capsysbinary, *at(demo_folder, "correct", "1", "Malware"))
    out = tmp_path / "corrections.txt"
    export = ["export-corrections", "--format", "fasttext"]
    _, answer = run(capsysbinary, *at(demo_folder, *export, "--out", str(out)))
    assert (answer["rows"], answer["name"]) == (1, str(out))
    assert out.read_text(encoding="utf-8").startswith("__label__Malware ")
    assert command_line(at(demo_folder, *export), Doors(open_app, no_server, refuse_desk, {})) == 0
    assert capsysbinary.readouterr().out.startswith(b"__label__Malware ")


def test_alone_the_desktop_opens(tmp_path: Path) -> None:
    opened: list[str] = []

    def desk(app: App) -> int:
        opened.append(app.user)
        return 7

    assert command_line(["--workspace", str(tmp_path / "w")], Doors(open_app, no_server, desk, {})) == 7
    assert len(opened) == 1


def test_help_opens_nothing() -> None:
    def no_app(_workspace: Path | None, _verb: str) -> App:
        raise AssertionError("help needs no workspace")

    assert command_line(["--help"], Doors(no_app, no_server, refuse_desk, {})) == 0
    assert command_line(["correct", "--help"], Doors(no_app, no_server, refuse_desk, {})) == 0


def test_help_loads_no_database_no_model_and_no_window() -> None:
    program = (
        "import sys; from triage_app.__main__ import main; sys.argv = ['triage', '--help']; main(); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not loaded & {"sqlalchemy", "fasttext", "numpy", "PySide6", "selectolax", "multiprocessing", "asyncio"}


def test_a_mistake_of_ours_is_one_document_too(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    def broken(_workspace: Path | None, _verb: str) -> App:
        raise RuntimeError("the sky fell")

    code = command_line(["--json", "balance"], Doors(broken, no_server, refuse_desk, {}))
    printed = capsysbinary.readouterr()
    assert (code, json.loads(printed.out)["error"]["code"]) == (1, "unexpected")
    assert b"the sky fell" in printed.err


def test_a_server_is_named_instead_of_a_workspace(demo: App, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    asked: list[tuple[str, Path | None]] = []

    def connect(address: str, ca: Path | None) -> App:
        asked.append((address, ca))
        return demo

    def no_workspace(_workspace: Path | None, _verb: str) -> App:
        raise AssertionError("a server was named")

    doors = Doors(no_workspace, connect, refuse_desk, {})
    assert command_line(["--json", "--server", "https://desk:8443", "--ca", "ca.pem", "balance"], doors) == 0
    assert json.loads(capsysbinary.readouterr().out)["difference"] == 0
    assert asked == [("https://desk:8443", Path("ca.pem"))]
    assert command_line(["--json", "--server", "https://desk", "--workspace", "w", "balance"], doors) == 1
    assert "not both" in json.loads(capsysbinary.readouterr().out)["error"]["message"]


class Interrupted:
    """An App to which, as soon as a command is executed, the user or the system says to stop."""

    def __init__(self, app: App, number: signal.Signals) -> None:
        self._app = app
        self._number = number

    def execute(self, command: Any, **call: Any) -> Any:
        signal.raise_signal(self._number)
        return self._app.execute(command, **call)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._app, name)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_following_ends_cleanly_and_an_import_says_that_it_was_stopped(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes], number: signal.Signals
) -> None:
    def interrupted(workspace: Path | None, verb: str) -> App:
        app: Any = Interrupted(open_app(workspace, verb), number)
        return app  # type: ignore[no-any-return]  # it is one in all that is asked of it

    before = signal.getsignal(number)
    doors = Doors(interrupted, no_server, refuse_desk, {})
    # when somebody follows
    code = command_line(at(tmp_path / "w", "--json", "sync", "--follow"), doors)
    # then that is its proper end
    assert json.loads(capsysbinary.readouterr().out) == {"new": 0, "known": 0, "failed": 0, "sources": []}
    assert code == 0
    # when it is an import
    (tmp_path / "a.eml").write_bytes(b"Subject: hello\n\nI lost my phone\n")
    code = command_line(at(tmp_path / "w", "--json", "import", str(tmp_path / "a.eml")), doors)
    assert (code, json.loads(capsysbinary.readouterr().out)["error"]["code"]) == (130, "cancelled")
    assert signal.getsignal(number) is before


def test_a_script_learns_what_a_source_needs(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    code, answer = run(capsysbinary, *at(tmp_path / "w", "source", "kinds", "imap"))
    assert (code, answer["kinds"][0]["kind"]) == (0, "imap")
    code, answer = run(capsysbinary, *at(tmp_path / "w", "source", "add", "imap", "soc", "--set", "host=localhost"))
    assert (code, answer["error"]["code"]) == (1, "invalid_input")
    assert "user" in answer["error"]["message"]
    code, answer = run(capsysbinary, *at(tmp_path / "w", "sources"))
    assert (code, answer["sources"]) == (0, [])
