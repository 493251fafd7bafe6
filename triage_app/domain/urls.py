"""Reading a URL out of running text, its normal form, and the target behind a rewriting gateway."""

import base64
import re
from dataclasses import dataclass
from urllib.parse import unquote

from triage_app.domain.defang import MARK
from triage_app.domain.hosts import Host, HostKind, host_of

LONGEST_URL = 8192
_DEFAULT_PORTS = {"http": "80", "https": "443", "ftp": "21", "ws": "80", "wss": "443", "ldap": "389", "ssh": "22"}
_SCHEMES = (
    r"https|http|ftps|ftp|sftp|tftp|wss|ws|ldaps|ldap|rmi|dns|iiop|smb|nfs|ssh|telnet|rdp|vnc|ircs|irc|tcp|udp|git|"
    r"rtsp|gopher|socks5|socks4|file|dict|stratum\+tcp"
)
SCHEME_BEFORE = re.compile(rf"(?:{_SCHEMES})\Z", re.IGNORECASE)
_SCHEME = re.compile(rf"(?:{_SCHEMES})(?=://)", re.IGNORECASE)
# White space, quotation marks, angle brackets, controls and the punctuation of Chinese and Japanese end a URL.
_STOP = (
    r"\s<>\"'`\\|\x00-\x1f\x7f\u00ab\u00bb\u2018-\u201f\u2039\u203a\u3000-\u3003\u3008-\u3011\u3014-\u301b"
    r"\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f\uff5f-\uff65\ud800-\udfff\ue001"
)
_AUTHORITY = re.compile(
    rf"(?:(?P<user>[^/?#,{_STOP}]{{0,256}})@)?"
    rf"(?P<host>\[[0-9A-Fa-f:.]{{2,45}}(?:%\w{{1,16}})?\]|[\w.%{MARK}-]{{1,255}})"
    r"(?::(?P<port>[0-9]{1,5})(?![0-9]))?"
)
_PLAIN_HOST = re.compile(rf"[A-Za-z0-9_.%{MARK}-]+")
_TAIL = re.compile(rf"[^{_STOP}]+")
_ENTITY_END = re.compile(r"&(?:quot|lt|gt|apos|nbsp|#3[49]|#x2[27]);|[,;]https?://", re.IGNORECASE)
_BRACKET = re.compile(r"[()\[\]{}]")
_PAIRS = {")": "(", "]": "[", "}": "{"}
_TRAILING = ".,;:!?*" + MARK
_TAIL_STARTS = frozenset("/?#")

_PROOFPOINT_3_TOKEN = re.compile(r"\*(\*.)?")
_RUN_LENGTHS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_URLDEFENSE = frozenset({"urldefense.proofpoint.com", "urldefense.com", "urldefense.us"})


@dataclass(frozen=True, slots=True)
class Url:
    """A URL in normal form, its host, and the offset in the text just behind it.

    Normal form: scheme and host in lower case, host in punycode, the scheme's own port left out; user part, path, query
    and fragment as written ("&amp;" is "&"), nothing added.
    """

    text: str
    host: Host
    end: int


def _cut(tail: str) -> int:
    """Where the URL is over: at an escaped quotation mark, the next URL of a list, or a bracket opened outside."""
    end = len(tail)
    if match := _ENTITY_END.search(tail):
        end = match.start()
    depth = {"(": 0, "[": 0, "{": 0}
    for match in _BRACKET.finditer(tail, 0, end):
        sign = match[0]
        if sign in depth:
            depth[sign] += 1
        elif depth[_PAIRS[sign]]:
            depth[_PAIRS[sign]] -= 1
        else:
            return match.start()
    return end


def _read_tail(text: str, start: int, limit: int) -> tuple[str, int]:
    """Path, query and fragment, and the offset behind them.

    Read in growing pieces, so that what is cut off early was never read far. What is longer than a URL may be is cut,
    and its rest passed over.
    """
    tail, end = "", start
    for width in (256, 2048, LONGEST_URL):
        match = _TAIL.match(text, start, min(limit, start + width))
        tail = match[0] if match else ""
        cut = _cut(tail)
        if cut < len(tail) or len(tail) < width:
            tail = tail[:cut].rstrip(_TRAILING)
            return tail, start + len(tail)
        end = start + width
    rest = _TAIL.match(text, end, limit)
    return tail.rstrip(_TRAILING), rest.end() if rest else end


