"""Errors of IMAPClient, imaplib and sockets, told by kind and in words."""

import imaplib

import pytest
from imapclient.exceptions import CapabilityError, IMAPClientError, LoginError

from triage_app.adapters.feeds.imap_trouble import UNREADABLE, not_let_in, told
from triage_app.domain.errors import SourceFailed, Trouble


@pytest.mark.parametrize(
    ("error", "folder", "kind", "words"),
    [
        (imaplib.IMAP4.readonly("no"), "Reports", Trouble.FOLDER, "Reports of imap.example:993 may only be read"),
        (imaplib.IMAP4.abort("socket error: EOF"), "", Trouble.NETWORK, "closed the connection"),
        (imaplib.IMAP4.abort("unexpected response: b'hm'"), "", Trouble.PROTOCOL, "answer out of place"),
        (imaplib.IMAP4.abort("too many connections"), "", Trouble.QUOTA, "sets a limit"),
        (CapabilityError("no STARTTLS"), "", Trouble.TLS, "lacks something"),
        (CapabilityError("no MOVE"), "", Trouble.PROTOCOL, "lacks something"),
        (IMAPClientError("copy failed: [OVERQUOTA] full"), "Done", Trouble.QUOTA, "sets a limit"),
        (IMAPClientError("copy failed: [TRYCREATE] no"), "Done", Trouble.FOLDER, "asked of the folder Done"),
        (IMAPClientError("b'unknown\x07 command.'"), "", Trouble.PROTOCOL, "refuses: unknown  command. Check"),
        (ConnectionResetError(), "", Trouble.NETWORK, "imap.example:993"),
        *((each("hm"), "", Trouble.PROTOCOL, "cannot be read") for each in UNREADABLE),
    ],
)
def test_errors_have_their_kind_and_words(error: Exception, folder: str, kind: Trouble, words: str) -> None:
    with pytest.raises(SourceFailed) as caught, told("imap.example:993", folder, connected=True):
        raise error
    assert caught.value.trouble is kind
    assert words in caught.value.message
    assert caught.value.message.isprintable()


def test_other_errors_are_left_alone() -> None:
    with pytest.raises(ZeroDivisionError), told("imap.example:993"):
        raise ZeroDivisionError


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("[AUTHENTICATIONFAILED] no", Trouble.AUTHENTICATION),
        ("[UNAVAILABLE] later", Trouble.NETWORK),
        ("[LIMIT] slow down", Trouble.QUOTA),
    ],
)
def test_why_somebody_is_not_let_in(said: str, kind: Trouble) -> None:
    assert not_let_in(LoginError(said), "imap.example:993", "soc").trouble is kind
