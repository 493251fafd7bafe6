"""What goes wrong with an IMAP server, by kind and in words."""

import contextlib
import imaplib
import re
from collections.abc import Iterator

from imapclient.exceptions import CapabilityError, IMAPClientError, LoginError

from triage_app.adapters.net import tls
from triage_app.domain.errors import SourceFailed, Trouble

_MOST_SAID = 200
_FULL = re.compile(r"OVERQUOTA|\bLIMIT\]|quota|throttl|bandwidth|too many|rate limit", re.IGNORECASE)
_LATER = re.compile(r"UNAVAILABLE|\bINUSE\b|temporar|try again", re.IGNORECASE)
UNREADABLE = (ValueError, AssertionError, LookupError, TypeError, AttributeError)
"""What parsers raise on an answer that is none."""


@contextlib.contextmanager
def told(where: str, folder: str = "", *, connected: bool = False) -> Iterator[None]:
    """Turn what IMAPClient, imaplib, ssl and sockets raise into SourceFailed.

    `connected` says that the connection was in order before.
    """
    try:
        yield
    except imaplib.IMAP4.readonly:
        raise SourceFailed(
            Trouble.FOLDER,
            f"The folder {folder} of {where} may only be read. Set after to leave, or ask for the right to change it.",
        ) from None
    except imaplib.IMAP4.abort as error:
        raise _lost(error, where, connected=connected) from error
    except CapabilityError as error:
        raise SourceFailed(
            Trouble.TLS if "STARTTLS" in str(error) else Trouble.PROTOCOL,
            f"{where} lacks something that is needed: {_plain(error)}. Check the port and the security setting.",
        ) from None
    except IMAPClientError as error:
        raise _refused(error, where, folder) from error
    except OSError as error:
        raise _failed(error, where, connected=connected) from error
    except UNREADABLE as error:
        raise SourceFailed(
            Trouble.PROTOCOL, f"{where} gave an answer that cannot be read. The connection is made anew by itself."
        ) from error


def not_let_in(error: LoginError, where: str, user: str) -> SourceFailed:
    """Why a server does not let somebody in."""
    said = _plain(error)
    if _FULL.search(said):
        return _quota(where, said)
    if _LATER.search(said):
        return SourceFailed(
            Trouble.NETWORK, f"{where} cannot sign anybody in for now: {said}. It is tried again by itself."
        )
    return SourceFailed(
        Trouble.AUTHENTICATION,
        f"{where} does not let {user} in: {said}. "
        "Check user, password and auth; some providers want a password for apps, or xoauth2.",
    )


def _failed(error: OSError, where: str, *, connected: bool) -> SourceFailed:
    failure = tls.failure(error, where)
    if connected and failure.trouble is Trouble.TLS:
        # It was in order when the connection was made.
        return SourceFailed(
            Trouble.NETWORK, f"What {where} sent was damaged on the way. The connection is made anew by itself."
        )
    return failure


def _lost(error: imaplib.IMAP4.abort, where: str, *, connected: bool) -> SourceFailed:
    """imaplib's `abort`: the connection is of no use any more."""
    said = _plain(error)
    if _FULL.search(said):
        return _quota(where, said)
    cause = error.__context__
    if isinstance(cause, OSError):
        return _failed(cause, where, connected=connected)
    if "EOF" in said or "unterminated" in said or "BYE" in said:
        return SourceFailed(Trouble.NETWORK, f"{where} closed the connection. It is made anew by itself.")
    return SourceFailed(
        Trouble.PROTOCOL, f"{where} gave an answer out of place ({said}). The connection is made anew by itself."
    )


def _refused(error: IMAPClientError, where: str, folder: str) -> SourceFailed:
    """NO or BAD: the connection is in order."""
    said = _plain(error)
    if _FULL.search(said):
        return _quota(where, said)
    if folder:
        return SourceFailed(
            Trouble.FOLDER,
            f"{where} refuses what was asked of the folder {folder}: {said}. Check the folder's name and your rights.",
        )
    return SourceFailed(Trouble.PROTOCOL, f"{where} refuses: {said}. Check that this is an IMAP server.")


def _quota(where: str, said: str) -> SourceFailed:
    return SourceFailed(
        Trouble.QUOTA, f"{where} sets a limit: {said}. It is tried again later; a higher poll setting asks less often."
    )


def _plain(error: BaseException) -> str:
    """A server's words on one line, cut, as they may be shown."""
    text = str(error)
    if text[:2] in ("b'", 'b"'):
        text = text[2:-1]
    text = "".join(sign if sign.isprintable() else " " for sign in text).strip()
    return text[:_MOST_SAID].rstrip(". ")
