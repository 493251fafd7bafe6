"""Finding everything that has an address in a text: URLs, mail addresses, hosts, hardware addresses, file names.

The text is searched for the few characters that every address holds; only the word around one (up to white space) is
read closely. There, URLs are taken first, then mail addresses, and what is left is cut into runs of word characters
that are each read once. No pattern is tried twice on the same text, so the work grows with the length alone.
"""

import re
from collections.abc import Iterator

from triage_app.domain.defang import MARK
from triage_app.domain.filenames import has_known_extension
from triage_app.domain.hosts import Host, HostKind, domain_of, ipv4_of, ipv6_of
from triage_app.domain.observable import ObservableKind, attack_of, email_of, mac_of
from triage_app.domain.urls import SCHEME_BEFORE, Url, read_url, unwrap

_LONGEST_RUN = 2048
_UNWRAP_DEPTH = 4
_TRIGGER = re.compile(rf"[.{MARK}][^\W_]|@[\w\[]|://|:[0-9A-Fa-f]{{0,4}}:|-[0-9A-Fa-f]{{2}}-[0-9A-Fa-f]{{2}}-")
_SPACE = re.compile(r"\s")
_RUN = re.compile(rf"(?P<colons>[0-9A-Fa-f]{{0,4}}:[0-9A-Fa-f]{{0,4}}:[0-9A-Fa-f:.]*)|[\w.{MARK}-]+")
_PIECE = re.compile(rf"[^.{MARK}]+(?:[.{MARK}][^.{MARK}]+)*")
_ASCII_PIECE = re.compile(rf"[A-Za-z0-9_][A-Za-z0-9_.{MARK}-]*")
_LOCAL = re.compile(rf"[\w.+%=&'!#$*~^{MARK}-]{{1,64}}\Z")
_MAIL_HOST = re.compile(rf"[\w{MARK}.-]{{1,255}}")
_NAMED_VALUE = re.compile(
    r"(?:to|from|e-?mail|mail|user|username|sender|recipient|rcpt|cc|bcc|login|account|addr|address|upn|src|dst|[sd]?user"
    r"|s?id|u|q)=",
    re.IGNORECASE,
)
_DASHED_MAC = re.compile(r"[0-9A-Fa-f]{2}(?:-[0-9A-Fa-f]{2}){5}")
_DOTTED_MAC = re.compile(r"[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}")
_ESCAPED = re.compile(r"[0-9A-Fa-f]{2}")
_HEX_PAIRS = re.compile(r"(?:[0-9A-Fa-f]{2}:){13}[0-9A-Fa-f]{2}")
_BEFORE_VERSION = re.compile(
    r"(?:\b(?:versions?|ver|v|release|rel|build|firmware|fw|revision|rev|section|sect|chapter|clause|kernel|patch)"
    r"[\s.:=\"'(#]{0,3}|§\s?"
    r"|\b(?:chrome|chromium|headlesschrome|edg|edge|edga|opr|crios|yabrowser|samsungbrowser|vivaldi|brave|electron)/)\Z",
    re.IGNORECASE,
)
_SCHEMELESS_TAIL = re.compile(r"(?::[0-9]{1,5})?/[A-Za-z0-9_?~%.-]")
_NEXT_SEGMENT = re.compile(rf"/([\w.{MARK}-]{{1,255}})")
# After a full stop without a space these begin a sentence; in small letters they are top-level domains.
_STARTS = "Am As At Be By Do Go He Here How I In Is It Me My No Now Of On One Or So To Us We You"
_SENTENCE_STARTS = frozenset(_STARTS.split())
_CODE_NAMES = frozenset(
    {"asp.net", "vb.net", "ado.net", "system.net", "system.io", "microsoft.net", "paint.net", "socket.io"}
)
# Names of fields (Elastic Common Schema and its like) whose second part is also a top-level domain.
_FIELD_NAMES = """
    user host source destination client server file process service rule event agent log observer network device
    organization group url email threat container cloud orchestrator package registry dll parent os data decoder
    manager account session request response self this object item
"""
_FIELDS = frozenset(_FIELD_NAMES.split())
_FIELD_TOPS = frozenset(
    {"name", "id", "type", "domain", "email", "network", "host", "group", "direct", "map", "run", "py"}
)
# Sites whose paths name what they are about.
_REFERENCE_SITES = ("virustotal.com", "mitre.org", "abuse.ch", "hybrid-analysis.com", "otx.alienvault.com", "nist.gov")
_HOST_KINDS = {
    HostKind.DOMAIN: ObservableKind.DOMAIN,
    HostKind.IPV4: ObservableKind.IPV4,
    HostKind.IPV6: ObservableKind.IPV6,
}


