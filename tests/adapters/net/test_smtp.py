"""Mail that goes out: through a real server, and past one of our own that fails at chosen points."""

import base64
import re
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.dovecot import PASSWORD, DovecotServer
from tests.proxy import Fault, FaultProxy, Harm
from tests.smtp_script import DOT, DRIP, END, FLOOD, HANG, RESET, Scripted, scripted
from tests.smtpd import LATER, MOST_BYTES, REFUSED, SmtpServer
from triage_app.adapters.net.smtp import Options, Post
from triage_app.domain.errors import OutgoingRefused, OutgoingUnsure, SourceFailed, Trouble
from triage_app.domain.secret import Secret

MAIL = b"From: desk@a.example\r\nSubject: Re: your report\r\n\r\nThank you.\r\n"
SENDER, RECIPIENT = "desk@a.example", "you@b.example"


def real(server: SmtpServer, port: int, **given: Any) -> Options:
    """How to reach the real server, as `desk` and by STARTTLS unless something else is given."""
    settings = {"security": "starttls", "user": "desk", "password": Secret(PASSWORD), "ca_file": server.ca_file}
    return Options("localhost", port, timeout=20, **{**settings, **given})


def loopback(server: Scripted, **given: Any) -> Options:
    """How to reach a scripted server, without a sign-in unless one is given."""
    return Options("127.0.0.1", server.port, **{"security": "none", "timeout": 10.0, "patience": 10.0, **given})


def send(options: Options, mail: bytes = MAIL, sender: str = SENDER, recipient: str = RECIPIENT) -> None:
    """Hand in one mail."""
    with closing(Post(options)) as post:
        post.send(mail, sender, recipient)


def check(options: Options) -> str:
    """Connect and sign in only; gives the version of TLS."""
    with closing(Post(options)) as post:
        post.check()
        return post.tls


def failing(options: Options, mail: bytes = MAIL, recipient: str = RECIPIENT) -> SourceFailed:
    """Why a mail could not be handed in that may be tried again."""
    with pytest.raises(SourceFailed) as caught:
        send(options, mail, recipient=recipient)
    return caught.value


# ------------------------------------------------------------------------------------------------ a real server


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_mail_arrives_as_it_was_given(smtpd: SmtpServer, security: str) -> None:
    # given a mail with lines that begin with dots, a long line, lone line feeds and bytes beyond ASCII
    body = ".\n..\n.x\n" + "x" * 998 + "\nGrüße\n"
    # when it is handed in
    port = smtpd.tls_port if security == "tls" else smtpd.starttls_port
    mail = b"Message-ID: <1@a.example>\r\nSubject: x\r\n\r\n" + body.encode()
    send(real(smtpd, port, security=security), mail, recipient=f"as-given-{security}@b.example")
    # then it arrives byte for byte, in lines of mail
    (arrived,) = smtpd.arrived(f"as-given-{security}")
    assert arrived.partition(b"\r\n\r\n")[2] == body.replace("\n", "\r\n").encode()
    assert f"Return-Path: <{SENDER}>".encode() in arrived


def test_several_mails_go_over_one_connection_also_after_a_refusal(smtpd: SmtpServer) -> None:
    with closing(Post(real(smtpd, smtpd.starttls_port))) as post:
        post.send(MAIL, SENDER, "several@b.example")
        with pytest.raises(OutgoingRefused, match=r"550 5\.1\.1"):
            post.send(MAIL, SENDER, REFUSED)
        post.send(MAIL, "", "several@b.example")
    first, second = smtpd.arrived("several", 2)
    assert b"Return-Path: <desk@a.example>" in first
    assert b"Return-Path: <>" in second


def test_a_check_signs_in_and_tells_the_version_of_tls(smtpd: SmtpServer) -> None:
    assert check(real(smtpd, smtpd.tls_port, security="tls", auth="login")) == "TLS 1.3"
    assert check(real(smtpd, smtpd.starttls_port)) == "TLS 1.3"


def test_a_wrong_password_is_told_without_the_password(smtpd: SmtpServer) -> None:
    with pytest.raises(SourceFailed, match="does not let desk in: 535") as caught:
        check(real(smtpd, smtpd.starttls_port, password=Secret("never-the-one")))
    assert caught.value.trouble is Trouble.AUTHENTICATION
    assert "never-the-one" not in str(caught.value)


def test_without_a_sign_in_a_server_for_signed_in_people_takes_nothing(smtpd: SmtpServer) -> None:
    with pytest.raises(OutgoingRefused, match=r"554 5\.7\.1"):
        send(real(smtpd, smtpd.starttls_port, user=""))


