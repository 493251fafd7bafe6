"""The error tree: every error carries a message for a person and a stable code for a script."""

from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar


class Trouble(StrEnum):
    """Why a source failed: what decides when it is tried again."""

    NETWORK = "network"
    AUTHENTICATION = "authentication"
    TLS = "tls"
    FOLDER = "folder"
    QUOTA = "quota"
    PROTOCOL = "protocol"
    SETTINGS = "settings"


class TriageError(Exception):
    """Something the user can understand and act on: what happened, to which thing, what to do next."""

    code: ClassVar[str] = "error"

    @property
    def message(self) -> str:
        """The sentence shown to a person."""
        return str(self)


class NotFound(TriageError):
    """A named thing does not exist in this workspace."""

    code = "not_found"


class InvalidInput(TriageError):
    """An argument or file does not have the form that is needed."""

    code = "invalid_input"


class InvalidObservable(InvalidInput):
    """A text is not a value of the kind it was said to be."""

    code = "invalid_observable"


class InvalidRules(InvalidInput):
    """A rule file has mistakes; the rules in force stay in force. `problems` are (line, sentence) pairs, by line."""

    code = "invalid_rules"

    def __init__(self, problems: Sequence[tuple[int, str]]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(f"line {line}: {text}" for line, text in self.problems))


class InvalidQuery(InvalidInput):
    """A query cannot be read; the message begins with the place."""

    code = "invalid_query"


class InvalidState(TriageError):
    """The thing is not in a state that allows this step."""

    code = "invalid_state"


class NothingToUndo(InvalidState):
    """No earlier decision is left that can be taken back."""

    code = "nothing_to_undo"


class ModelRefused(TriageError):
    """A model file is unsigned, altered or cannot be read, and was not loaded."""

    code = "model_refused"


class TrainingFailed(TriageError):
    """Training did not produce a model; the model in force stays."""

    code = "training_failed"


class AnalysisFailed(TriageError):
    """The worker processes that read items could not be started; the items stay pending."""

    code = "analysis_failed"


class StorageFailed(TriageError):
    """The workspace's database could not be opened, read or written."""

    code = "storage_failed"


class SourceFailed(TriageError):
    """A source could not be reached, signed in to or read; nothing of it was lost, and it is tried again."""

    code = "source_failed"

    def __init__(self, trouble: Trouble, message: str) -> None:
        self.trouble = trouble
        super().__init__(message)


class OutgoingRefused(TriageError):
    """A server will not carry out what was to be done there, now or later; trying again does not help."""

    code = "outgoing_refused"


class OutgoingUnsure(TriageError):
    """A connection broke at the one moment at which nobody can tell whether it was done; it is not tried again."""

    code = "outgoing_unsure"


class SecretsUnavailable(TriageError):
    """Neither the system's keyring nor an unlocked file of secrets is there to keep or give a secret."""

    code = "secrets_unavailable"


class AccessDenied(TriageError):
    """A token is missing, unknown, revoked, or does not allow this."""

    code = "access_denied"


class TooMuch(TriageError):
    """More was sent or asked for than is taken at once."""

    code = "too_much"


class TooWide(TriageError):
    """A search would take too long: it must ask for less."""

    code = "too_wide"


class DocumentFailed(TriageError):
    """A document cannot be written in the form that was asked for."""

    code = "document_failed"


class ServerUnreachable(TriageError):
    """The server of a remote workspace does not answer, or not as one of this program."""

    code = "server_unreachable"


class Cancelled(TriageError):
    """The user cancelled; everything committed before stays."""

    code = "cancelled"


class Unexpected(TriageError):
    """Something went wrong that no part of the program foresaw; the log has the details."""

    code = "unexpected"