class Found:
    """Unique observables with the offset of their first appearance; full once there are `limit`."""

    __slots__ = ("_at", "limit")

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._at: dict[tuple[ObservableKind, str], int] = {}

    def add(self, at: int, kind: ObservableKind, value: str) -> None:
        """Notes an observable seen at an offset; a full one takes no more."""
        if len(self._at) < self.limit:
            self._at.setdefault((kind, value), at)

    def add_host(self, at: int, host: Host) -> None:
        """Notes a host, unless it is a name that belongs to no public suffix."""
        kind = _HOST_KINDS.get(host.kind)
        if kind is not None:
            self.add(at, kind, host.name)

    @property
    def is_full(self) -> bool:
        """True when nothing more will be taken."""
        return len(self._at) >= self.limit

    def __iter__(self) -> Iterator[tuple[int, ObservableKind, str]]:
        return ((at, kind, value) for (kind, value), at in self._at.items())


Links = list[tuple[int, int]]


def _domain_in(written: str) -> str:
    """A mail host without the words of a language without spaces that may run into it."""
    name = written.replace(MARK, ".")
    if name.isascii() or domain_of(name) is not None:
        return name
    plain = _ASCII_PIECE.match(name)
    return plain[0].rstrip(".-_") if plain else name


def _local_part(written: str) -> str:
    """The local part without the punctuation, the "email=", the fields of a mailto link or the unspaced words before
    it.
    """
    start = written.rfind("&") + 1
    named = _NAMED_VALUE.match(written, start) or _NAMED_VALUE.match(written)
    start = 0
    while named:
        start = named.end()
        named = _NAMED_VALUE.match(written, start)
    name = written[start:]
    if not name.isascii():
        for index in range(len(name) - 1, -1, -1):
            if _has_no_spaces(name[index]):
                name = name[index + 1 :]
                break
    return name.lstrip(f".'*-~!#$&=^%{MARK}")


def _has_no_spaces(char: str) -> bool:
    """True for characters of scripts written without spaces (Thai, Chinese, Japanese, ...)."""
    return char >= "\u0e00"


def _looks_like_ipv6(run: str) -> bool:
    groups = [group for group in run.split(":") if group]
    if not groups or not any(char.isdigit() for char in run):
        return False
    if "::" not in run:
        return any(len(group) != 2 for group in groups)
    # "12::30" and "a1::b2" are valid, and never meant.
    return run.startswith("::") or len(groups) > 2 or len(groups[0]) == 4


def _is_word_at(text: str, at: int) -> bool:
    return 0 <= at < len(text) and (text[at].isalnum() or text[at] == "_")


def _host_candidates(written: str) -> Iterator[tuple[int, str]]:
    """The parts of a run that may be a host, likeliest first, with their offsets in it."""
    if written.isascii() or not any(_mixes_scripts(label) for label in re.split(rf"[.{MARK}]", written)):
        yield 0, written.rstrip("_")
    if not written.isascii():
        for match in _ASCII_PIECE.finditer(written):
            yield match.start(), match[0].rstrip(f".-_{MARK}")
        return
    # "example.com-based" and "2024_example.com"
    last = max(written.rfind("."), written.rfind(MARK))
    hyphen = written.find("-", last)
    if hyphen > 0:
        yield 0, written[:hyphen]


def _mixes_scripts(label: str) -> bool:
    return any(map(_has_no_spaces, label)) and any(char.isascii() and char.isalnum() for char in label)


def _is_prose(name: str) -> bool:
    """True for a valid domain that was hardly meant as one."""
    head, _, top = name.rpartition(".")
    if top in _SENTENCE_STARTS:
        return True
    if "." in head:
        return False
    if len(head) < 3 and head.isdecimal():
        # "2.Bank" is the second point of a list.
        return True
    head, top = head.lower(), top.lower()
    return (top in _FIELD_TOPS and head in _FIELDS) or f"{head}.{top}" in _CODE_NAMES or len(head) + len(top) < 4


