"""Words as both databases cut and compare them, so that a search finds the same in either."""

import re

from triage_app.domain.terms import unmarked

MAX_SEARCH_TEXT = 100_000
"""Characters of a ticket that full text search covers; PostgreSQL holds no more than 1 MB a row."""

MAX_WORDS = 32
"""Words of a search that count."""

_WORD = re.compile(r"[^\W_]+")
_NO_WORD = re.compile(r"[\W_]+")


def search_words(words: str) -> list[str]:
    """The runs of letters and digits in a search; at most `MAX_WORDS`."""
    return _WORD.findall(words[:2_000])[:MAX_WORDS]


def index_text(text: str) -> str:
    """The text as words and spaces only, so that PostgreSQL cuts it into the same words as SQLite."""
    text = text[:MAX_SEARCH_TEXT].lower()
    if not text.isascii():
        text = unmarked(text)
    return " ".join(each[:255] for each in _NO_WORD.split(text))
