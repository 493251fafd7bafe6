"""The encrypted file of secrets where nothing says its passphrase, and a person is there to ask."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from triage_app.adapters.secrets.file_store import NAME, PLACE, FileStore
from triage_app.domain.errors import SecretsUnavailable
from triage_app.domain.secret import Secret
from triage_app.domain.source import SourceName

Ask = Callable[[str], str]
"""Puts a question to a person and gives the answer, which is shown nowhere; empty where there is none."""

_OPEN = "Passphrase of the encrypted file of secrets: "
_NEW = "There is no keyring here. A new passphrase for an encrypted file of secrets: "
_AGAIN = "The same passphrase again: "


class AskedStore:
    """`SecretStore` in the file `secrets`; its passphrase is asked for once, when the first secret is needed."""

    def __init__(self, workspace: Path, ask: Ask) -> None:
        self._workspace = workspace
        self._ask = ask
        self._lock = threading.Lock()
        self._opened: FileStore | None = None

    @property
    def place(self) -> str:
        """An encrypted file, for a person."""
        return PLACE

    def get(self, source: SourceName, field: str) -> Secret | None:
        """A secret, None where there is none."""
        return self._store().get(source, field) if self._exists() else None

    def put(self, source: SourceName, field: str, secret: Secret) -> None:
        """Store or replace a secret. Raises SecretsUnavailable where no passphrase is given."""
        self._store().put(source, field, secret)

    def remove(self, source: SourceName, fields: Sequence[str]) -> None:
        """Forget secrets."""
        if self._exists():
            self._store().remove(source, fields)

    def _exists(self) -> bool:
        return (self._workspace / NAME).exists()

    def _store(self) -> FileStore:
        """Several sources may need their secrets at once: one of them asks."""
        with self._lock:
            if self._opened is None:
                self._opened = FileStore(self._workspace, Secret(self._passphrase()))
            return self._opened

    def _passphrase(self) -> str:
        is_new = not self._exists()
        given = self._ask(_NEW if is_new else _OPEN)
        if not given:
            raise SecretsUnavailable(
                "No passphrase was given. Give the one of the encrypted file of secrets, here or in TRIAGE_PASSPHRASE, "
                "or unlock the system's keyring."
            )
        if is_new and self._ask(_AGAIN) != given:
            raise SecretsUnavailable("The two passphrases are not the same. Nothing was kept; try again.")
        return given
