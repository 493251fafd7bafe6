"""A search through all that the program leaves and shows while it works, for the secrets that it was given."""

import base64
import json
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests

from tests.dovecot import PASSWORD, DovecotServer
from tests.mailboxes import mail

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked at in /proc")

WRONG = "not-the-password-of-anybody"
PASSPHRASE = "the passphrase of this test alone"
FORGED = "forged-token-of-nobody-at-all"
LOOK_EVERY_S = 0.03
PATIENCE_S = 60.0
SECONDS = 30


def disguises(secret: str) -> Iterator[bytes]:
    """The secret as it may stand somewhere: as text, as two bytes a letter, in a URL, in hexadecimal, in base64."""
    plain = secret.encode()
    yield from (plain, secret.encode("utf-16-le"), quote(secret, safe="").encode(), plain.hex().encode())
    for shift in range(3):
        # The letters at both ends depend on what stands beside.
        yield base64.b64encode(bytes(shift) + plain)[4 : -4 - (shift + len(plain)) % 3]


def found_in(place: str, content: bytes, secrets: Mapping[str, str]) -> Iterator[str]:
    """Which secrets stand there, in whatever disguise."""
    for name, secret in secrets.items():
        if any(each in content for each in disguises(secret)):
            yield f"{name} in {place}"


def files_with(folder: Path, secrets: Mapping[str, str]) -> list[str]:
    """All files of a folder that hold one of the secrets, in their bytes or in a cell of their database."""
    found: list[str] = []
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        content = path.read_bytes()
        found += found_in(str(path), content, secrets)
        if content.startswith(b"SQLite format 3"):
            found += found_in(f"the rows of {path}", rows_of(path), secrets)
    return found


