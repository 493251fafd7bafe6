"""The one preparation of text for models and keywords: the same when a model learns and when it is asked."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

PREPARATION: Final = "wording-2026-11-24.2"
"""The id of this preparation. A model only understands text that was prepared as its examples were: change the id
whenever `prepare` or `for_model` gives another result."""

READ_LIMIT: Final = 20_000
"""Characters read of one text; what lies beyond is ignored, so that the longest mail costs what a long one does."""

TEXT_LIMIT: Final = 10_000
"""Characters of the prepared text, about 1,700 words; cut between two words."""

MODEL_LIMIT: Final = 2_000
"""Characters of a prepared text that a model reads: a mail says early what it is about, and on
real mail the answers hardly change beyond (keywords look at all of it)."""

OWN_WORDS: Final = (
    "you were right to report this the mail is a phishing attempt please delete it",
    "we looked at the mail that you reported it is harmless and you may use it as usual",
    "it was received and is handled under the number",
)
"""What our own letters say of a mail, prepared: a model that read it would learn its own answers."""

_TOKENS = "!?$"  # Punctuation that says something by itself stays, as a word of its own.
_ASCII = bytes(
    byte if byte >= 0x80 else ord(chr(byte).lower() if chr(byte).isalnum() or chr(byte) in _TOKENS else " ")
    for byte in range(256)
)
# What we and the gateways write into subjects: the ticket's number, and that a mail is from outside.
_TAG = re.compile(r"\[(?:#\d{1,10}|ext|extern|external|external (?:e-?mail|sender|mail)|outside)\]", re.IGNORECASE)
_VERDICT_LINE = re.compile(r"^[ \t>]{0,20}x-(?:triage|spam|virus)[\w-]{0,60}:[^\n]*$", re.IGNORECASE | re.MULTILINE)
_BANNER = re.compile(
    r"(?:\b(?:caution|warning|attention|notice|achtung|vorsicht)\b[\s:!*-]{0,9})?"
    r"\b(?:this|diese)\s(?:e-?mail|message|nachricht)\s"
    r"(?:has\s|was\s|wurde\s)?(?:originated|originates|come|comes|came|sent|stammt|kommt)\s"
    r"(?:from\s|von\s)?(?:an?\s|einem\s|einer\s)?(?:outside|external|extern|externen|au\xdferhalb)\b[^\n.!]{0,120}[.!]?"
    r"(?:\s{1,9}(?:please\s)?(?:do\snot|don[\u2019']?t)\s(?:click|open)[^\n.!]{0,200}[.!]?)?",
    re.IGNORECASE,
)
_SPEAKS_OF_ITSELF = re.compile(r"(?<=his|HIS|ese|ESE)\s(?:[eE]-?[mM]ail|E-?MAIL|[mM]essage|MESSAGE|Nachricht)\s")
# A word with a digit, or four short numbers in a row. Tried at the beginning of words only, so that it is linear.
_NUMBERED = re.compile(r"(?<!\w)(?:(\d{1,3}(?: \d{1,3}){3}(?!\w))|[^\W\d]*\d\w*)")
_DIGIT = re.compile(r"\d")
_LONG_NUMBER: Final = 4
_LONG_ID: Final = 6
_WIDE_RUN = re.compile(r"[^\x00-\x7f]+")
# Han, Hiragana and Katakana are written without spaces: each character becomes a word.
_UNSPACED = ((0x3041, 0x30FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFD))


class _WideTable(dict[int, str]):
    """What becomes of each character, found out when it is first met; bounded by the size of Unicode."""

    def __missing__(self, code: int) -> str:
        self[code] = result = chr(code) if code < 0x80 else "".join(map(_spread, _plain(chr(code))))
        return result


def _plain(char: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", char).casefold())


def _spread(char: str) -> str:
    code, category = ord(char), unicodedata.category(char)
    if category == "Cf" or char in "'\u2019\u02bc":
        # Invisible characters hide words from filters; apostrophes are left out as in ASCII.
        return ""
    if code < 0x80:
        return char
    if category in {"Sc", "So"} or any(low <= code <= high for low, high in _UNSPACED):
        return f" {char} "
    return char if category[0] in "LMN" else " "


_WIDE = _WideTable()


def prepare(text: str) -> str:
    """Words in lower case with single spaces between them: what models and keywords see.

    NFKC (Unicode Annex 15), lower case by case folding; punctuation, controls, lone surrogates and line ends become
    spaces; apostrophes and invisible characters vanish; `! ? $`, currency signs, emoji and each Han or Kana character
    are words of their own. Left out are our own marks and those of gateways: `[#12]` and `[EXTERNAL]` in subjects,
    banners that say that a mail is from outside, `X-Triage` and `X-Spam` lines, and `OWN_WORDS`. Nothing in the result
    can be read as FastText's label prefix. Reads `READ_LIMIT` and
    returns at most `TEXT_LIMIT` characters. Preparing again changes nothing. Linear.
    """
    text = _unmarked(text[:READ_LIMIT])
    if not text.isascii():
        text = _fold(text)
    elif "'" in text:
        text = text.replace("'", "")
    raw = text.encode().translate(_ASCII)
    for mark in (b"!", b"?", b"$"):
        if mark in raw:
            raw = raw.replace(mark, b" %b " % mark)
    if b"  " in raw or raw[:1] == b" " or raw[-1:] == b" ":
        raw = b" ".join(raw.split())
    out = without(raw.decode(), OWN_WORDS)
    if len(out) > TEXT_LIMIT:
        out = out[: TEXT_LIMIT + 1]
        out = out[: out.rfind(" ")] if " " in out else out[:TEXT_LIMIT]
    return out


def without(text: str, phrases: Iterable[str]) -> str:
    """A prepared text without these prepared phrases; where others come about by that, they go as well."""
    for phrase in phrases:
        while phrase and phrase in text:
            shorter = f" {text} ".replace(f" {phrase} ", " ").strip()
            if len(shorter) >= len(text):
                break
            text = shorter
    return text


def for_model(text: str) -> str:
    """The part of a prepared text that a model reads, in training and in use: its first `MODEL_LIMIT` characters, with
    `#address`, `#number` or `#id` in the place of what is never the same twice.

    Four numbers of up to three digits in a row are an address, a number has four digits or more, an id six characters
    with two digits or more among letters; shorter ones, such as `365` or `2fa`, are words (chosen by measurement).
    Keywords see the text as it was. Doing it again changes nothing. Linear.
    """
    text = text[:MODEL_LIMIT]
    return _NUMBERED.sub(_kind, text) if _DIGIT.search(text) else text


def _kind(found: re.Match[str]) -> str:
    word = found[0]
    if found[1]:
        return "#address"
    if word.isdigit():
        return "#number" if len(word) >= _LONG_NUMBER else word
    return "#id" if len(word) >= _LONG_ID and sum(map(str.isdigit, word)) > 1 else word


def _unmarked(text: str) -> str:
    if "[" in text:
        text = _TAG.sub(" ", text)
    if "X-" in text or "x-" in text:
        text = _VERDICT_LINE.sub(" ", text)
    if ("utside" in text or "xtern" in text or "erhalb" in text or "UTSIDE" in text or "XTERN" in text) and (
        _SPEAKS_OF_ITSELF.search(text)
    ):
        text = _BANNER.sub(" ", text)
    return text


def _fold(text: str) -> str:
    # Composed first, so that a base and its mark meet the table as one character.
    text = unicodedata.normalize("NFC", text.replace("'", ""))
    # Few wide characters: touch only those. Many: one pass over everything is quicker than a call for each run.
    if len(text.encode("utf-8", "replace")) - len(text) > len(text) // 8:
        text = text.translate(_WIDE)
    else:
        text = _WIDE_RUN.sub(lambda run: run[0].translate(_WIDE), text)
    return unicodedata.normalize("NFKC", text[:READ_LIMIT])
