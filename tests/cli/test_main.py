"""The command line as a script uses it: one JSON document, exit codes, errors with codes."""

import io
import json
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.adapters.test_remote import served
from tests.cli.verb_files import verb_files
from tests.provider import Provider, providing
from tests.workspaces import opened
from triage_app.__main__ import open_app
from triage_app.adapters.net.exchange import session
from triage_app.adapters.remote import RemoteApp
from triage_app.cli.main import Doors, command_line
from triage_app.domain.secret import Secret
from triage_app.domain.token import Scope, TokenName
from triage_app.services.app import App
from triage_app.services.registry import VERBS
from triage_app.services.source_commands import AddSource
from triage_app.services.token_commands import AddToken


def refuse_desk(_app: App, _workspace: Path | None) -> int:
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
    wanted = {
        "id",
        "subject",
        "sender",
        "category",
        "confidence",
        "tier",
        "status",
        "source",
        "duplicates",
        "similar_open",
    }
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
    assert triage("log", "--limit", "1")["entries"][0]["command"] == "correct"
    assert triage("close", number, "--verdict", "true_positive")["status"] == "resolved"
    assert triage("undo")["command"] == "close"
    assert triage("ticket", number)["row"]["category"] == label
    assert triage("models")["models"][0]["active"]
    assert triage("parked") == {"parked": []}
    assert triage("retry")["difference"] == 0
    assert triage("log", "--limit", "1")["entries"][0]["command"] == "retry"
    assert triage("views")["inbox"] == triage("ticket-ids")["total"]
    assert triage("ticket-rows", number)["tickets"][0]["id"] == ticket["id"]


