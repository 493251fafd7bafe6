"""What an SMTP server's answers mean."""

import smtplib

import pytest

from triage_app.adapters.net.smtp_trouble import nonsense, not_let_in, not_taken, plain, told, unsure
from triage_app.domain.errors import OutgoingRefused, SourceFailed, Trouble


@pytest.mark.parametrize(
    ("code", "said", "trouble"),
    [
        (421, b"4.3.2 going down", Trouble.QUOTA),
        (450, b"4.2.0 greylisted", Trouble.QUOTA),
        (550, b"5.4.5 Daily sending quota exceeded", Trouble.QUOTA),
        (554, b"5.2.0 SubmissionQuotaExceededException", Trouble.QUOTA),
        (530, b"5.7.0 Must issue a STARTTLS command first", Trouble.AUTHENTICATION),
        (535, b"5.7.8 no", Trouble.AUTHENTICATION),
        (250, b"fine", Trouble.PROTOCOL),
        (-1, b"what?", Trouble.PROTOCOL),
        (550, b"5.1.1 nobody of that name", None),
        (552, b"5.2.2 the mailbox is over its quota", None),
        (501, b"5.1.3 bad address", None),
    ],
)
def test_what_is_not_taken_is_refused_or_tried_again(code: int, said: bytes, trouble: Trouble | None) -> None:
    error = not_taken("mail.example:465", "mail to a@b.example", code, said)
    if trouble is None:
        assert isinstance(error, OutgoingRefused)
    else:
        assert isinstance(error, SourceFailed)
        assert error.trouble is trouble
    assert "mail.example:465" in str(error)
    assert said.decode() in str(error)


def test_a_sign_in_is_refused_put_off_or_limited() -> None:
    assert not_let_in("x:1", "a", 535, "5.7.8 no").trouble is Trouble.AUTHENTICATION
    assert not_let_in("x:1", "a", 432, "4.7.12 change the password").trouble is Trouble.AUTHENTICATION
    assert not_let_in("x:1", "a", 454, "4.7.0 later").trouble is Trouble.NETWORK
    assert not_let_in("x:1", "a", 535, "5.7.0 Too many attempts").trouble is Trouble.QUOTA


def test_the_causes_behind_a_lost_connection_are_told() -> None:
    with pytest.raises(SourceFailed, match="closed the connection"), told("x:1"):
        raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")
    lost = smtplib.SMTPServerDisconnected("Connection unexpectedly closed")
    lost.__context__ = TimeoutError()
    with pytest.raises(SourceFailed, match="in time"), told("x:1"):
        raise lost


def test_words_of_a_server_are_one_short_line() -> None:
    assert plain(b"5.1.1 one\ntwo\x1b[31m.") == "5.1.1 one two [31m"
    assert len(plain(b"x" * 10_000)) == 200
    assert "(what?)" in str(nonsense("x:1", -1, b"what?"))


def test_what_is_unsure_says_where_to_look() -> None:
    assert "folder of sent mail" in str(unsure("x:1", "did not say"))
