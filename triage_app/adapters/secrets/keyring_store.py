"""Secrets in the system's keyring: Secret Service, the macOS Keychain or the Windows Credential Locker."""

import hashlib
import importlib
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from triage_app.domain.errors import SecretsUnavailable
from triage_app.domain.secret import Secret
from triage_app.domain.source import SourceName

if TYPE_CHECKING:
    # Loaded with the first secret: it takes longer than the rest of a short command, which mostly needs none.
    from keyring.backend import KeyringBackend

T = TypeVar("T")

_BACKENDS = {
    "linux": ("Secret Service", "keyring.backends.SecretService", "Keyring", 0),
    "darwin": ("Keychain", "keyring.backends.macOS", "Keyring", 0),
    "win32": ("Credential Locker", "keyring.backends.Windows", "WinVaultKeyring", 1_200),
}
"""Named, never looked for: what a configuration or an installed package offers may keep passwords in plain text. The
last is the most characters of an entry, where there is a most: Windows takes 2,560 bytes, and tokens are longer."""

_PARTED: Final = "\x1f"
"""Begins an entry that says how many parts a secret has; no secret that a person gives holds control characters."""


def is_known(platform: str) -> bool:
    """Whether this kind of system (as in sys.platform) has a keyring that is used."""
    return platform in _BACKENDS


class KeyringStore:
    """`SecretStore` in the keyring of a kind of system. `service` names the workspace, so that no two mix.

    A secret longer than the keyring's entries, or than `most` characters, is kept in parts.
    """

    def __init__(self, platform: str, service: str, most: int = 0) -> None:
        self._place, self._module, self._class, longest = _BACKENDS[platform]
        self._most = most or longest
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
        found = self._asked(f"The {field} of {source} cannot be had", lambda ring: self._whole(ring, name))
        return None if found is None else Secret(found)

    def put(self, source: SourceName, field: str, secret: Secret) -> None:
        """Store or replace a secret."""
        name = _name(source, field)
        self._asked(f"The {field} of {source} cannot be kept", lambda ring: self._keep(ring, name, secret.reveal()))

    def remove(self, source: SourceName, fields: Sequence[str]) -> None:
        """Forget secrets."""
        for field in fields:
            name = _name(source, field)
            self._asked(f"The {field} of {source} cannot be forgotten", partial(self._forget, name=name))

    def _whole(self, ring: "KeyringBackend", name: str) -> str | None:
        """A secret, put together; None for one of which a part is missing or another's."""
        head = ring.get_password(self._service, name)
        parts = _parts_of(head)
        if head is None or not parts:
            return head
        whole = "".join(ring.get_password(self._service, each) or "" for each in _names(name, parts))
        return whole if head == _head(parts, whole) else None

    def _keep(self, ring: "KeyringBackend", name: str, text: str) -> None:
        """Parts first, so that an interruption leaves a head that does not fit them, and no mixture."""
        before = _parts_of(ring.get_password(self._service, name))
        if not self._most or len(text) <= self._most:
            count = 0
            ring.set_password(self._service, name, text)
        else:
            count = -(-len(text) // self._most)
            for number, each in enumerate(_names(name, count)):
                ring.set_password(self._service, each, text[number * self._most : (number + 1) * self._most])
            ring.set_password(self._service, name, _head(count, text))
        for each in list(_names(name, before))[count:]:
            self._delete(ring, each)

    def _forget(self, ring: "KeyringBackend", name: str) -> None:
        for each in (*_names(name, _parts_of(ring.get_password(self._service, name))), name):
            self._delete(ring, each)

    def _delete(self, ring: "KeyringBackend", name: str) -> None:
        from keyring.errors import PasswordDeleteError  # noqa: PLC0415

        try:
            ring.delete_password(self._service, name)
        except PasswordDeleteError:
            if ring.get_password(self._service, name) is not None:
                raise

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


def _names(name: str, parts: int) -> Iterator[str]:
    """The entries of a secret's parts."""
    return (f"{name}#{number}" for number in range(1, parts + 1))


def _head(parts: int, whole: str) -> str:
    """What stands in place of a secret in parts: how many they are, and how they are known to belong together."""
    return f"{_PARTED}{parts} {hashlib.sha256(whole.encode()).hexdigest()}"


def _parts_of(head: str | None) -> int:
    """In how many parts a secret is; 0 for one that is whole."""
    number = head[1:].partition(" ")[0] if head and head.startswith(_PARTED) else ""
    return int(number) if number.isascii() and number.isdigit() else 0