def test_a_dataset_is_made_of_an_export_and_its_labels_change_by_script(
    demo_folder: Path, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    def triage(*arguments: str) -> Any:
        code, answer = run(capsysbinary, *at(demo_folder, *arguments))
        assert code == 0, answer
        return answer

    # given an export with a broken row
    export = tmp_path / "export.csv"
    rows = [f"{label};{text};{n}.3.2026" for n in range(1, 29) for label, text in (("Größe", "scale"), ("网络", "vpn"))]
    export.write_text("\n".join(["Team;What;When", *rows, ";nobody;"]), encoding="utf-8")
    columns = ["--columns", "label=Team", "--columns", "text=What", "--columns", "text=When", "--columns", "at=When"]
    seen = triage("dataset", "preview", str(export), *columns)
    assert (seen["total"], seen["columns"], len(seen["problems"])) == (56, ["Team", "What", "When"], 1)
    assert seen["problems"][0].startswith("line 58: ")
    code, refused = run(capsysbinary, *at(demo_folder, "dataset", "add", "desk", "--data", str(export), *columns))
    assert (code, refused["error"]["code"]) == (1, "invalid_input")
    assert "line 58" in refused["error"]["message"]
    assert [each["name"] for each in triage("datasets")["datasets"]] == ["category"]
    # when it is mended, the dataset is there, and its labels change
    export.write_text("\n".join(["Team;What;When", *rows]), encoding="utf-8")
    made = triage("dataset", "add", "desk", "--data", str(export), *columns, "--effect", "queue")
    assert (made["labels"], made["effect"]) == (["Größe", "网络"], "queue")
    assert triage("dataset", "set", "desk", "--threshold", "0.7")["fields"] == ["subject", "text"]
    triage("dataset", "rename", "desk", "网络", "Network")
    triage("dataset", "split", "desk", "network", "--into", "First", "--words", "1 3 2026")
    sheet = triage("dataset", "labels", "desk")
    assert [(each["label"], each["examples"]) for each in sheet["labels"]] == [
        ("Größe", 28), ("Network", 27), ("First", 1),
    ]  # fmt: skip
    assert [change["new"] for change in sheet["history"]] == ["Network", "First"]
    # then it learns, also the label with one example
    assert triage("train", "--dataset", "desk")["labels"] == ["First", "Größe", "Network"]


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


def test_what_is_no_text_goes_to_a_file_or_a_pipe_as_bytes_and_never_to_a_person(
    demo_folder: Path, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "month.pdf"
    report = ["report", "month", "--format", "pdf"]
    code, answer = run(capsysbinary, *at(demo_folder, *report, "--out", str(out)))
    assert (code, answer["name"], answer["content"]) == (0, str(out), "")
    assert out.read_bytes().startswith(b"%PDF-")
    # as one JSON document it is Base64
    code, answer = run(capsysbinary, *at(demo_folder, *report))
    assert (code, answer["base64"], answer["media_type"]) == (0, True, "application/pdf")
    doors = Doors(open_app, no_server, refuse_desk, {})
    export = at(demo_folder, "export-predictions", "--format", "parquet")
    assert command_line(export, doors) == 0
    assert capsysbinary.readouterr().out.startswith(b"PAR1")
    # a terminal would be steered by it
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert command_line(export, doors) == 1
    told = capsysbinary.readouterr()
    assert told.out == b""
    assert b"--out predictions-category" in told.err


def test_a_file_that_cannot_be_written_is_named(
    demo_folder: Path, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    place = str(tmp_path / "none" / "a.csv")
    code, answer = run(capsysbinary, *at(demo_folder, "export-predictions", "--out", place))
    assert (code, answer["error"]["code"]) == (1, "invalid_state")
    assert place in answer["error"]["message"]


def test_alone_the_desktop_opens(tmp_path: Path) -> None:
    opened: list[Path | None] = []

    def desk(_app: App, workspace: Path | None) -> int:
        opened.append(workspace)
        return 7

    assert command_line(["--workspace", str(tmp_path / "w")], Doors(open_app, no_server, desk, {})) == 7
    assert opened == [tmp_path / "w"]


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


def test_a_password_goes_from_a_line_of_standard_input_into_the_encrypted_file_alone(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a machine without a keyring
    monkeypatch.setenv("TRIAGE_PASSPHRASE", "a long passphrase of ours")
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse battery\n"))
    settings = ("--set", "host=localhost", "--set", "port=9", "--set", "user=soc", "--set", "folders=INBOX")
    more = ("--set", "folders=Reports", "--secret", "password")
    # when a source is added and tried where nobody listens
    code, row = run(capsysbinary, *at(tmp_path / "w", "source", "add", "imap", "soc", *settings, *more))
    assert (code, row["status"], dict(row["settings"])["folders"]) == (0, "new", "INBOX\nReports")
    code, answer = run(capsysbinary, *at(tmp_path / "w", "source", "test", "soc"))
    assert (code, answer["error"]["code"]) == (1, "source_failed")
    code, report = run(capsysbinary, *at(tmp_path / "w", "sync"))
    assert (code, report["failed"]) == (0, 1)
    code, listed = run(capsysbinary, *at(tmp_path / "w", "sources"))
    assert (listed["sources"][0]["trouble"], listed["secrets"]) == ("network", "encrypted file")
    # then the password stands nowhere in the workspace
    held = [path.read_bytes() for path in (tmp_path / "w").rglob("*") if path.is_file()]
    assert held
    assert not any(b"correct horse battery" in each for each in held)
    # and is forgotten with the source
    code, row = run(capsysbinary, *at(tmp_path / "w", "source", "remove", "soc"))
    assert (code, row["name"]) == (0, "soc")
    assert run(capsysbinary, *at(tmp_path / "w", "sources"))[1]["sources"] == []


# Each verb once or more, in an order that gives each something to do; {names} are files that the test makes.
EVERY_VERB = """
balance
tickets --limit 5
ticket 1
ticket-ids --view all
ticket-rows 1 2
views
query from:bank
view save Banks from:bank
views
view remove Banks
raw 1
classify {text}
observables {text}
campaign 1
similar 1
compare 1 2
pivot evil.example
map {alert}
import {mail}
correct 1 Phishing
accept 2
decide-like 1 2
ignore 198.51.100.7
heed 198[.]51[.]100[.]7
close 3 --verdict false_positive
reopen 3
note 1 seen
assign 1 ana
snooze 1 --until 2030-12-01T09:00Z --why call
snooze 1 --until-change
wake 1
follow-up 1 --at 2031-01-01T09:00Z
follow-up 1 --at never
wake
new --subject Call --text {text} --severity high --category Phishing
undo
undo
export-corrections
export-predictions
promise
report month 2026-03
report figures 2026-03
train --data {labels}
evaluate --data {labels}
models
use-model nothing
promote nothing
shadow nothing on
shadow-report nothing
forget analyst eve
forgotten
recall analyst eve
second-looks
second-opinion 1 Phishing
audit --limit 5
blast-radius 1 Phishing
review-queue --limit 5
plan-tell-cluster 4 Phishing
tell-cluster 4 Phishing
tell-cluster 4 Spam --plan
datasets
dataset preview {labels}
dataset add mine --data {labels} --columns text=text --effect tag
dataset import mine {labels}
dataset set mine --threshold 0.7
dataset labels mine
dataset rename mine DeviceLost Lost
dataset split mine Phishing --into Spam --words 7
dataset merge mine Phishing Spam --into Phishing
dataset keywords mine --limit 5
dataset save-keywords mine {keywords}
parked
retry
dismiss 99999
plan-link 4 5 6
link 4 5 --plan
link 4 5
unlink 5
split 99999
check-link 99999
link 6 7 8
close-linked 6 --verdict duplicate --plan
plan-close-linked 6
close-linked 6 --verdict duplicate
duplicates 6
dedup rules
dedup check {rules}
dedup save {rules}
dedup simulate --since all
dedup gaps --rule resend
dedup explain 6 7
push {post} --source siem
tokens
token add other --scope read
token revoke other
token check 00
sources
source kinds
source add imap box --set host=127.0.0.1 --set port=9 --set user=x --paused
source set box --set poll=120
source test box
source sign-in box
source set box --set address=soc@desk.example
templates
reply 1 --template harmless --to bob@example.org --plan
plan-reply 1 --text {text}
reply 1 --template harmless --to bob@example.org
withdraw 1
resend 1
outbox --ticket 1
move-mail 1 Done
flag-mail 1
source pause box
source resume box
source remove box
sync --once
reindex
log --ticket 99999
demo
"""


OWN = (
    (re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+(Z|[+]00:00| UTC)"), b"a time"),
    (re.compile(rb"category-[0-9]{8}-[0-9]+-[0-9]+"), b"a model"),
    (re.compile(rb'"secret":"[^"]*"'), b'"secret":"a secret"'),
    (re.compile(rb"/[^ \"]*/(workspace|there)/"), b"the workspace/"),
)
"""What two workspaces have each for itself."""


@contextmanager
def mailbox_at(provider: Provider, folder: Path, *more: str) -> Iterator[Callable[[str], int]]:
    """A mailbox that is signed in to at a provider; what is given signs in, `here` or by a `server`."""
    with providing(provider) as web, opened(folder) as app, served(app) as server:
        names = {"device_endpoint": "device", "authorization_endpoint": "page", "token_endpoint": "token"}
        endpoints = (f"{name}={web.url}/{path}" for name, path in names.items())
        box = ("host=localhost", "user=soc", "auth=xoauth2", "provider=other", "client_id=triage", *endpoints, *more)
        app.execute(AddSource("imap", "soc", settings=box))
        token = Secret(app.execute(AddToken(name=TokenName("desk"), scope=(Scope.ADMIN,))).secret)

        def connect(address: str, _ca: Path | None) -> App:
            return RemoteApp(address, token, session)

        def sign_in(road: str) -> int:
            where = at(folder) if road == "here" else ["--server", f"http://127.0.0.1:{server.port}"]
            doors = Doors(open_app, connect, refuse_desk, {})
            return command_line(["--json", *where, "source", "sign-in", "soc"], doors)

        yield sign_in


def holds_no_token(folder: Path) -> bool:
    held = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    return bool(held) and not any(b"refresh-1" in each or b"access-1" in each for each in held)


@pytest.mark.parametrize("road", ["here", "server"])
def test_a_sign_in_shows_its_code_at_once_and_keeps_the_tokens_encrypted(
    road: str, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAGE_PASSPHRASE", "a long passphrase of ours")
    provider = Provider("authorization_pending")
    provider.device["interval"] = 1
    with mailbox_at(provider, tmp_path / "w") as sign_in:
        # when somebody signs in, and nobody looks at a terminal
        code = sign_in(road)
    # then the way is shown once, apart from the answer
    said = capfdbinary.readouterr()
    assert said.err == b"Open https://login.example.org/device and enter the code WDJB-MJHT\n"
    assert (code, json.loads(said.out)["name"]) == (0, "soc")
    # and the tokens stand nowhere in the open
    assert provider.issued == 1
    assert holds_no_token(tmp_path / "w")


class Reader(io.StringIO):
    """Standard error, read by somebody who opens each address in a browser at once."""

    def __init__(self) -> None:
        super().__init__()
        self.pages: list[str] = []

    def write(self, text: str) -> int:
        for address in re.findall(r"http://\S+", text):
            self.pages.append(requests.get(address, timeout=5).text)
        return super().write(text)


@pytest.mark.parametrize("road", ["here", "server"])
def test_a_sign_in_by_a_browser_shows_its_address_alone_and_ends_when_it_was_opened(
    road: str, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAGE_PASSPHRASE", "a long passphrase of ours")
    provider, reader = Provider(), Reader()
    with mailbox_at(provider, tmp_path / "w", "sign_in=browser") as sign_in, monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", reader)
        code = sign_in(road)
    assert (code, json.loads(capsysbinary.readouterr().out)["name"]) == (0, "soc")
    assert reader.pages == ["You may close this window.\n"]
    said = reader.getvalue()
    assert said.startswith("In a browser on the machine that holds the workspace, open http://localhost:")
    assert said.count("\n") == 1
    assert provider.issued == 1
    assert holds_no_token(tmp_path / "w")


def test_every_verb_does_on_a_server_what_it_does_here(
    demo_folder: Path, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    files = verb_files(tmp_path)
    there = shutil.copytree(demo_folder, tmp_path / "there")

    def no_workspace(_workspace: Path | None, _verb: str) -> App:
        raise AssertionError("a server was named")

    def ask(doors: Doors, *arguments: str) -> tuple[int, Any]:
        code = command_line(["--json", *arguments], doors)
        text = capsysbinary.readouterr().out
        for own, word in OWN:
            text = own.sub(word, text)
        return code, json.loads(text)

    here = Doors(open_app, no_server, refuse_desk, {})
    # The token bears the user's name, so that both logs are the same.
    scopes = [word for scope in Scope for word in ("--scope", scope.value)]
    make_token = ["token", "add", "demo", *scopes, "--source", "siem"]
    assert command_line(["--json", *at(demo_folder, *make_token)], here) == 0
    capsysbinary.readouterr()
    with opened(there) as app, served(app) as server:
        made = app.execute(AddToken(name=TokenName("demo"), scope=tuple(Scope), source="siem"))
        token = Secret(made.secret)

        def connect(address: str, _ca: Path | None) -> App:
            return RemoteApp(address, token, session)

        remote = Doors(no_workspace, connect, refuse_desk, {})
        met = set()
        for line in EVERY_VERB.strip().splitlines():
            met.add(max((verb.name for verb in VERBS if f"{line} ".startswith(f"{verb.name} ")), key=len))
            words = line.format(**files).split(" ")
            answer = ask(remote, "--server", f"http://127.0.0.1:{server.port}", *words)
            assert answer == ask(here, *at(demo_folder, *words)), line
    assert met == {verb.name for verb in VERBS}
