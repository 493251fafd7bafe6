"""What is done by a mailbox at Microsoft 365: mail goes out by it, and originals are moved or flagged.

A mail keeps its id while it is in the mailbox. Only where that is gone, as after a mailbox was moved to another place,
it is searched for by its Message-ID.
"""

from collections.abc import Callable, Mapping

from triage_app.adapters.feeds.graph import giver_of
from triage_app.adapters.feeds.graph_session import REFUSED, UNSURE, Mailbox
from triage_app.adapters.feeds.graph_settings import Wishes
from triage_app.adapters.net.http import Unanswered
from triage_app.adapters.net.tokens import Tokens
from triage_app.domain.errors import OutgoingRefused, OutgoingUnsure
from triage_app.domain.secret import Secret
from triage_app.domain.source import Source
from triage_app.services.outgoing import Original

_FLAGGED = {"flag": {"flagStatus": "flagged"}}


class GraphOutlets:
    """Mailboxes at Microsoft 365. `tokens` gives access; `timeout` is the longest silence of the server in seconds."""

    def __init__(self, tokens: Tokens, timeout: float = 30.0) -> None:
        self._tokens = tokens
        self._timeout = timeout

    def open(self, source: Source, secrets: Mapping[str, Secret]) -> "GraphOutlet":
        """A mailbox that is signed in to when there is something to do."""
        giver = giver_of(source, secrets, self._tokens)
        return GraphOutlet(source, Mailbox(source, giver, Wishes.of(source).most, self._timeout))


class GraphOutlet:
    """A mailbox to do something in."""

    def __init__(self, source: Source, mailbox: Mailbox) -> None:
        self._source = source
        self._mailbox = mailbox

    def send(self, mail: bytes, sender: str, recipient: str) -> None:
        """Hand the mail in; it goes to whom its header names, and from the mailbox, which keeps a copy."""
        try:
            answer = self._mailbox.send(mail)
        except Unanswered as error:
            raise OutgoingUnsure(
                f"{error.message} Nobody can tell whether the mail from {sender} to {recipient} went out: look for it "
                "among what was sent."
            ) from error
        if answer.status in REFUSED:
            raise OutgoingRefused(
                f"{answer.where} refused the mail from {sender} to {recipient} (status {answer.status}). "
                "Check both addresses and the size of the mail."
            )
        if answer.status in UNSURE:
            raise OutgoingUnsure(
                f"{answer.where} failed while it took the mail from {sender} to {recipient} (status {answer.status}). "
                "Look for it among what was sent."
            )

    def move(self, original: Original, folder: str) -> None:
        """Move the mail to a folder, which is made if it is missing; slashes in its name part levels."""
        target = self._mailbox.made(folder)

        def moved(mail: str) -> bool:
            place = self._mailbox.place(mail)
            return place is not None and (place == target.id or self._mailbox.move(mail, target))

        self._do(original, moved)

    def flag(self, original: Original) -> None:
        """Flag the mail."""
        self._do(original, lambda mail: self._mailbox.mark(mail, _FLAGGED))

    def close(self) -> None:
        """Let go of the connections."""
        self._mailbox.close()

    def _do(self, original: Original, step: Callable[[str], bool]) -> None:
        """Do it with the mail of that id, or with the first one that bears its Message-ID."""
        if step(original.uid):
            return
        if original.message_id:
            for mail in self._mailbox.bearing(f"<{original.message_id}>"):
                if step(mail):
                    return
        raise OutgoingRefused(
            f"The mail is no longer in the mailbox {self._source.name}. Nothing is left to do if it was deleted."
        )
