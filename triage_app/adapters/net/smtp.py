"""Mail that goes out: one signed-in connection to an SMTP server that takes it over (RFC 5321, RFC 6409)."""

import base64
import contextlib
import re
import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from triage_app.adapters.net import tls
from triage_app.adapters.net.listening import is_loopback
from triage_app.adapters.net.smtp_client import Client, ShieldedClient
from triage_app.adapters.net.smtp_trouble import nonsense, not_let_in, not_taken, plain, told, unsure
from triage_app.domain.errors import OutgoingRefused, SourceFailed, Trouble
from triage_app.domain.secret import Secret

SECURITY: Final = ("tls", "starttls", "none")
AUTH: Final = ("plain", "login", "xoauth2")

_OURSELVES = "[127.0.0.1]"
"""What EHLO says: it tells nothing of this machine or its network, and servers that take mail from people accept it."""

_CHUNK = 64 * 1024
_LONGEST_LINE = 998
_LONGEST_ADDRESS = 254
_ATOM = r'[^\s"(),:;<>@\[\\\]]+'
_ADDRESS = re.compile(rf'(?:{_ATOM}|"[^\s"<>\\]+")@(?:{_ATOM}|\[[0-9A-Za-z.:]+\])')
_LINE_END = re.compile(rb"\r\n|\r|\n")
_CODED = re.compile(r"[A-Za-z0-9+/=]{8,}")
_SHORTEST = 4
"""A secret that is shorter would be guessed from what was taken out of a text, rather than hidden."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to reach a server and sign in; without a user nobody is signed in. Trouble is told by the names that these
    have as settings of a mailbox, `smtp_host` and so on.

    `token` is the access token, needed where `auth` is xoauth2, `password` elsewhere. `timeout` seconds bound every
    call but the last: on whether it has taken the mail over a server may think for `patience` seconds, since to give
    up there is to be unsure (RFC 5321, section 4.5.3.2.6, asks for ten minutes).
    """

    host: str
    port: int
    security: str = "tls"
    user: str = ""
    password: Secret | None = None
    token: Secret | None = None
    auth: str = "plain"
    ca_file: str = ""
    tls_floor: str = "1.3"
    timeout: float = 60.0
    patience: float = 600.0

    @property
    def where(self) -> str:
        """The server, for a person."""
        return f"{self.host}:{self.port}"


