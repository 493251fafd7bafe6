"""Finding the observables of a text, in linear time whatever the text is."""

import re
from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice
from operator import itemgetter

from triage_app.domain.bitcoin import bitcoin_of
from triage_app.domain.defang import HOLE, ascii_image, flatten, mark
from triage_app.domain.filenames import file_name_of, has_known_extension
from triage_app.domain.hosts import host_of
from triage_app.domain.observable import HASH_KINDS, Observable, ObservableKind, Sighting, asn_of, attack_of, cve_of
from triage_app.domain.scan import Found, Links, scan_addresses
from triage_app.domain.windows import WindowsPath, find_windows_paths

WHOLE_NAME = "attachment:name"
_CVE = re.compile(
    r"(?<!\w)CVE[\u2010-\u2015_ -]?((?:19|20)\d\d)[\u2010-\u2015_ -](\d{4,7})(?!\d)", re.IGNORECASE | re.ASCII
)
# Enterprise and mobile techniques begin with T1, those for industrial control with T08.
_ATTACK = re.compile(r"T(?:1\d{3}|08\d\d)(?:[./]\d{3}(?!\d))?|TA\d{4}", re.ASCII)
_ASN = re.compile(r"AS(?:N[ :#]{0,2})?\d{1,10}(?:\.\d{1,5}(?![.\d]))?", re.ASCII)
_ESCAPE = re.compile(r"(?<!\\)\\[nrt]")
_CLASSES = bytes(97 if chr(code).isalnum() and code < 128 else 32 for code in range(256))
_LONG = b"a" * 26
_BEYOND = 1 << 62
_HEX = re.compile(r"[0-9A-Fa-f]+")


def _is_word(text: str, at: int) -> bool:
    return 0 <= at < len(text) and (text[at].isalnum() or text[at] == "_")


def _is_in_link(at: int, links: Links) -> bool:
    # The last link that begins at or before `at`; no link ends beyond a text that fits in memory.
    index = bisect_right(links, (at, _BEYOND)) - 1
    return index >= 0 and at < links[index][1]


def _take_paths(text: str, limit: int) -> tuple[str, list[WindowsPath]]:
    """`text` with a hole in place of each Windows path and registry key, and what was taken out."""
    # Line ends that some log wrote as characters would otherwise stick to the next word.
    text = text.replace("\\r\\n", "    ")
    paths: list[WindowsPath] = []
    pieces: list[str] = []
    at = 0
    for path in islice(find_windows_paths(text), limit):
        paths.append(path)
        pieces += (text[at : path.start], f" {HOLE} ")
        at = path.end
    pieces.append(text[at:])
    return _ESCAPE.sub("  ", "".join(pieces)), paths


def _scan_paths(text: str, paths: list[WindowsPath], found: Found) -> None:
    at = -1
    for path in paths:
        at = text.find(HOLE, at + 1)
        found.add(at, ObservableKind.REGISTRY if path.is_registry else ObservableKind.WINDOWS_PATH, path.text)
        server = host_of(path.server.partition("@")[0]) if path.server else None
        if server is not None:
            found.add_host(at, server)
        if path.last and has_known_extension(path.last):
            found.add(at, ObservableKind.FILE_NAME, path.last)


def _scan_long_words(text: str, image: bytes, links: Links, found: Found) -> None:
    """Hashes and Bitcoin addresses: runs of at least 26 letters and digits."""
    classes = image.translate(_CLASSES)
    start = classes.find(_LONG)
    while start >= 0 and not found.is_full:
        end = classes.find(b" ", start)
        end = len(text) if end < 0 else end
        if end - start <= 128 and not (_is_word(text, start - 1) or _is_word(text, end) or _is_in_link(start, links)):
            word = text[start:end]
            kind = HASH_KINDS.get(len(word))
            if kind is not None and _HEX.fullmatch(word):
                if _is_hash(word):
                    found.add(start, kind, word.lower())
            elif address := bitcoin_of(word):
                found.add(start, ObservableKind.BITCOIN, address)
        start = classes.find(_LONG, end)


def _is_hash(word: str) -> bool:
    # Fill patterns and long decimal numbers have the length of a hash and are none.
    return len(set(word)) > 3 and not word.isdigit()


def _scan_vulnerabilities(text: str, found: Found) -> None:
    for match in _CVE.finditer(text):
        if value := cve_of(f"CVE-{match[1]}-{match[2]}"):
            found.add(match.start(), ObservableKind.CVE, value)
        if found.is_full:
            break


SHORT = 200
"""Characters up to which a text's observables are remembered."""


def _scan_numbers(text: str, links: Links, found: Found) -> None:
    """ATT&CK ids and AS numbers: capitals and digits that are a word of their own."""
    for pattern, kind, read in ((_ATTACK, ObservableKind.ATTACK, attack_of), (_ASN, ObservableKind.ASN, asn_of)):
        for match in pattern.finditer(text):
            start, end = match.span()
            if _is_word(text, start - 1) or _is_word(text, end) or _is_in_link(start, links):
                continue
            if value := read(match[0]):
                found.add(start, kind, value)
            if found.is_full:
                break


def extract(text: str, *, limit: int = 2000) -> tuple[Observable, ...]:
    """The observables of a text, live and in normal form, unique, in order of first appearance; at most `limit`.

    A URL also gives its host, and its target when a mail gateway rewrote it; a mail address its domain; a UNC path its
    server; a path the file it names. Defanged forms count as what they stand for. A dotted word that ends like a file
    is a file name, and a domain only in a URL or mail address, after "www." or when defanged. Values in the middle of
    a URL (its path and query) are not reported, save on sites that exist to be looked up. Never raises, and takes time
    in proportion to the length of the text.
    """
    if limit <= 0 or not text:
        return ()
    text = flatten(text)
    paths: list[WindowsPath] = []
    if "\\" in text:
        text, paths = _take_paths(text, limit)
    marked = mark(text, ascii_image(text))
    image = ascii_image(marked)
    # Each scan stops at the limit by itself, so that the first `limit` of all are among what they found.
    found = [Found(limit) for _ in range(5)]
    links = scan_addresses(marked, found[0])
    _scan_paths(marked, paths, found[1])
    _scan_long_words(marked, image, links, found[2])
    _scan_numbers(marked, links, found[3])
    if b"cve" in image:
        _scan_vulnerabilities(marked, found[4])
    first: dict[tuple[ObservableKind, str], None] = {}
    for _, kind, value in sorted((entry for scan in found for entry in scan), key=itemgetter(0)):
        first[kind, value] = None
    return tuple(Observable(kind, value) for kind, value in islice(first, limit))


@lru_cache(maxsize=8192)
def _short(text: str) -> tuple[Observable, ...]:
    """The observables of a short text. Alerts repeat the same hosts, addresses and rule names again and again."""
    return extract(text)


def extract_all(parts: Iterable[tuple[str, str]], *, limit: int = 2000) -> tuple[Sighting, ...]:
    """Every observable of every part once, in the order of the parts; at most `limit` in all.

    A part is where it is from and its text. The text of "attachment:name" is a file name as a whole, whatever it holds.
    """
    seen: dict[Sighting, None] = {}
    for where, text in parts:
        room = limit - len(seen)
        if room <= 0:
            break
        if where == WHOLE_NAME and (name := file_name_of(flatten(text))):
            seen[Sighting(Observable(ObservableKind.FILE_NAME, name), where)] = None
        for observable in _short(text)[:room] if len(text) <= SHORT else extract(text, limit=room):
            seen[Sighting(observable, where)] = None
    return tuple(seen)[:limit]
