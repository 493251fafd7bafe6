"""Secrets in one file of the workspace, encrypted with a passphrase: for machines without a keyring."""

import json
import os
import secrets
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from triage_app.domain.errors import SecretsUnavailable
from triage_app.domain.secret import Secret
from triage_app.domain.source import SourceName

if sys.platform != "win32":
    import fcntl

NAME = "secrets"
PLACE = "encrypted file"
MAX_BYTES = 4 * 1024 * 1024

_MAGIC = b"triage secrets 1\n"
_SALT, _NONCE = 16, 12
_COST, _BLOCK, _LANES = 2**16, 8, 2
"""64 MB and a fraction of a second for each guess at the passphrase."""


class FileStore:
    """`SecretStore` in the file `secrets`: scrypt makes the key of the passphrase, AES-256-GCM keeps the content.

    The file is replaced whole, never written over, and only its owner may read it. Several programs may use it.
    """

    def __init__(self, workspace: Path, passphrase: Secret) -> None:
        self._path = workspace / NAME
        self._passphrase = passphrase
        self._lock = threading.Lock()
        self._salt = b""
        self._key = b""
        self._read_as: tuple[int, int, int] | None = None
        self._held: dict[str, Secret] = {}

    @property
    def place(self) -> str:
        """An encrypted file, for a person."""
        return PLACE

    def get(self, source: SourceName, field: str) -> Secret | None:
        """A secret, None where there is none."""
        with self._lock:
            return self._load().get(_name(source, field))

    def put(self, source: SourceName, field: str, secret: Secret) -> None:
        """Store or replace a secret."""
        with self._lock, self._alone():
            self._save({**self._load(), _name(source, field): secret})

    def remove(self, source: SourceName, fields: Sequence[str]) -> None:
        """Forget secrets."""
        gone = {_name(source, field) for field in fields}
        with self._lock, self._alone():
            held = self._load()
            if gone & held.keys():
                self._save({name: secret for name, secret in held.items() if name not in gone})

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """No other program changes the file meanwhile."""
        if sys.platform == "win32":
            yield
            return
        try:
            place = os.open(self._path.with_name(f"{NAME}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise self._trouble(error) from error
        try:
            fcntl.flock(place, fcntl.LOCK_EX)
            yield
        finally:
            os.close(place)

    def _load(self) -> Mapping[str, Secret]:
        """What the file holds now; read again only where it has changed."""
        try:
            with self._path.open("rb") as file:
                found = os.fstat(file.fileno())
                now = (found.st_ino, found.st_mtime_ns, found.st_size)
                if now == self._read_as:
                    return self._held
                content = file.read(MAX_BYTES + 1)
        except FileNotFoundError:
            self._read_as, self._held = None, {}
            return self._held
        except OSError as error:
            raise self._trouble(error) from error
        self._held = self._opened(content)
        self._read_as = now
        return self._held

    def _opened(self, content: bytes) -> dict[str, Secret]:
        begin = len(_MAGIC) + _SALT
        if not content.startswith(_MAGIC) or len(content) < begin + _NONCE or len(content) > MAX_BYTES:
            raise SecretsUnavailable(
                f"{self._path} is no file of secrets of this program. Restore it, or move it away and enter the "
                "passwords of the sources again."
            )
        key = self._key_for(content[len(_MAGIC) : begin])
        try:
            plain = AESGCM(key).decrypt(content[begin : begin + _NONCE], content[begin + _NONCE :], content[:begin])
        except InvalidTag:
            raise SecretsUnavailable(
                f"The passphrase does not open {self._path}, or the file was altered. Set TRIAGE_PASSPHRASE to the "
                "passphrase it was made with."
            ) from None
        return {name: Secret(value) for name, value in json.loads(plain).items()}

    def _key_for(self, salt: bytes) -> bytes:
        if salt != self._salt:
            maker = Scrypt(salt=salt, length=32, n=_COST, r=_BLOCK, p=_LANES)
            self._key = maker.derive(self._passphrase.reveal().encode("utf-8"))
            self._salt = salt
        return self._key

    def _save(self, held: Mapping[str, Secret]) -> None:
        salt = self._salt if self._salt and self._read_as is not None else secrets.token_bytes(_SALT)
        head = _MAGIC + salt
        nonce = secrets.token_bytes(_NONCE)
        plain = json.dumps({name: secret.reveal() for name, secret in held.items()}).encode("ascii")
        content = head + nonce + AESGCM(self._key_for(salt)).encrypt(nonce, plain, head)
        if len(content) > MAX_BYTES:
            raise SecretsUnavailable(f"{self._path} would grow beyond {MAX_BYTES} bytes. Store a shorter secret.")
        fresh = self._path.with_name(f"{NAME}.{secrets.token_hex(8)}.new")
        try:
            try:
                with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                fresh.replace(self._path)
            finally:
                fresh.unlink(missing_ok=True)
        except OSError as error:
            raise self._trouble(error) from error
        self._read_as = None

    def _trouble(self, error: OSError) -> SecretsUnavailable:
        return SecretsUnavailable(
            f"The file of secrets {self._path} cannot be used: {error.strerror or error}. "
            "Check the permissions of the workspace and the space on its disk."
        )


def _name(source: SourceName, field: str) -> str:
    return f"{source}/{field}"