class Post:
    """A connection that is made when it is first needed and made anew when the server has ended it.

    Used by one thread. Errors are those of an Outlet's `send`; after any of them another mail may be tried.
    """

    def __init__(self, options: Options) -> None:
        self._options = options
        self._client: Client | None = None
        self.tls = ""
        """The version of TLS that was negotiated last."""

    def send(self, mail: bytes, sender: str, recipient: str) -> None:
        """Hand in a whole mail as it is, but for its line ends; returns when the server has taken it over.

        An empty sender is for mail that nothing may answer, such as an acknowledgement (RFC 3834, section 3.3).
        """
        if sender:
            _check_address(sender)
        _check_address(recipient)
        content = _lines_of(mail)
        try:
            client = self._ready()
            with told(self._options.where, connected=True):
                self._offer(client, content, sender, recipient)
                self._transmit(client, content)
            self._await_answer(client)
        except OutgoingRefused:
            raise
        except BaseException:
            self._drop()
            raise

    def check(self) -> None:
        """Connect, sign in and see that the server answers; raises SourceFailed."""
        try:
            client = self._ready()
            with told(self._options.where, connected=True):
                code, said = client.noop()
        except SourceFailed:
            self._drop()
            raise
        if code != 250:
            self._drop()
            raise nonsense(self._options.where, code, said)

    def close(self) -> None:
        """Sign out; never raises."""
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(OSError, ValueError):
                client.patience = min(5.0, self._options.timeout)
                client.quit()
            client.close()

    def _drop(self) -> None:
        """Disconnect without a farewell: what state the server is in, nobody knows."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def _ready(self) -> Client:
        """A connection on which a mail may begin."""
        if self._client is not None:
            # Servers end what is idle for minutes. This also ends a mail that was refused half-way.
            with contextlib.suppress(OSError):
                if self._client.rset()[0] == 250:
                    return self._client
            self._drop()
        self._client = _connect(self._options)
        self.tls = tls.version(self._client.sock)
        return self._client

    def _offer(self, client: Client, content: bytes, sender: str, recipient: str) -> None:
        """MAIL, RCPT and DATA, up to where the content may follow."""
        where = self._options.where
        parameters = ""
        if client.has_extn("size"):
            most = client.esmtp_features["size"]
            if most.isascii() and most.isdigit() and 0 < int(most) < len(content):
                raise OutgoingRefused(
                    f"{where} takes mails of at most {int(most):,} bytes; this one has {len(content):,}. Shorten it."
                )
            parameters += f" SIZE={len(content)}"
        if not content.isascii() and client.has_extn("8bitmime"):
            parameters += " BODY=8BITMIME"
        if not (sender + recipient).isascii():
            if not client.has_extn("smtputf8"):
                raise OutgoingRefused(
                    f"{where} knows only addresses in ASCII, and {sender} or {recipient} is not. Use another address."
                )
            client.command_encoding = "utf-8"
            parameters += " SMTPUTF8"
        for command, wanted, what in (
            (f"MAIL FROM:<{sender}>{parameters}", 2, f"mail from {sender or 'an empty sender'}"),
            (f"RCPT TO:<{recipient}>", 2, f"mail to {recipient}"),
            ("DATA", 3, f"mail to {recipient}"),
        ):
            code, said = client.docmd(command)
            if code // 100 != wanted:
                raise not_taken(where, what, code, said)

    def _transmit(self, client: Client, content: bytes) -> None:
        """The content and its final dot. If this fails the dot never left whole, so that nothing was taken over."""
        stuffed = re.sub(rb"(?m)^\.", b"..", content)
        # The time-out holds for each piece: a slow line is no dead one.
        for start in range(0, len(stuffed), _CHUNK):
            client.send(stuffed[start : start + _CHUNK])
        client.send(b".\r\n")

    def _await_answer(self, client: Client) -> None:
        """Whether the mail is the server's now."""
        where = self._options.where
        client.patience = self._options.patience
        try:
            code, said = client.getreply()
        except OSError as error:
            raise unsure(where, "did not say") from error
        client.patience = 0.0
        if 200 <= code < 300:
            return
        if not 400 <= code < 600:
            raise unsure(where, "said in no words that can be read")
        raise not_taken(where, "the mail", code, said)


def _connect(options: Options) -> Client:
    """A connection that is signed in."""
    if options.security not in SECURITY:
        raise SourceFailed(
            Trouble.SETTINGS, f"There is no smtp_security {options.security!r}. Set it to {', '.join(SECURITY)}."
        )
    if options.auth not in AUTH:
        raise SourceFailed(Trouble.SETTINGS, f"There is no smtp_auth {options.auth!r}. Set it to {', '.join(AUTH)}.")
    if options.security == "none" and not is_loopback(options.host):
        raise SourceFailed(
            Trouble.SETTINGS,
            f"Without TLS the password and the mail would be readable on the way to {options.host}. "
            "Set smtp_security to tls or starttls.",
        )
    made = None if options.security == "none" else tls.context(options.ca_file, options.tls_floor)
    with told(options.where):
        if options.security == "tls":
            client: Client = ShieldedClient(
                options.host, options.port, _OURSELVES, timeout=options.timeout, context=made
            )
        else:
            client = Client(options.host, options.port, _OURSELVES, timeout=options.timeout)
    try:
        with told(options.where):
            if options.security == "starttls":
                _greet(client, options.where)
                _shield(client, options.where, made)
        with told(options.where, connected=True):
            _greet(client, options.where)
            if options.user:
                _sign_in(client, options)
    except BaseException:
        client.close()
        raise
    return client


def _greet(client: Client, where: str) -> None:
    code, said = client.ehlo()
    if code != 250:
        raise nonsense(where, code, said)