def test_an_unknown_authority_is_refused(smtpd: SmtpServer, tmp_path: Path) -> None:
    other = str(tmp_path / "other.pem")
    trustme.CA().cert_pem.write_to_path(other)
    for port, security in ((smtpd.tls_port, "tls"), (smtpd.starttls_port, "starttls")):
        failure = failing(real(smtpd, port, security=security, ca_file=other))
        assert failure.trouble is Trouble.TLS
        assert "not trusted" in str(failure)


def test_a_certificate_for_another_name_is_refused(smtpd: SmtpServer) -> None:
    with pytest.raises(SourceFailed, match="another name"):
        check(Options("127.0.0.1", smtpd.tls_port, ca_file=smtpd.ca_file, timeout=20))


def test_tls_1_2_is_refused_unless_it_is_allowed(smtpd: SmtpServer) -> None:
    failure = failing(real(smtpd, smtpd.old_port))
    assert failure.trouble is Trouble.TLS
    assert "tls_floor = 1.2" in str(failure)
    assert check(real(smtpd, smtpd.old_port, tls_floor="1.2")) == "TLS 1.2"


def test_a_server_without_starttls_gets_neither_password_nor_mail(smtpd: SmtpServer) -> None:
    failure = failing(real(smtpd, smtpd.plain_port))
    assert failure.trouble is Trouble.TLS
    assert "offers no STARTTLS" in str(failure)


def test_a_greylisted_mail_is_tried_later(smtpd: SmtpServer) -> None:
    failure = failing(real(smtpd, smtpd.starttls_port), recipient=LATER)
    assert failure.trouble is Trouble.QUOTA
    assert "450 4.2.0" in str(failure)


def test_a_mail_above_the_servers_size_is_refused(smtpd: SmtpServer) -> None:
    line = b"x" * 70 + b"\r\n"
    fill = line * (MOST_BYTES // len(line))
    # what the server has announced is not even begun
    with pytest.raises(OutgoingRefused, match="at most 1,000,000 bytes"):
        send(real(smtpd, smtpd.starttls_port), MAIL + fill + line)
    # and what only its own lines make too large is refused by the server
    with pytest.raises(OutgoingRefused, match=r"552 5\.3\.4"):
        send(real(smtpd, smtpd.starttls_port), MAIL + fill[: -len(line)])


def test_a_connection_that_the_server_has_ended_is_made_anew(smtpd: SmtpServer) -> None:
    # given a connection that was in use
    with closing(Post(real(smtpd, smtpd.starttls_port))) as post:
        post.send(MAIL, SENDER, "reconnected@b.example")
        # when the server was started again
        smtpd.stop()
        smtpd.start()
        # then the next mail goes out
        post.send(MAIL, SENDER, "reconnected@b.example")
    assert len(smtpd.arrived("reconnected", 2)) == 2


def test_a_mail_that_was_taken_without_our_hearing_of_it_is_unsure(smtpd: SmtpServer) -> None:
    # given a connection that breaks as the server says that it took the mail
    broken = Fault(Harm.DROP, mark=b"354 End data with <CR><LF>.<CR><LF>\r\n")
    with FaultProxy(smtpd.plain_port, lambda _number: broken) as proxy:
        options = real(smtpd, proxy.port, security="none")
        # when a mail is handed in
        with pytest.raises(OutgoingUnsure):
            send(options, recipient="unheard@b.example")
    # then it did arrive, and to send it again would be to send it twice
    assert len(smtpd.arrived("unheard")) == 1


def test_a_server_that_is_no_smtp_is_told(dovecot: DovecotServer) -> None:
    failure = failing(Options("127.0.0.1", dovecot.plain_port, security="none", timeout=20))
    assert failure.trouble is Trouble.PROTOCOL
    assert "no SMTP" in str(failure)


# ------------------------------------------------------------------------------------------ faults, one by one


@pytest.mark.parametrize("harm", [END, RESET, HANG])
@pytest.mark.parametrize("point", ["greeting", "EHLO", "MAIL", "RCPT", "DATA", "body"])
def test_what_breaks_before_the_final_dot_may_be_tried_again(point: str, harm: str) -> None:
    with scripted({point: harm}) as server:
        # Longer than what lies on the way between the two, so that the body is never sent whole.
        long = (b"x" * 900 + b"\r\n") * 20_000 if point == "body" else b""
        failure = failing(loopback(server, timeout=0.5), MAIL + long)
    assert failure.trouble is Trouble.NETWORK
    assert server.mails == []


@pytest.mark.parametrize(
    "harm", [END, RESET, HANG, DRIP, FLOOD, "nonsense\r\n", "99", "x" * 10_000 + "\r\n", "250-first line\r\n"]
)
def test_an_answer_to_the_final_dot_that_is_lost_leaves_it_unsure(harm: str) -> None:
    with scripted({DOT: harm}) as server, pytest.raises(OutgoingUnsure, match="whole mail"):
        send(loopback(server, patience=0.5))
    assert server.mails == [MAIL]


@pytest.mark.parametrize("point", ["MAIL", "RCPT", "DATA", DOT])
@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        ("421 4.3.2 going down", Trouble.QUOTA),
        ("451 4.7.1 greylisted", Trouble.QUOTA),
        ("452 4.3.1 disk full", Trouble.QUOTA),
        ("550 5.4.5 Daily user sending limit exceeded", Trouble.QUOTA),
        ("530 5.7.0 Authentication required", Trouble.AUTHENTICATION),
    ],
)
def test_an_answer_for_now_is_tried_again(point: str, answer: str, trouble: Trouble) -> None:
    with scripted({point: answer}) as server:
        failure = failing(loopback(server))
    assert failure.trouble is trouble
    assert answer in str(failure)


