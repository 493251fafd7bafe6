"""Making addresses harmless to click (defang) and live again (refang)."""

import re
import unicodedata

from triage_app.domain.hosts import domain_of, ipv6_of, top_level_exists

# Stands for a dot that somebody defanged, so that what is read later still knows that it was said to be a host.
# From the private use area; `flatten` removes it from input.
MARK = "\ue000"
# Stands for a piece of text taken out, so that the order of appearance survives.
HOLE = "\ue001"

_ODD = re.compile(
    "[\xad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff\ue000\ue001"
    "\u2024\u24b6-\u24e9\u3002\ufe52\uff01-\uff61\U0001d400-\U0001d7ff]"
)
_INVISIBLE = re.compile(
    "[\xad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff\ue000\ue001]+"
)
# Look-alikes that stand for exactly one ASCII letter, digit or sign; NFKC on a whole text would also break
# fractions, superscripts and ligatures into characters that nobody wrote. Full-width commas and brackets stay: they
# are punctuation where they are used.
_WIDE = re.compile(
    "[\u2024\u24b6-\u24e9\ufe52\uff05\uff0d-\uff1a\uff20-\uff3a\uff3f\uff41-\uff5a\U0001d400-\U0001d7ff]+"
)
_IDEOGRAPHIC_STOP = re.compile("(?<=[A-Za-z0-9])[\u3002\uff61](?=[A-Za-z0-9])")

_OPEN, _CLOSE = r"[\[({<]", r"[\])}>]"
_BRACKETED = tuple(
    re.compile(rf"{re.escape(bracket)}[ \t]?(?:[.,@:/]{{1,3}}|dot|d0t|punkt|punto|at|arroba|s)[ \t]?{_CLOSE}", re.I)
    for bracket in "[({<"
)
_HALF_SIGNS = (("[", "[."), ("]", ".]"), ("^", "^."), ("\\", "\\."))
_AUTHORITY = re.compile(r":[ \t]{0,2}(?://|\\\\)")
_PLAIN_SCHEMES = ("http", "https", "ftp")

_DOT = re.compile(
    rf"(?<=\w)(?:[ \t]{{0,2}}{_OPEN}[ \t]?(?:\.|dot|d0t|punkt|punto)[ \t]?{_CLOSE}[ \t]{{0,2}}|{_OPEN},{_CLOSE})(?=\w)",
    re.IGNORECASE,
)
_HALF_DOT = re.compile(r"(?<=\w)(?:\[\.|\.\]|\^\.|\\\.)(?=\w)")
_AT = re.compile(rf"(?<=\w)[ \t]?{_OPEN}[ \t]?(?:@|at|arroba)[ \t]?{_CLOSE}[ \t]?(?=[\w\[])", re.IGNORECASE)
_COLON = re.compile(r"(?:(?<=[\w\])}\[])|(?<!\S))[\[({](:{1,2})[\])}](?=[\w/\\\[({\]]|[\s,;.]|\Z)")
_SLASHES = re.compile(r"[\[({](:?//)[\])}]|(?<=[\w/:])[\[({](/)[\])}]")
_SECURE = re.compile(r"(?<=[pP])[\[(]([sS])[\])](?=[ \t]?[:\[(])")
_SCHEME = re.compile(
    r"(?<![A-Za-z0-9])(?:h(?:xx|\*\*|tx|xt|__|--|##|tt)p|hxxtp|(?P<ftp>f[xt]p)|meow)(?P<s>s?)"
    r"[ \t]{0,2}:[ \t]{0,2}(?://|\\\\)(?P<gap>[ \t]{0,2})",
    re.IGNORECASE,
)
# Words stand for signs only in capitals ("evil DOT com"), or after something that is already an address.
_SPOKEN_DOT = re.compile(
    rf"(?<=[a-z0-9]) DOT (?=[a-z]{{2,24}}\b)|((?:@|://)[\w.{MARK}-]{{1,253}}) dot (?=[a-z]{{2,24}}\b)"
)
_SPOKEN_AT = re.compile(rf"(?<=[a-z0-9]) AT (?=[a-z0-9-]{{1,63}}(?: DOT |[.{MARK}]))")
_HYPHENED = re.compile(r"(?<![\w.@/-])[A-Za-z0-9_-]{1,200}?[-_]dot[-_][A-Za-z0-9_-]{1,200}(?![\w.@-])", re.IGNORECASE)
_HYPHENED_DOT = re.compile(r"[-_]dot[-_]", re.IGNORECASE)
_HYPHENED_TOPS = frozenset(("com", "net", "org", "info", "biz", "xyz", "top", "online", "site", "club", "shop", "icu"))
_LINKED = re.compile(r"\bhttp(s?)://|\bwww\.", re.IGNORECASE)
_COMMAS = re.compile(r"\s{0,9}\d{1,3}(?:,\d{1,3}){3}\s{0,9}")