def _shield(client: Client, where: str, made: ssl.SSLContext | None) -> None:
    try:
        client.starttls(context=made)
    except smtplib.SMTPNotSupportedError:
        raise SourceFailed(
            Trouble.TLS, f"{where} offers no STARTTLS. Check smtp_port, or set smtp_security to tls."
        ) from None
    except smtplib.SMTPResponseException as error:
        raise SourceFailed(
            Trouble.TLS,
            f"{where} refuses STARTTLS: {error.smtp_code} {plain(error.smtp_error)}. Ask who runs the server.",
        ) from error


def _sign_in(client: Client, options: Options) -> None:
    where = options.where
    secret = options.token if options.auth == "xoauth2" else options.password
    if not secret:
        raise SourceFailed(
            Trouble.AUTHENTICATION,
            f"There is no {'token' if options.auth == 'xoauth2' else 'password'} to sign {options.user} in to {where}. "
            "Set one for this source.",
        )
    offered = client.esmtp_features.get("auth", "").lower().split()
    # A password may be said in either way, and some providers know one of them only.
    wanted = {"plain": ("plain", "login"), "login": ("login", "plain")}.get(options.auth, (options.auth,))
    way = next((each for each in wanted if each in offered), "")
    if not way:
        offer = f"it offers {', '.join(offered)}" if offered else "it offers no way at all"
        raise SourceFailed(
            Trouble.SETTINGS,
            f"{where} signs nobody in by {options.auth}; {offer}. Check smtp_port and smtp_security; "
            "set smtp_auth to what is offered, or to none for a server that wants no sign-in.",
        )
    lines = _sign_in_lines(way, options.user, secret)
    code, said = client.docmd(lines[0])
    for line in lines[1:]:
        if code != 334:
            break
        code, said = client.docmd(line)
    if code != 235:
        raise not_let_in(where, options.user, code, plain(_without(said.decode("utf-8", "replace"), secret, lines)))


def _sign_in_lines(way: str, user: str, secret: Secret) -> Sequence[str]:
    """What is said, a line after each answer: PLAIN as in RFC 4616, XOAUTH2 as Google and Microsoft describe it."""
    if way == "plain":
        return ("AUTH PLAIN " + _base64(f"\0{user}\0{secret.reveal()}"),)
    if way == "login":
        return ("AUTH LOGIN", _base64(user), _base64(secret.reveal()))
    # A refusal comes in two steps: why, as JSON, and then the code, once an empty line has been said.
    return ("AUTH XOAUTH2 " + _base64(f"user={user}\x01auth=Bearer {secret.reveal()}\x01\x01"), "")


def _base64(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "surrogatepass")).decode("ascii")


def _check_address(address: str) -> None:
    """Raises OutgoingRefused for what could be taken for more than one address, or for a command."""
    if not address.isprintable() or not _ADDRESS.fullmatch(address) or len(address.encode("utf-8")) > _LONGEST_ADDRESS:
        raise OutgoingRefused(
            f"{address[:_LONGEST_ADDRESS]!r} is no address that mail can be sent to or from. Correct it."
        )


def _lines_of(mail: bytes) -> bytes:
    """The mail with every line ended by CR LF, the last one too. Raises OutgoingRefused."""
    content = _LINE_END.sub(b"\r\n", mail)
    if not content.endswith(b"\r\n"):
        content += b"\r\n"
    if max(map(len, content.split(b"\r\n"))) > _LONGEST_LINE:
        raise OutgoingRefused(
            f"The mail has a line of more than {_LONGEST_LINE} bytes, which servers cut. Break the line, or encode it."
        )
    return content


def _without(said: str, secret: Secret, lines: Sequence[str]) -> str:
    """A server's words without the secret, and without what it repeats of the lines that held it, whole or cut."""
    if len(secret.reveal()) >= _SHORTEST:
        said = said.replace(secret.reveal(), "***")
    spoken = " ".join(lines)
    return _CODED.sub(lambda match: "***" if match[0] in spoken else match[0], said)
