"""The one preparation of text for models and keywords: the same when a model learns and when it is asked."""

import re
import unicodedata
from typing import Final

PREPARATION: Final = "wording-2026-11-24"
"""The id of this preparation. A model only understands text that was prepared as its examples were: change the id
whenever `prepare` gives another result."""

READ_LIMIT: Final = 20_000
"""Characters read of one text; what lies beyond is ignored, so that the longest mail costs what a long one does."""

TEXT_LIMIT: Final = 10_000
"""Characters of the prepared text, about 1,700 words; cut between two words."""

MODEL_LIMIT: Final = 2_000
"""Characters of a prepared text that a model reads, in training and in use: a mail says early what it is about, and on
real mail the answers hardly change beyond (keywords look at all of it)."""

_TOKENS = "!?$"  # Punctuation that says something by itself stays, as a word of its own.
_ASCII = bytes(
    byte if byte >= 0x80 else ord(chr(byte).lower() if chr(byte).isalnum() or chr(byte) in _TOKENS else " ")
    for byte in range(256)
)
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
    are words of their own. Nothing in the result can be read as FastText's label prefix. Reads `READ_LIMIT` and
    returns at most `TEXT_LIMIT` characters. Preparing again changes nothing. Linear.
    """
    text = text[:READ_LIMIT]
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
    out = raw.decode()
    if len(out) > TEXT_LIMIT:
        out = out[: TEXT_LIMIT + 1]
        out = out[: out.rfind(" ")] if " " in out else out[:TEXT_LIMIT]
    return out


def _fold(text: str) -> str:
    # Composed first, so that a base and its mark meet the table as one character.
    text = unicodedata.normalize("NFC", text.replace("'", ""))
    # Few wide characters: touch only those. Many: one pass over everything is quicker than a call for each run.
    if len(text.encode("utf-8", "replace")) - len(text) > len(text) // 8:
        text = text.translate(_WIDE)
    else:
        text = _WIDE_RUN.sub(lambda run: run[0].translate(_WIDE), text)
    return unicodedata.normalize("NFKC", text[:READ_LIMIT])
