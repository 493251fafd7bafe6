"""Builds an `App` from a workspace's folder: the one place that knows adapters and services."""

import os
import socket
import uuid
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from triage_app.adapters.catalog import SCOPES, connectors, outlets, sign_ins
from triage_app.adapters.chance import random_text
from triage_app.adapters.classify.datasets import DatasetFolders
from triage_app.adapters.classify.model_files import WorkspaceModels
from triage_app.adapters.clock import SystemZone, system_clock
from triage_app.adapters.files.reader import FilesReader
from triage_app.adapters.net.listening import is_loopback, listen, own_names
from triage_app.adapters.net.tls import server_context
from triage_app.adapters.net.tokens import Tokens
from triage_app.adapters.parquet import parquet
from triage_app.adapters.printing import ChildPrinter
from triage_app.adapters.rules.dedup_file import DedupFile
from triage_app.adapters.rules.mapping_files import MappingFiles
from triage_app.adapters.rules.template_files import TemplateFiles
from triage_app.adapters.runner import ThreadRunner
from triage_app.adapters.sanitise import HtmlSanitiser
from triage_app.adapters.secrets.store import open_secrets
from triage_app.adapters.settings import read_settings
from triage_app.adapters.storage.engine import open_storage
from triage_app.adapters.workers.analyser import ProcessAnalyser
from triage_app.domain.errors import AccessDenied, StorageFailed
from triage_app.domain.secret import Secret
from triage_app.domain.token import Caller
from triage_app.services.app import App, LocalApp
from triage_app.services.ports import Ports
from triage_app.worker import build_worker

if TYPE_CHECKING:
    from triage_app.rest.server import ApiServer

PACKAGE = Path(__file__).resolve().parent
NAME = "triage"


def resources_dir() -> Path:
    """The folder of icons, styles and the demo: inside an installed package, beside the package in a checkout."""
    return _shipped("resources")


def models_dir() -> Path:
    """The folder of the datasets that come with the program."""
    return _shipped("models")


def starter_rules() -> Path:
    """The file of de-duplication rules that come with the program."""
    return resources_dir() / "rules" / "dedup.yaml"


def shipped_mappings() -> Path:
    """The folder of the mappings that come with the program."""
    return resources_dir() / "mappings"


def default_workspace() -> Path:
    """The user's own workspace, where the system keeps such data."""
    return Path(platformdirs.user_data_dir(NAME, appauthor=False)) / "workspace"


def demo_workspace() -> Path:
    """A workspace for the sample mail, beside the user's own."""
    return Path(platformdirs.user_data_dir(NAME, appauthor=False)) / "demo"


def build(workspace: Path, environment: Mapping[str, str] = os.environ, ask: Callable[[str], str] | None = None) -> App:
    """Open a workspace, making the folder and its database where they are missing.

    The environment says how secrets are kept. Where it does not, `ask` puts questions to whoever sits at a terminal.
    Raises StorageFailed where that cannot be done and InvalidInput for settings that cannot be used.
    """
    try:
        workspace.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageFailed(
            f"The workspace {workspace} cannot be made: {error.strerror}. Choose another folder."
        ) from error
    settings = read_settings(workspace, SystemZone())
    storage = open_storage(settings.database)
    analyser = ProcessAnalyser(partial(build_worker, workspace, models_dir(), starter_rules(), shipped_mappings()))
    files = FilesReader()
    secrets = open_secrets(workspace, environment, ask=ask)
    tokens = Tokens(secrets, system_clock, SCOPES)
    runner = ThreadRunner()
    ports = Ports(
        storage=storage,
        files=files,
        analyser=analyser,
        models=WorkspaceModels(workspace),
        datasets=DatasetFolders(workspace, models_dir(), files),
        rules=DedupFile(workspace, starter_rules()),
        mappings=MappingFiles(workspace, shipped_mappings()),
        templates=TemplateFiles(workspace, resources_dir() / "templates"),
        sanitise=HtmlSanitiser(),
        clock=system_clock,
        chance=random_text,
        settings=settings,
        demo=(resources_dir() / "demo" / "alerts", resources_dir() / "demo" / "mail"),
        connectors={each.manifest.kind: each for each in connectors(files, system_clock, tokens)},
        sign_ins=sign_ins(system_clock, runner.wait),
        outlets=outlets(tokens),
        secrets=secrets,
        runner=runner,
        parquet=parquet,
        printer=ChildPrinter(),
    )

    def close() -> None:
        analyser.close()
        storage.close()

    return LocalApp(ports, writer=f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}", close=close)


