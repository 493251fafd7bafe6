"""Where there is no place for secrets: asking says what to do about it."""

from collections.abc import Sequence
from typing import NoReturn

from triage_app.domain.errors import SecretsUnavailable
from triage_app.domain.secret import Secret
from triage_app.domain.source import SourceName


class Nowhere:
    """`SecretStore` that holds nothing."""

    @property
    def place(self) -> str:
        """Nowhere, for a person."""
        return "nowhere"

    def get(self, source: SourceName, field: str) -> Secret | None:
        """Raises SecretsUnavailable."""
        self._refuse(source, field)

    def put(self, source: SourceName, field: str, secret: Secret) -> None:
        """Raises SecretsUnavailable."""
        self._refuse(source, field)

    def remove(self, source: SourceName, fields: Sequence[str]) -> None:
        """There is nothing to forget."""

    def _refuse(self, source: SourceName, field: str) -> NoReturn:
        raise SecretsUnavailable(
            f"There is no keyring here for the {field} of {source}. Unlock the system's keyring, or set "
            "TRIAGE_PASSPHRASE: then secrets are kept in an encrypted file of the workspace."
        )
