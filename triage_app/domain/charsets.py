"""Bytes to text when the charset is unknown, missing or a lie."""

import codecs
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import chardet

SAMPLE_BYTES = 4096
_ASCII = bytes(range(128))
# A guess from fewer bytes than this is none; a lone letter beyond ASCII is most often a Western one.
_FEW = 3

# Only these are ever handed to `codecs`: the registry also holds codecs that are slow (punycode) or no charset at all.
_NAMES = """
ascii utf_8 utf_8_sig utf_7 utf_16 utf_16_le utf_16_be utf_32 utf_32_le utf_32_be
cp437 cp737 cp775 cp850 cp852 cp855 cp857 cp858 cp860 cp861 cp862 cp863 cp864 cp865 cp866 cp869 cp874 cp1006 cp1125
cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258
iso8859_1 iso8859_2 iso8859_3 iso8859_4 iso8859_5 iso8859_6 iso8859_7 iso8859_8 iso8859_9 iso8859_10 iso8859_11
iso8859_13 iso8859_14 iso8859_15 iso8859_16
koi8_r koi8_u koi8_t kz1048 ptcp154 mac_roman mac_cyrillic mac_greek mac_latin2 mac_turkish hp_roman8 tis_620
gb2312 gbk gb18030 hz big5 big5hkscs cp950 euc_jp euc_jis_2004 euc_jisx0213 shift_jis cp932 shift_jis_2004
iso2022_jp iso2022_jp_1 iso2022_jp_2 iso2022_jp_3 iso2022_jp_ext iso2022_kr euc_kr cp949 johab
"""
_ALLOWED = frozenset(_NAMES.split())

# Senders declare the smaller charset and use the larger; the WHATWG Encoding Standard reads these the same way.
_WIDER: Mapping[str, str] = MappingProxyType({
    "iso8859_1": "cp1252", "ascii": "cp1252", "iso8859_9": "cp1254", "iso8859_11": "cp874", "tis_620": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949", "shift_jis": "cp932", "big5": "big5hkscs",
    "cp950": "big5hkscs", "iso2022_jp": "iso2022_jp_ext",
})  # fmt: skip

_ALIASES: Mapping[str, str] = MappingProxyType({
    "unicode-1-1-utf-8": "utf_8", "utf8mb4": "utf_8", "x-user-defined": "cp1252", "x-unknown": "", "unknown-8bit": "",
    "8bit": "", "default": "", "_iso-2022-jp$esc": "iso2022_jp_ext", "x-sjis": "cp932", "windows-31j": "cp932",
    "ks_c_5601-1987": "cp949", "ks_c_5601": "cp949", "x-gbk": "gb18030", "x-euc-jp": "euc_jp",
    "iso-8859-8-i": "iso8859_8",
    "iso-8859-6-i": "iso8859_6", "cp-850": "cp850", "win-1251": "cp1251", "ansi_x3.110-1983": "cp1252",
    "cp65001": "utf_8", "x-mac-roman": "mac_roman", "macintosh": "mac_roman", "dos-862": "cp862", "x-big5": "big5hkscs",
})  # fmt: skip

_WESTERN = frozenset({"", "cp1252", "utf_8"})
_STATEFUL = frozenset({
    "iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_3", "iso2022_jp_ext", "iso2022_kr", "hz", "utf_7",
    "utf_16", "utf_16_le", "utf_16_be", "utf_32", "utf_32_le", "utf_32_be",
})  # fmt: skip
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf_32"),
    (codecs.BOM_UTF32_BE, "utf_32"),
    (codecs.BOM_UTF16_LE, "utf_16"),
    (codecs.BOM_UTF16_BE, "utf_16"),
)
_NAME = re.compile(r"[A-Za-z0-9_.:$+-]{1,40}")
_META = re.compile(
    rb"""<(?:meta\b|\?xml\b)[^<>]{0,200}?(?:charset|encoding)\s{0,9}=\s{0,9}["']?([A-Za-z0-9_.:-]{2,40})""", re.I
)
_SURROGATES = re.compile("[\ud800-\udfff]")


class Decoded(NamedTuple):
    """Text, the codec that made it, and whether the charset was guessed or bytes were replaced."""

    text: str
    codec: str
    guessed: bool = False
    replaced: bool = False