def connect(address: str, token: str, ca: Path | None) -> App:
    """The App on another machine's workspace. Raises AccessDenied without a token, ServerUnreachable, InvalidInput."""
    # HTTP takes a fifth of the time in which the program starts, and a workspace of this machine does without.
    from triage_app.adapters.net.exchange import session
    from triage_app.adapters.remote import RemoteApp

    if not token:
        raise AccessDenied("The server wants a token. Make one there with `triage token add`; put it in TRIAGE_TOKEN.")
    return RemoteApp(address, Secret(token), partial(session, "" if ca is None else str(ca)))


def api_server(
    app: App,
    workspace: Path,
    host: str,
    port: int,
    *,
    certificate: Path | None = None,
    key: Path | None = None,
    names: Iterable[str] = (),
) -> "tuple[ApiServer, str]":
    """A server of the local API that listens already and can be started, and its certificate's fingerprint.

    Plain HTTP on loopback, unless a certificate is given; TLS 1.3 elsewhere, with a certificate of the workspace's own
    where none is given. Raises InvalidInput, SourceFailed, StorageFailed.
    """
    from triage_app.adapters.net.certificates import fingerprint, names_in, own_certificate
    from triage_app.rest.server import ApiServer

    called = {host, *own_names(), *names}
    if certificate is None or key is None:
        if is_loopback(host):
            return ApiServer(app, listen(host, port), clock=system_clock, host=host, names=called), ""
        certificate, key = own_certificate(workspace / "keys", called | {"localhost", "127.0.0.1"}, system_clock())
    tls = server_context(certificate, key)
    known = called | names_in(certificate)
    server = ApiServer(app, listen(host, port), clock=system_clock, host=host, tls=tls, names=known)
    return server, fingerprint(certificate)


class DeskServer:
    """The local API of a workspace, started and stopped from its desk.

    Start and stop it from one thread at a time; everything else may be asked from any.
    """

    def __init__(self, app: App, workspace: Path) -> None:
        self._app = app
        self._workspace = workspace
        self._running: tuple[ApiServer, str] | None = None

    @property
    def place(self) -> str:
        """The workspace's folder: what is served."""
        return str(self._workspace.resolve())

    @property
    def address(self) -> str:
        """Where it serves, as `--server` takes it; empty while it does not."""
        running = self._running
        return running[0].address if running is not None else ""

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of its certificate; empty without TLS, and while it does not serve."""
        running = self._running
        return running[1] if running is not None else ""

    def start(self, host: str, port: int) -> None:
        """Serve, unless it does already; port 0 takes a free one. Raises InvalidInput, StorageFailed, Unexpected."""
        if self._running is None:
            server, fingerprint = api_server(self._app, self._workspace, host, port)
            server.start()
            self._running = server, fingerprint

    def stop(self) -> None:
        """Serve no more; what is being written is written."""
        running, self._running = self._running, None
        if running is not None:
            running[0].stop()

    def callers(self) -> tuple[Caller, ...]:
        """Who has called since the start, the last one first."""
        running = self._running
        return running[0].callers() if running is not None else ()


def desk_server(app: App, workspace: Path | None) -> DeskServer | None:
    """The API that a desk may start; None for a desk on another machine's workspace, which is served there."""
    return DeskServer(app, workspace or default_workspace()) if isinstance(app, LocalApp) else None


def _shipped(name: str) -> Path:
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name
