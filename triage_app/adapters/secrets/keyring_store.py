"""Secrets in the system's keyring: Secret Service, the macOS Keychain or the Windows Credential Locker."""

import importlib
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from triage_app.domain.errors import SecretsUnavailable
from triage_app.domain.secret import Secret
from triage_app.domain.source import SourceName

if TYPE_CHECKING:
    # Loaded with the first secret: it takes longer than the rest of a short command, which mostly needs none.
    from keyring.backend import KeyringBackend

T = TypeVar("T")

_BACKENDS = {
    "linux": ("Secret Service", "keyring.backends.SecretService", "Keyring"),
    "darwin": ("Keychain", "keyring.backends.macOS", "Keyring"),
    "win32": ("Credential Locker", "keyring.backends.Windows", "WinVaultKeyring"),
}
"""Named, never looked for: what a configuration or an installed package offers may keep passwords in plain text."""


def is_known(platform: str) -> bool:
    """Whether this kind of system (as in sys.platform) has a keyring that is used."""
    return platform in _BACKENDS


class KeyringStore:
    """`SecretStore` in the keyring of a kind of system. `service` names the workspace, so that no two mix."""

    def __init__(self, platform: str, service: str) -> None:
        self._place, self._module, self._class = _BACKENDS[platform]
        self._service = service
        self._lock = threading.Lock()
        self._backend: KeyringBackend | None = None

    @property
    def place(self) -> str:
        """The keyring's name, for a person."""
        return self._place

    def get(self, source: SourceName, field: str) -> Secret | None:
        """A secret, None where there is none."""
        name = _name(source, field)
        found = self._asked(
            f"The {field} of {source} cannot be had", lambda ring: ring.get_password(self._service, name)
        )
        return None if found is None else Secret(found)

    def put(self, source: SourceName, field: str, secret: Secret) -> None:
        """Store or replace a secret."""
        name = _name(source, field)
        self._asked(
            f"The {field} of {source} cannot be kept",
            lambda ring: ring.set_password(self._service, name, secret.reveal()),
        )

    def remove(self, source: SourceName, fields: Sequence[str]) -> None:
        """Forget secrets."""
        for field in fields:
            self._asked(f"The {field} of {source} cannot be forgotten", self._forget(_name(source, field)))

    def _forget(self, name: str) -> "Callable[[KeyringBackend], None]":
        def forget(ring: "KeyringBackend") -> None:
            from keyring.errors import PasswordDeleteError  # noqa: PLC0415

            try:
                ring.delete_password(self._service, name)
            except PasswordDeleteError:
                if ring.get_password(self._service, name) is not None:
                    raise

        return forget

    def _asked(self, what: str, question: "Callable[[KeyringBackend], T]") -> T:
        """One call at a time: not every system's keyring bears several."""
        from keyring.errors import KeyringError  # noqa: PLC0415

        try:
            with self._lock:
                if self._backend is None:
                    self._backend = getattr(importlib.import_module(self._module), self._class)()
                return question(self._backend)
        except Exception as error:  # noqa: BLE001  every keyring fails in its own way
            said = str(error)[:200] if isinstance(error, KeyringError) and str(error) else type(error).__name__
            raise SecretsUnavailable(
                f"{what}: the {self._place} does not answer as it should ({said}). Unlock the system's keyring, or set "
                "TRIAGE_PASSPHRASE: then secrets are kept in an encrypted file of the workspace."
            ) from None


def _name(source: SourceName, field: str) -> str:
    return f"{source}/{field}"
