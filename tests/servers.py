"""Real servers for tests, started for one session and gone with it; root is not needed, and no obstacle."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import psycopg
from psycopg import sql


def find_program(name: str) -> str | None:
    """Path of a program, also where Debian keeps what it leaves out of PATH: servers and PostgreSQL's own."""
    places = [os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin", "/sbin"]
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    places += [str(folder) for folder in sorted(versions, key=_version_of, reverse=True)]
    return shutil.which(name, path=os.pathsep.join(places))


def _version_of(postgresql_bin: Path) -> int:
    version = postgresql_bin.parent.name
    return int(version) if version.isdecimal() else 0


@dataclass(frozen=True, slots=True)
class PostgresProgram:
    """The two programs of one PostgreSQL version."""

    initdb: str
    pg_ctl: str

    @classmethod
    def find(cls) -> PostgresProgram | None:
        """The newest installed version, or None."""
        initdb = find_program("initdb")
        if initdb is None:
            return None
        # From the same version, whatever else lies on PATH.
        pg_ctl = Path(initdb).resolve().with_name("pg_ctl")
        return cls(initdb=initdb, pg_ctl=str(pg_ctl)) if pg_ctl.exists() else None


class PostgresServer:
    """A PostgreSQL server in a folder of its own, reached by a Unix socket only, that forgets all on stop.

    Durability is off, so it survives no crash. It listens on no TCP port: any number can run side by side.
    """

    USER = "postgres"

    def __init__(self, program: PostgresProgram) -> None:
        self._program = program
        # Short, since a socket's path holds about a hundred characters.
        self._folder = Path(tempfile.mkdtemp(prefix="triage-pg-"))
        self._data = self._folder / "data"
        self._as_user: list[str] = []
        if os.geteuid() == 0:
            # PostgreSQL refuses to run as root.
            account = _unprivileged_account()
            os.chown(self._folder, account.pw_uid, account.pw_gid)
            self._as_user = [
                "setpriv",
                f"--reuid={account.pw_uid}",
                f"--regid={account.pw_gid}",
                "--clear-groups",
                "--",
            ]

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._run(self._program.pg_ctl, "stop", "--mode=immediate", "--pgdata", str(self._data))
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    def create_database(self, *, template: str = "template0") -> str:
        """Makes a database, empty or copied from `template`, and returns its name."""
        name = f"t_{secrets.token_hex(8)}"
        # FILE_COPY does not write every page to the log: a third of the time for a small database.
        self._execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        return name

    def drop_database(self, name: str) -> None:
        """Removes a database, ending connections to it that a failed test left open."""
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def url(self, database: str) -> str:
        """SQLAlchemy URL of a database of this server."""
        return f"postgresql+psycopg://{self.USER}@/{database}?host={quote(str(self._folder), safe='')}"

    def _start(self) -> None:
        self._run(
            self._program.initdb,
            f"--pgdata={self._data}",
            f"--username={self.USER}",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
            "--no-instructions",
        )
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._folder),
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "shared_buffers": "32MB",
            "max_connections": "60",
            "timezone": "UTC",
        }
        with (self._data / "postgresql.auto.conf").open("a", encoding="utf-8") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
        self._run(
            self._program.pg_ctl,
            "start",
            "--wait",
            "--timeout=60",
            f"--pgdata={self._data}",
            f"--log={self._folder / 'log'}",
        )

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(host=str(self._folder), user=self.USER, dbname="postgres", autocommit=True) as connection:
            connection.execute(statement)

    def _run(self, *command: str) -> None:
        # A server started by pg_ctl keeps its standard output: a pipe would never end, so a file takes it.
        with tempfile.TemporaryFile() as output:
            code = subprocess.call(
                [*self._as_user, *command],
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            if code != 0:
                output.seek(0)
                log = self._folder / "log"
                said = output.read().decode(errors="replace")
                said += log.read_text(errors="replace") if log.exists() else ""
                raise RuntimeError(f"{Path(command[0]).name} failed with {code}:\n{said}")


def _unprivileged_account() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("no user postgres or nobody to run PostgreSQL as")
