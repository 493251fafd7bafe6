"""Where there is no place for secrets, or none that is open: asking says what to do about it."""

from collections.abc import Sequence
from typing import NoReturn

from triage_app.domain.errors import SecretsUnavailable
from triage_app.domain.secret import Secret
from triage_app.domain.source import SourceName

NO_KEYRING = (
    "There is no keyring here. Unlock the system's keyring, or set TRIAGE_PASSPHRASE: "
    "then secrets are kept in an encrypted file of the workspace."
)
CLOSED_FILE = (
    "The secrets of this workspace are in an encrypted file. Set TRIAGE_PASSPHRASE to the passphrase it was made with."
)


class Nowhere:
    """`SecretStore` that holds nothing; `reason` says why, and what to do."""

    def __init__(self, reason: str = NO_KEYRING) -> None:
        self._reason = reason

    @property
    def place(self) -> str:
        """Nowhere, for a person."""
        return "nowhere"

    def get(self, source: SourceName, field: str) -> Secret | None:
        """Raises SecretsUnavailable."""
        self._refuse(f"The {field} of {source} cannot be had.")

    def put(self, source: SourceName, field: str, secret: Secret) -> None:
        """Raises SecretsUnavailable."""
        del secret
        self._refuse(f"The {field} of {source} cannot be kept.")

    def remove(self, source: SourceName, fields: Sequence[str]) -> None:
        """There is nothing to forget."""

    def _refuse(self, what: str) -> NoReturn:
        raise SecretsUnavailable(f"{what} {self._reason}")