def flatten(text: str) -> str:
    """`text` without invisible characters, and with full-width and mathematical letters as the ASCII they look like."""
    if text.isascii() or not _ODD.search(text):
        return text
    text = _INVISIBLE.sub("", text)
    text = _IDEOGRAPHIC_STOP.sub(".", text)
    return _WIDE.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)


def _hyphened(match: re.Match[str]) -> str:
    parts = _HYPHENED_DOT.split(match[0])
    top = parts[-1].lower()
    real = (len(top) == 2 or top in _HYPHENED_TOPS) and top_level_exists(top)
    return MARK.join(parts) if real and domain_of(".".join(parts)) else match[0]


def _scheme(match: re.Match[str]) -> str:
    # "hxxp:// evil.com" is one address; "http:// and" is not.
    gap = match["gap"] if match[0][1:3].lower() == "tt" else ""
    return f"{'ftp' if match['ftp'] else 'http'}{match['s'].lower()}://{gap}"


def _open_brackets(text: str) -> str:
    text = _DOT.sub(MARK, text)
    text = _AT.sub("@", text)
    text = _COLON.sub(r"\1", text)
    text = _SLASHES.sub(r"\1\2", text)
    return _SECURE.sub(r"\1", text)


def _has_odd_scheme(text: str) -> bool:
    """True when something before "://" is not simply a scheme (or when it is not quite "://")."""
    return any(
        len(match[0]) != 3
        or "\\" in match[0]
        or not text[max(0, match.start() - 5) : match.start()].endswith(_PLAIN_SCHEMES)
        for match in _AUTHORITY.finditer(text)
    )


def mark(text: str, image: bytes) -> str:
    """`text` (flat) with every defanged sign live again and each dot that was defanged written as `MARK`.

    `image` is the `ascii_image` of `text`. Most texts are plain, which a few searches for signs that are rare in prose
    tell; only their presence starts a pattern. Four numbers with commas ("9,10,11,12") are an address only when they
    are the whole text.
    """
    if len(text) < 40 and _COMMAS.fullmatch(text):
        return text.replace(",", MARK)
    if ":\\/\\/" in text:
        text = text.replace("\\/", "/")
    if any(bracket in text and sign.search(text) for bracket, sign in zip("[({<", _BRACKETED, strict=True)):
        text = _open_brackets(text)
    if any(char in text and sign in text for char, sign in _HALF_SIGNS):
        text = _HALF_DOT.sub(MARK, text)
    if _has_odd_scheme(text):
        text = _SCHEME.sub(_scheme, text)
    if " AT" in text:
        text = _SPOKEN_AT.sub("@", text)
    if b"dot" in image:
        text = _SPOKEN_DOT.sub(rf"\1{MARK}", text)
        text = _HYPHENED.sub(_hyphened, text)
    return text


def refang(text: str) -> str:
    """`text` with every defanged form live again; text without any comes back unchanged. Never raises."""
    flat = flatten(text)
    return mark(flat, ascii_image(flat)).replace(MARK, ".")


def ascii_image(text: str) -> bytes:
    """`text` in lower-case ASCII with one byte for each character ("?" for what has none): fast to search."""
    return text.encode("ascii", "replace").lower()


def defang_host(host: str) -> str:
    """A host with every dot, or every colon of an IPv6 address, in brackets."""
    if host.startswith("["):
        return "[" + defang_host(host[1:-1]) + "]" if host.endswith("]") else host.replace(":", "[:]")
    return host.replace(":", "[:]") if ipv6_of(host) else host.replace(".", "[.]")


def defang_url(url: str) -> str:
    """A URL whose scheme no program knows (hxxp), whose host is in brackets, and whose path is as it was."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        return defang_host(url)
    end = min((place for stop in "/?#" if (place := rest.find(stop)) >= 0), default=len(rest))
    user, sign, host = rest[:end].rpartition("@")
    name, colon, port = host.rpartition(":")
    if colon and port.isdigit() and not name.endswith(":"):
        shown = f"{defang_host(name)}:{port}"
    else:
        shown = defang_host(host)
    harmless = scheme.replace("tt", "xx", 1).replace("TT", "XX", 1)
    if harmless == scheme:
        harmless = scheme.replace("ftp", "fxp", 1)
    behind = "[:]//" if harmless == scheme else "://"
    return f"{harmless}{behind}{user.replace('.', '[.]')}{sign}{shown}{rest[end:]}"


def defang_email(address: str) -> str:
    """A mail address with its sign and the dots of its domain in brackets."""
    local, at, domain = address.rpartition("@")
    return f"{local}[@]{defang_host(domain)}" if at else defang_host(address)


def unlinked(text: str) -> str:
    """The text without what a terminal or a mail program turns into a link by itself."""
    return _LINKED.sub(lambda found: f"hxxp{found[1].lower()}://" if found[0][0] in "hH" else "www[.]", text)