@pytest.mark.parametrize("point", ["MAIL", "RCPT", "DATA", DOT])
@pytest.mark.parametrize("answer", ["550 5.1.1 no such user", "552 5.3.4 too large", "554 5.7.1 spam"])
def test_an_answer_for_good_is_not_tried_again(point: str, answer: str) -> None:
    with scripted({point: answer}) as server, pytest.raises(OutgoingRefused, match=re.escape(answer)):
        send(loopback(server))
    # and the server was bidden farewell, since the connection is in order
    assert server.heard[-1] == "quit"


def test_an_answer_out_of_place_is_told() -> None:
    for point, answer in (("DATA", "250 fine"), ("MAIL", "354 go on"), ("RCPT", "99"), ("EHLO", "what?")):
        with scripted({point: answer}) as server:
            assert failing(loopback(server)).trouble is Trouble.PROTOCOL


def test_a_server_that_serves_nobody_is_told_apart_from_a_refusal() -> None:
    with scripted({"greeting": "421 4.7.0 too many connections"}) as server:
        assert failing(loopback(server)).trouble is Trouble.QUOTA
    with scripted({"greeting": "554 5.7.1 not from your network"}) as server:
        assert failing(loopback(server)).trouble is Trouble.PROTOCOL


def test_nobody_listens() -> None:
    with scripted({}) as server:
        gone = loopback(server)
    failure = failing(gone)
    assert failure.trouble is Trouble.NETWORK
    assert "refuses the connection" in str(failure)


def test_closing_never_raises() -> None:
    with scripted({"QUIT": RESET}) as server:
        post = Post(loopback(server))
        post.close()
        post.send(MAIL, SENDER, RECIPIENT)
        post.close()
        post.close()
    with scripted({"QUIT": HANG}) as server:
        check(loopback(server, timeout=0.2))


# ---------------------------------------------------------------------------------------------------- signing in


def test_xoauth2_says_user_and_token() -> None:
    with scripted({"EHLO": "250-here\r\n250 AUTH LOGIN XOAUTH2"}, ["235 welcome"]) as server:
        check(loopback(server, user="desk@a.example", token=Secret("ya29.token"), auth="xoauth2"))
    said = next(line for line in server.heard if line.startswith("AUTH")).removeprefix("AUTH XOAUTH2 ")
    assert base64.b64decode(said) == b"user=desk@a.example\x01auth=Bearer ya29.token\x01\x01"


def test_a_token_that_has_ended_is_told() -> None:
    why = base64.b64encode(b'{"status":"401","schemes":"bearer"}').decode()
    answers = ("334 " + why, "535 5.7.8 Username and Password not accepted")
    with scripted({"EHLO": "250-here\r\n250 AUTH XOAUTH2"}, answers) as server:
        failure = failing(loopback(server, user="desk", token=Secret("ya29.token"), auth="xoauth2"))
    assert failure.trouble is Trouble.AUTHENTICATION
    assert "535" in str(failure)


def test_a_server_that_knows_login_only_is_signed_in_to_with_a_password_beyond_ascii() -> None:
    answers = ("334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6", "235 welcome")
    with scripted({"EHLO": "250-here\r\n250 AUTH LOGIN"}, answers) as server:
        check(loopback(server, user="dësk", password=Secret("pässword")))
    at = server.heard.index("AUTH LOGIN")
    assert [base64.b64decode(line).decode() for line in server.heard[at + 1 : at + 3]] == ["dësk", "pässword"]


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        ("535 5.7.8 no", Trouble.AUTHENTICATION),
        ("534 5.7.9 a password for apps is needed", Trouble.AUTHENTICATION),
        ("454 4.7.0 temporary failure", Trouble.NETWORK),
        ("454 4.7.0 Too many login attempts", Trouble.QUOTA),
        ("421 4.7.0 slow down", Trouble.QUOTA),
    ],
)
def test_why_nobody_is_let_in(answer: str, trouble: Trouble) -> None:
    with scripted({"EHLO": "250-here\r\n250 AUTH PLAIN"}, [answer]) as server:
        assert failing(loopback(server, user="desk", password=Secret("secret"))).trouble is trouble