def codec(name: str) -> str:
    """The Python codec for a charset name as mail declares it, "" where it is unknown or not to be used."""
    name = name.strip().strip("\"'").lower()
    if name in _KNOWN:
        return _KNOWN[name]
    if name in _ALIASES:
        return _ALIASES[name]
    if not _NAME.fullmatch(name):
        return ""
    try:
        found = codecs.lookup(name).name.replace("-", "_")
    except LookupError:
        if name.startswith(("windows-", "windows_")):
            return codec("cp" + name[8:])
        return ""
    return _WIDER.get(found, found) if found in _ALLOWED else ""


# The handful that nearly all mail uses, so that the registry is not asked each time.
_KNOWN: Mapping[str, str] = MappingProxyType({
    "": "", "utf-8": "utf_8", "utf8": "utf_8", "us-ascii": "cp1252", "ascii": "cp1252", "iso-8859-1": "cp1252",
    "windows-1252": "cp1252", "latin1": "cp1252",
})  # fmt: skip


def html_charset(data: bytes) -> str:
    """The charset that an HTML or XML document names in its first kilobyte, "" if none."""
    found = _META.search(data, 0, 1024)
    return found[1].decode("ascii") if found else ""


def decode(data: bytes, declared: str = "") -> Decoded:
    """Text of bytes: the declared charset, else BOM, else UTF-8, else a guess from a sample. Never raises.

    UTF-8 goes before a declared Western charset: text that is valid UTF-8 beyond ASCII practically never is
    anything else.
    """
    name = codec(declared)
    if name not in _STATEFUL and data.isascii():
        if b"\x1b$" in data:
            name = "iso2022_jp_ext"
        else:
            return Decoded(data.decode("ascii"), "ascii")
    if data.startswith(codecs.BOM_UTF8):
        data, name = data[3:], "utf_8"
    for mark, marked in _BOMS:
        if data.startswith(mark) and b"\x00" in data[:SAMPLE_BYTES]:
            return _forced(data, marked, guessed=False)
    if name in _WESTERN:
        try:
            return Decoded(data.decode("utf_8"), "utf_8")
        except UnicodeDecodeError:
            pass
    if name:
        try:
            return Decoded(_whole(data.decode(name), name), name)
        except (UnicodeDecodeError, ValueError):
            pass
        if name != "utf_8":
            return _forced(data, name, guessed=False)
    return _guess(data, name)


def _guess(data: bytes, name: str) -> Decoded:
    """What chardet says of a sample; a charset that was declared wins over a poor guess."""
    sample = _sample(data)
    if len(sample.translate(None, _ASCII)) <= _FEW and not name:
        return _forced(data, "cp1252", guessed=True)
    guess = codec(chardet.detect(sample)["encoding"] or "")
    if name and (guess in _WESTERN or _mostly_utf8(data)):
        return _forced(data, name, guessed=False)
    return _forced(data, guess or "cp1252", guessed=True)


def _sample(data: bytes) -> bytes:
    """A sample around the first byte beyond ASCII: the start of a long text may hold none."""
    if len(data) <= SAMPLE_BYTES:
        return data
    start = len(data) - len(data.lstrip(_ASCII))
    return data[max(0, start - 256) : max(0, start - 256) + SAMPLE_BYTES]


def _mostly_utf8(data: bytes) -> bool:
    """Whether a sample is UTF-8 but for a few bytes, such as a character cut in half."""
    text = _sample(data).decode("utf_8", "replace")
    return text.count("\ufffd") * 20 < sum(not c.isascii() for c in text)


def _forced(data: bytes, name: str, *, guessed: bool) -> Decoded:
    try:
        text = data.decode(name, "replace")
    except (UnicodeDecodeError, LookupError, ValueError):
        text, name = data.decode("latin_1"), "iso8859_1"
    return Decoded(_whole(text, name), name, guessed, "\ufffd" in text)


def _whole(text: str, name: str) -> str:
    """Without lone surrogates, which some codecs let through and no storage takes."""
    return _SURROGATES.sub("\ufffd", text) if name in _STATEFUL else text