def rows_of(database: Path) -> bytes:
    """All that is in the tables: in the file a long text is spread over pages."""
    with closing(sqlite3.connect(database)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = [row for table in tables for row in connection.execute(f'SELECT * FROM "{table}"')]
    cells = (cell for row in rows for cell in row if cell is not None)
    return b"\n".join(cell if isinstance(cell, bytes) else str(cell).encode() for cell in cells)


class Processes:
    """Looks again and again at what everybody sees of all processes, as `ps` does: their command lines."""

    def __init__(self) -> None:
        self.seen: set[bytes] = set()
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> "Processes":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._enough.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._enough.wait(LOOK_EVERY_S):
            for number in numbers():
                self.seen.add(read(Path(f"/proc/{number}/cmdline")))


def numbers() -> list[int]:
    return [int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit()]


def read(path: Path) -> bytes:
    """What a file of a process says; nothing where the process is gone."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def below(process: int) -> list[int]:
    """The processes that a process started, and theirs."""
    parents = {number: read(Path(f"/proc/{number}/stat")).rpartition(b") ")[2].split()[1:2] for number in numbers()}
    found = [process]
    for each in found:
        found += [number for number, parent in parents.items() if parent == [str(each).encode()]]
    return found[1:]


class Program:
    """The program as its user runs it: its workspace, home, logs and temporary files are in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.logs = folder / "logs"
        for each in (self.logs, folder / "tmp"):
            each.mkdir()
        self._environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(folder),
            "TMPDIR": str(folder / "tmp"),
            "PYTHONPATH": str(Path(__file__).parent.parent),
            "TRIAGE_PASSPHRASE": PASSPHRASE,
        }
        self._command = [sys.executable, "-m", "triage_app", "--workspace", str(folder / "workspace")]

    def run(self, *arguments: str, given: str = "", code: int = 0) -> str:
        """One command line to its end; what it shows is returned, and what it complains about is logged."""
        done = subprocess.run(
            [*self._command, *arguments],
            env=self._environment,
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stderr
        with (self.logs / "commands").open("a") as log:
            log.write(done.stderr)
        return done.stdout

    def ask(self, query: str) -> Any:
        """The answer to a query; it is logged as well."""
        answer = self.run("--json", query)
        with (self.logs / "answers").open("a") as log:
            log.write(answer)
        return json.loads(answer)

    @contextmanager
    def serving(self) -> Iterator[tuple[str, int]]:
        """The workspace served and its sources followed; its address, and the number of its process."""
        with (
            (self.logs / "serve").open("w") as log,
            subprocess.Popen(
                [*self._command, "serve", "--port", "0"],
                env=self._environment, stdout=subprocess.PIPE, stderr=log, text=True,
            ) as server,
        ):  # fmt: skip
            try:
                assert server.stdout is not None
                yield server.stdout.readline().removeprefix("Serving ").partition(";")[0], server.pid
            finally:
                server.send_signal(signal.SIGTERM)
                shown, _ = server.communicate(timeout=PATIENCE_S)
                log.write(shown)


def until(condition: Callable[[], bool]) -> None:
    give_up = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < give_up, "it did not happen in time"


def test_a_search_of_workspace_logs_and_processes_finds_no_secret(tmp_path: Path, dovecot: DovecotServer) -> None:
    program = Program(tmp_path)
    with dovecot.another("") as server, Processes() as processes:
        # given two mailboxes, one with a wrong password, and a token for alerts
        server.deliver("soc", mail(1), mail(2))
        for name, password in (("soc", PASSWORD), ("locked", WRONG)):
            settings = {"host": "localhost", "port": str(server.tls_port), "user": name, "ca_file": server.ca_file}
            chosen = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
            program.run("source", "add", "imap", name, *chosen, "--secret", "password", given=f"{password}\n")
        made = program.run("--json", "token", "add", "edr", "--scope", "intake", "--source", "edr")
        token = json.loads(made)["secret"]

        def sheet() -> dict[str, Any]:
            return {each["source"]: each for each in program.ask("balance")["sources"]}

        def troubles() -> dict[str, str]:
            return {each["name"]: each["error"] for each in program.ask("sources")["sources"]}

        with program.serving() as (address, number):
            # when they are followed, alerts are pushed with the token and with a forged one, and the server goes away
            until(lambda: sheet()["soc"]["ticketed"] == 2 and bool(troubles()["locked"]))
            answers = [
                requests.post(
                    f"{address}/api/v1/alerts", json={"name": "a scan"}, timeout=SECONDS,
                    headers={"Authorization": f"Bearer {each}"},
                ).status_code
                for each in (token, FORGED)
            ]  # fmt: skip
            assert answers == [200, 401]
            # The passphrase came in the environment of this process, which is for its user's eyes only.
            assert Path(f"/proc/{number}/environ").stat().st_mode & 0o077 == 0
            children = below(number)
            inherited = b"\n".join(read(Path(f"/proc/{each}/environ")) for each in children)
            server.stop()
            until(lambda: bool(troubles()["soc"]))
        program.run("source", "test", "soc", code=1)
        program.ask("log")
    # then all of it was done, and looked at
    secrets = {"the password": PASSWORD, "a wrong password": WRONG, "the passphrase": PASSPHRASE, "the token": token}
    assert sheet()["edr"]["ticketed"] == 1
    assert all(any(word in each for each in processes.seen) for word in (b"serve", b"--secret", b"spawn_main"))
    assert children
    # and no secret is in a file, in the command line of any process, or handed on to the processes that read mail
    lines = b"\n".join(processes.seen)
    everything = {**secrets, "a forged token": FORGED}
    assert files_with(tmp_path, everything) == []
    assert list(found_in("a command line", lines, everything)) == []
    assert list(found_in("an environment", inherited, everything)) == []


@pytest.mark.parametrize("disguise", range(7))
@pytest.mark.parametrize("before", ["", "u", "\0u\0"])
def test_a_secret_that_lies_about_is_found(tmp_path: Path, disguise: int, before: str) -> None:
    secrets = {"it": "open-sesame-wide"}
    text = f"{before}{secrets['it']}, and more"
    forms = [text.encode(), text.encode("utf-16-le"), quote(text).encode(), text.encode().hex().encode()]
    forms += [base64.b64encode(b"x" * shift + text.encode()) for shift in range(3)]
    (tmp_path / "log").write_bytes(b"something " + forms[disguise])
    assert files_with(tmp_path, secrets) == [f"it in {tmp_path / 'log'}"]


def test_a_secret_in_a_database_is_found_although_pages_divide_it(tmp_path: Path) -> None:
    secret = "open-sesame" * 1_000
    with closing(sqlite3.connect(tmp_path / "a.db")) as connection:
        connection.execute("CREATE TABLE kept (words TEXT)")
        connection.execute("INSERT INTO kept VALUES (?)", (secret,))
        connection.commit()
    assert files_with(tmp_path, {"it": secret}) == [f"it in the rows of {tmp_path / 'a.db'}"]
