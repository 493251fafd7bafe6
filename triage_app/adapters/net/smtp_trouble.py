"""What an SMTP server's answers and silences mean: what is tried again, what never is, and what nobody can tell."""

import contextlib
import re
import smtplib
from collections.abc import Iterator

from triage_app.adapters.net import tls
from triage_app.domain.errors import OutgoingRefused, OutgoingUnsure, SourceFailed, Trouble

_MOST_SAID = 200
_WANTS_SIGN_IN = frozenset({530, 534, 535, 538})
_FULL = re.compile(r"\b[45]\.4\.5\b|quota|throttl|too many|rate limit|sending limit", re.IGNORECASE)
_DAILY = re.compile(r"\b5\.4\.5\b|SubmissionQuota|sending (?:limit|quota)", re.IGNORECASE)
"""What providers say of an account that has sent enough for today, though with the code of a refusal for good."""


@contextlib.contextmanager
def told(where: str, *, connected: bool = False) -> Iterator[None]:
    """Turn what smtplib, ssl and sockets raise into SourceFailed."""
    try:
        yield
    except smtplib.SMTPServerDisconnected as error:
        if not isinstance(error.__context__, OSError):
            raise SourceFailed(Trouble.NETWORK, f"{where} closed the connection. It is made anew by itself.") from error
        raise _failed(error.__context__, where, connected=connected) from error
    except smtplib.SMTPResponseException as error:
        raise nonsense(where, error.smtp_code, error.smtp_error) from error
    except OSError as error:
        raise _failed(error, where, connected=connected) from error
    except (ValueError, OverflowError) as error:
        raise SourceFailed(
            Trouble.SETTINGS, f"{where} is no address of a server. Check smtp_host and smtp_port."
        ) from error


def _failed(error: OSError, where: str, *, connected: bool) -> SourceFailed:
    failure = tls.failure(error, where)
    if connected and failure.trouble is Trouble.TLS:
        # It was in order when the connection was made.
        return SourceFailed(
            Trouble.NETWORK, f"What {where} sent was damaged on the way. The connection is made anew by itself."
        )
    return failure


def not_let_in(where: str, user: str, code: int, said: str) -> SourceFailed:
    """What an answer to AUTH means that is no welcome."""
    if code in (421, 452) or _FULL.search(said):
        return SourceFailed(Trouble.QUOTA, f"{where} sets a limit: {code} {said}. It is tried again later.")
    if 400 <= code < 500 and code != 432:
        return SourceFailed(
            Trouble.NETWORK, f"{where} cannot sign anybody in for now: {code} {said}. It is tried again by itself."
        )
    return SourceFailed(
        Trouble.AUTHENTICATION,
        f"{where} does not let {user} in: {code} {said}. "
        "Check smtp_user, smtp_password and smtp_auth; some providers want a password for apps, or xoauth2.",
    )


def not_taken(where: str, what: str, code: int, said: bytes) -> SourceFailed | OutgoingRefused:
    """What an answer to MAIL, RCPT, DATA or the mail itself means."""
    text = f"{code} {plain(said)}"
    if code in _WANTS_SIGN_IN:
        return SourceFailed(
            Trouble.AUTHENTICATION,
            f"{where} takes no {what} without a sign-in: {text}. Check smtp_auth, smtp_user and smtp_password.",
        )
    if 400 <= code < 500 or _DAILY.search(text):
        return SourceFailed(Trouble.QUOTA, f"{where} does not take {what} for now: {text}. It is tried again later.")
    if 500 <= code < 600:
        return OutgoingRefused(f"{where} does not take {what}: {text}. Correct what it names and send it again.")
    return nonsense(where, code, said)


def nonsense(where: str, code: int, said: bytes | str) -> SourceFailed:
    """An answer where the mail's own turn has not come, or one that is none."""
    text = plain(said)
    if 400 <= code < 500:
        return SourceFailed(Trouble.QUOTA, f"{where} serves nobody for now: {code} {text}. It is tried again later.")
    if 500 <= code < 600:
        return SourceFailed(
            Trouble.PROTOCOL, f"{where} does not serve us: {code} {text}. Check smtp_host, smtp_port and smtp_security."
        )
    return SourceFailed(
        Trouble.PROTOCOL,
        f"{where} gave an answer that is no SMTP ({text}). Check smtp_host, smtp_port and smtp_security.",
    )


def unsure(where: str, how: str) -> OutgoingUnsure:
    """The whole mail was sent, and the answer to it never came or is none."""
    return OutgoingUnsure(
        f"{where} was sent the whole mail and {how} whether it takes it. "
        "Look into the folder of sent mail, or ask the recipient, before it is sent again."
    )


def plain(said: bytes | str) -> str:
    """A server's words on one line, cut, as they may be shown."""
    text = said if isinstance(said, str) else said.decode("utf-8", "replace")
    text = "".join(sign if sign.isprintable() else " " for sign in text).strip()
    return text[:_MOST_SAID].rstrip(". ")