def _is_meant(text: str, at: int, address: str) -> bool:
    """False for a version, a section number, a netmask and the address of nobody."""
    if address.startswith(("0.", "255.255.")):
        return False
    return _BEFORE_VERSION.search(text, max(0, at - 24), at) is None


class _Scan:
    """One pass over one text; each method reads a span of it and knows nothing of what is outside."""

    __slots__ = ("found", "links", "text")

    def __init__(self, text: str, found: Found) -> None:
        self.text = text
        self.found = found
        self.links: Links = []

    def scan(self) -> None:
        """Reads the word around each sign that an address holds."""
        text = self.text
        at, size = 0, len(text)
        search, space = _TRIGGER.search, _SPACE.search
        while not self.found.is_full and (match := search(text, at)) is not None:
            here = match.start()
            before = text[at:here].rsplit(None, 1)
            start = here if not before or text[here - 1].isspace() else here - len(before[-1])
            behind = space(text, match.end())
            at = behind.start() if behind else size
            self._scan_word(start, at)

    def _scan_word(self, start: int, end: int) -> None:
        """URLs first; between them, everything else."""
        sign = self.text.find("://", start, end)
        while sign >= 0 and not self.found.is_full:
            scheme = SCHEME_BEFORE.search(self.text, max(start, sign - 12), sign)
            url = read_url(self.text, scheme.start(), sign + 3, end) if scheme else None
            if scheme is None or url is None:
                sign = self.text.find("://", sign + 3, end)
                continue
            self._scan_gap(start, scheme.start())
            self._add_url(scheme.start(), url)
            start = url.end
            sign = self.text.find("://", start, end)
        self._scan_gap(start, end)

    def _add_url(self, start: int, url: Url) -> None:
        if not url.host.name.endswith(_REFERENCE_SITES):
            self.links.append((start, url.end))
        target: Url | None = url
        for _ in range(_UNWRAP_DEPTH):
            if target is None:
                break
            self.found.add(start, ObservableKind.URL, target.text)
            self.found.add_host(start, target.host)
            target = unwrap(target)

    def _scan_gap(self, start: int, end: int) -> None:
        """Mail addresses first; between them, runs of word characters."""
        sign = self.text.find("@", start, end)
        while sign >= 0 and not self.found.is_full:
            local = _LOCAL.search(self.text, max(start, sign - 64), sign)
            host = _MAIL_HOST.match(self.text, sign + 1, end)
            if local is not None and host is not None:
                name = _local_part(local[0])
                written = host[0].rstrip(f".-_{MARK}")
                address = email_of(f"{name.replace(MARK, '.')}@{_domain_in(written)}")
                if address is not None:
                    self._scan_runs(start, sign - len(name))
                    self.found.add(sign - len(name), ObservableKind.EMAIL, address)
                    self.found.add(sign - len(name), ObservableKind.DOMAIN, address.rpartition("@")[2])
                    start = sign + 1 + len(written)
                    self.links.append((sign - len(name), start))
            sign = self.text.find("@", max(start, sign + 1), end)
        self._scan_runs(start, end)

    def _scan_runs(self, start: int, end: int) -> None:
        while not self.found.is_full and (match := _RUN.search(self.text, start, end)) is not None:
            start = match.end()
            if match.lastgroup is not None:
                self._read_colons(match.start(), start)
            elif start - match.start() <= _LONGEST_RUN:
                start = self._read_run(match.start(), start, end)

    def _read_colons(self, start: int, end: int) -> None:
        """An IPv6 or a hardware address, but not a time, a fingerprint or a C++ name."""
        run = self.text[start:end]
        if len(run) > 64 or _is_word_at(self.text, end):
            return
        run = run.rstrip(".")
        if run.startswith(":") and not run.startswith("::"):
            run = run[1:]
        elif _is_word_at(self.text, start - 1):
            return
        if run.endswith(":") and not run.endswith("::"):
            run = run[:-1]
        if mac := mac_of(run):
            if len(set(mac)) > 2:  # not all zeros or the broadcast address
                self.found.add(start, ObservableKind.MAC, mac)
        elif _HEX_PAIRS.fullmatch(run) and run.lower().endswith(("08:00", "86:dd", "08:06")):
            # The head of an Ethernet frame as netfilter logs it: destination, source, type.
            for pair in (run[:17], run[18:35]):
                if mac := mac_of(pair):
                    self.found.add(start, ObservableKind.MAC, mac)
        elif _looks_like_ipv6(run) and (address := ipv6_of(run)):
            self.found.add(start, ObservableKind.IPV6, address)

    def _read_run(self, start: int, end: int, limit: int) -> int:
        """Reads a run of word characters, dots and hyphens; returns where to read on."""
        run = self.text[start:end]
        if "." not in run and MARK not in run:
            if len(run) == 17 and _DASHED_MAC.fullmatch(run) and (mac := mac_of(run)):
                self.found.add(start, ObservableKind.MAC, mac)
            return end
        if self.text[start - 1 : start] == "%" and _ESCAPED.match(run):
            # "%2Fevil.com": the rest of an escaped character is not part of the name.
            start, run = start + 2, run[2:]
        for match in _PIECE.finditer(run):
            written = match[0].strip("-")
            at = start + match.start() + len(match[0]) - len(match[0].lstrip("-"))
            if "." in written or MARK in written:
                behind = self._read_piece(at, written, limit)
                if behind > end:
                    return behind
        return end

    def _read_piece(self, at: int, written: str, limit: int) -> int:
        name = written.replace(MARK, ".")
        end = at + len(written)
        last = name[name.rfind(".") + 1 :]
        if last.isdecimal() or (len(name) == 14 and _DOTTED_MAC.fullmatch(name)):
            return self._read_numbers(at, name, limit)
        is_defanged = MARK in written
        is_site = is_defanged or name[:4].lower() == "www."
        if not is_site and has_known_extension(name):
            self.found.add(at, ObservableKind.FILE_NAME, name)
            return end
        for offset, candidate in _host_candidates(written):
            plain = candidate.replace(MARK, ".")
            domain = domain_of(plain)
            if domain is None:
                continue
            begin, behind = at + offset, at + offset + len(candidate)
            if is_site or self.text[behind : behind + 1] == "/" or not _is_prose(plain):
                self.found.add(begin, ObservableKind.DOMAIN, domain)
                return self._read_path(begin, behind, limit)
            return end
        if is_site and has_known_extension(name):
            self.found.add(at, ObservableKind.FILE_NAME, name)
        return end

    def _read_numbers(self, at: int, name: str, limit: int) -> int:
        """Addresses made of digits: IPv4 (also two as a range), a hardware address in fours, a sub-technique."""
        end = at + len(name)
        if len(name) == 14 and (mac := mac_of(name)) and any(char.isdigit() for char in name):
            self.found.add(at, ObservableKind.MAC, mac)
        elif len(name) == 9 and name[0] == "t" and name[1:2] == "1" and (technique := attack_of(name)):
            self.found.add(at, ObservableKind.ATTACK, technique)
        elif name.count(".") >= 3 and len(name) <= 31:
            for part in name.split("-") if name.count("-") == 1 else (name,):
                address = ipv4_of(part)
                if address is not None and _is_meant(self.text, at, address):
                    self.found.add(at, ObservableKind.IPV4, address)
                    if part == name:
                        return self._read_path(at, end, limit)
        return end

    def _read_path(self, start: int, end: int, limit: int) -> int:
        """Adds the URL that a host without a scheme begins ("example.com/login"); returns the offset behind it."""
        if self.text[end : end + 1] not in {"/", ":"} or not _SCHEMELESS_TAIL.match(self.text, end, limit):
            return end
        if start and self.text[start - 1] in "/\\=@":
            return end
        segment = _NEXT_SEGMENT.match(self.text, end, limit)
        if segment is not None:
            other = segment[1].replace(MARK, ".")
            # "example.com/example.org" are two, and "10.0.0.0/24" is a network.
            if other.isdigit() or ipv4_of(other) or (domain_of(other) is not None and not has_known_extension(other)):
                return end
        url = read_url(self.text, start, start, limit)
        if url is None or url.end <= end:
            return end
        if url.host.kind is HostKind.IPV4 and not any(sign in self.text[end + 1 : url.end] for sign in "/.?:"):
            return end
        self.found.add(start, ObservableKind.URL, url.text)
        self.links.append((start, url.end))
        return url.end


def scan_addresses(text: str, found: Found) -> Links:
    """Adds what has an address in `text` (flat and marked, see `defang`) to `found`.

    Returns the spans, in order, of links and mail addresses inside which nothing else is to be looked for.
    """
    scan = _Scan(text, found)
    scan.scan()
    return scan.links