def test_a_server_that_repeats_what_was_said_gives_no_secret_away() -> None:
    secret = "correct horse battery staple"
    coded = base64.b64encode(f"\0desk\0{secret}".encode()).decode()
    said = f"500 unknown: AUTH PLAIN {coded}, {coded[:20]}..., {secret}"
    with scripted({"EHLO": "250-here\r\n250 AUTH PLAIN"}, [said]) as server:
        failure = failing(loopback(server, user="desk", password=Secret(secret)))
    assert "500 unknown: AUTH PLAIN ***, ***..., ***" in str(failure)


def test_nothing_is_said_to_a_server_that_cannot_be_signed_in_to() -> None:
    with scripted({"EHLO": "250-here\r\n250 AUTH CRAM-MD5"}) as server:
        failure = failing(loopback(server, user="desk", password=Secret("secret")))
        assert (failure.trouble, "cram-md5" in str(failure)) == (Trouble.SETTINGS, True)
        assert failing(loopback(server, user="desk")).trouble is Trouble.AUTHENTICATION
    assert [line for line in server.heard if line.startswith("AUTH")] == []


# ---------------------------------------------------------------------------------------------- what may not pass


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example\r\nRCPT TO:<c@d.example>", "a@b.example\n", "a@b.example> SIZE=1", "<a@b.example>",
        "a b@c.example", "a@b.example,c@d.example", "a\0@b.example", "a\u2028@b.example", "a@b@c.example",
        "@b.example:a@c.example", "a", "a@", "@b.example", "a" * 250 + "@b.example", '"a b"@c.example',
        "a\ud800@b.example",
    ],
)  # fmt: skip
def test_what_is_no_single_address_never_reaches_the_server(address: str) -> None:
    with scripted({}) as server:
        with pytest.raises(OutgoingRefused, match="no address"):
            send(loopback(server), recipient=address)
        with pytest.raises(OutgoingRefused, match="no address"):
            send(loopback(server), sender=address)
    assert server.heard == []


@pytest.mark.parametrize(
    "address", ['"a.b"@c.example', "a@[192.0.2.1]", "a@[IPv6:2001:db8::1]", "o'neil+x=y@c.example"]
)
def test_unusual_addresses_are_addresses(address: str) -> None:
    with scripted({}) as server:
        send(loopback(server), recipient=address)
    assert f"RCPT TO:<{address}>" in server.heard


def test_an_address_beyond_ascii_needs_a_server_that_knows_them() -> None:
    with scripted({}) as server, pytest.raises(OutgoingRefused, match="only addresses in ASCII"):
        send(loopback(server), recipient="jürgen@bücher.example")
    capable = {"EHLO": "250-here\r\n250-8BITMIME\r\n250 SMTPUTF8"}
    with scripted(capable) as server, closing(Post(loopback(server))) as post:
        post.send(MAIL + "Grüße\r\n".encode(), SENDER, "jürgen@bücher.example")
        post.send(MAIL, SENDER, RECIPIENT)
    assert f"MAIL FROM:<{SENDER}> BODY=8BITMIME SMTPUTF8" in server.heard
    assert f"MAIL FROM:<{SENDER}>" in server.heard
    assert "RCPT TO:<jürgen@bücher.example>" in server.heard


def test_lines_are_ended_and_dots_doubled_once() -> None:
    with scripted({}) as server:
        send(loopback(server), b"Subject: x\n\n.\r..a\r\n\r\n.b")
    assert server.mails == [b"Subject: x\r\n\r\n.\r\n..a\r\n\r\n.b\r\n"]


def test_a_line_that_servers_cut_is_refused() -> None:
    with scripted({}) as server, pytest.raises(OutgoingRefused, match="998"):
        send(loopback(server), MAIL + b"x" * 999 + b"\r\n")
    assert server.heard == []


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"host": "mail.example.org", "security": "none"}, "tls or starttls"),
        ({"security": "ssl"}, "security"),
        ({"auth": "digest"}, "auth"),
        ({"security": "tls", "tls_floor": "1.1"}, "TLS floor"),
        ({"security": "tls", "ca_file": "/nowhere.pem"}, "/nowhere.pem"),
        ({"host": "mail..example.org", "security": "tls"}, "mail..example.org"),
    ],
)
def test_a_setting_that_cannot_be_is_named(given: dict[str, str], named: str) -> None:
    settings: dict[str, Any] = {"host": "127.0.0.1", "security": "none", **given}
    with pytest.raises(SourceFailed, match=re.escape(named)) as caught:
        check(Options(port=1, timeout=1, **settings))
    assert caught.value.trouble is Trouble.SETTINGS