def _read_host(written: str, follows: str) -> tuple[Host, int] | None:
    """The host and how many of the written characters are its own; `follows` is the next character or empty."""
    name = written.rstrip(f".-{MARK}")
    host = host_of(name.replace(MARK, "."))
    used = len(written) if host and follows and follows in "/?#:" else len(name)
    if host is None or (host.kind is HostKind.NAME and not name.isascii()):
        # "http://example.com" run into the next word of a language without spaces.
        plain = _PLAIN_HOST.match(name)
        shorter = plain[0].rstrip(f".-{MARK}") if plain and len(plain[0]) < len(name) else ""
        other = host_of(shorter.replace(MARK, ".")) if shorter else None
        host, used = (other, len(shorter)) if other else (host, used)
    return (host, used) if host else None


def read_url(text: str, start: int, authority: int, limit: int) -> Url | None:
    """The URL in `text` whose scheme begins at `start` and whose authority at `authority`, ending before `limit`.

    Without a scheme (`start == authority`) http is assumed. Work is bounded by `LONGEST_URL`, whatever the text.
    """
    match = _AUTHORITY.match(text, authority, limit)
    if match is None:
        return None
    read = _read_host(match["host"], text[match.end("host") : match.end("host") + 1])
    if read is None:
        return None
    host, used = read
    scheme = text[start : authority - 3].lower() if authority > start else "http"
    end = match.start("host") + used
    port = match["port"] if end == match.end("host") else None
    if port is not None and int(port) <= 65535:
        end = match.end()
    else:
        port = None
        if host.kind is HostKind.NAME and text[end : end + 1] == ":":
            return None
    tail = ""
    if text[end : end + 1] in _TAIL_STARTS:
        tail, end = _read_tail(text, end, limit)
        tail = tail.replace(MARK, ".").replace("&amp;", "&")
    user = f"{match['user'].replace(MARK, '.')}@" if match["user"] else ""
    name = f"[{host.name}]" if host.kind is HostKind.IPV6 else host.name
    shown = f":{port}" if port is not None and _DEFAULT_PORTS.get(scheme) != port else ""
    return Url(f"{scheme}://{user}{name}{shown}{tail}", host, end)


def url_of(text: str) -> Url | None:
    """The URL that is the whole of `text`, or None."""
    scheme = _SCHEME.match(text)
    url = read_url(text, 0, scheme.end() + 3, len(text)) if scheme else None
    return url if url is not None and url.end == len(text) else None


def _parameter(url: str, name: str) -> str | None:
    """The first value of a query parameter, as written. Read by hand: a ";" does not separate here."""
    query = url.partition("?")[2].partition("#")[0]
    for pair in query.split("&", 64)[:64]:
        key, _, value = pair.partition("=")
        if key.lower() == name:
            return value
    return None


def _proofpoint_3(url: str) -> str | None:
    """The target between "/v3/__" and "__;", whose "*" stand for the characters listed behind (in URL-safe base64)."""
    _, _, rest = url.partition("/v3/__")
    written, _, rest = rest.partition("__;")
    listed, ended, _ = rest.partition("!")
    if not ended:
        return None
    try:
        taken = iter(base64.urlsafe_b64decode(listed + "=" * (-len(listed) % 4)).decode("utf-8"))
    except ValueError:
        return None

    def restored(token: re.Match[str]) -> str:
        count = _RUN_LENGTHS.find(token[1][1]) + 2 if token[1] else 1
        return "".join(char for _, char in zip(range(count), taken, strict=False))

    target = _PROOFPOINT_3_TOKEN.sub(restored, written)
    # Some gateways collapse the two slashes of the target.
    return re.sub(r"\A([a-z]{2,8}):/(?!/)", r"\1://", target)


def unwrap(url: Url) -> Url | None:
    """The URL that a mail gateway's rewritten link leads to (Microsoft Safe Links, Proofpoint URL Defense 1 to 3)."""
    host, text = url.host.name, url.text
    target = None
    if host.endswith(".safelinks.protection.outlook.com"):
        value = _parameter(text, "url")
        target = unquote(value) if value else None
    elif host in _URLDEFENSE:
        value = _parameter(text, "u")
        if "/v3/__" in text:
            target = _proofpoint_3(text)
        elif value and "/v2/" in text:
            target = unquote(value.replace("-", "%").replace("_", "/"))
        elif value:
            target = unquote(value)
    return url_of(target.strip()) if target and len(target) <= LONGEST_URL else None
