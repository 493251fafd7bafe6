"""Trees of phrases as both databases search their full text for them: what is asked, and which rows hold it.

A tree is one of `domain.query` whose leaves are phrases alone. Only letters and digits are left of each word, so
nothing in it is read as an operator.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy import (
    BigInteger,
    ColumnClause,
    ColumnElement,
    Connection,
    TableClause,
    bindparam,
    column,
    func,
    literal_column,
    table,
)

from triage_app.adapters.storage.words import search_words
from triage_app.domain.query import And, Node, Not, Or, Phrase, TextPlace
from triage_app.domain.terms import unmarked

FEW_ENDINGS = 64
"""Words with one beginning up to which they are always looked for one by one."""

MANY_ENDINGS = 1_024
"""Words up to which the first hits are looked for so: merging all that they have takes long."""

_LAST = "\U0010ffff"
_MERGED_AT_ONCE = 300_000
"""Hits of single words that are merged in no time."""


class TextIndex(StrEnum):
    """What is searched: the texts of tickets, their subjects and senders, or what was added to them."""

    TEXTS = "ticket_texts"
    HEADS = "ticket_heads"
    ADDITIONS = "addition_texts"


class FullText(Protocol):
    """What a search asks of a database's full text."""

    def rows(self, index: TextIndex) -> tuple[TableClause, ColumnClause[int]]:
        """The table of an index, and the column of it that has the ids."""

    def holds(self, index: TextIndex, wanted: Node) -> ColumnElement[bool]:
        """A condition on a row of the index: its text is as the tree wants it."""

    def spelled_out(self, connection: Connection, index: TextIndex, wanted: Node) -> Node:
        """The tree with each beginning that few words have replaced by those, where that is cheaper."""

    def first_spelled(self, connection: Connection, index: TextIndex, wanted: Node) -> Node | None:
        """The tree with all beginnings replaced by their words, with which the first hits come sooner; or None."""

    def is_heavy(self, wanted: Node) -> bool:
        """Whether each single question costs as much as reading all hits."""

    def weight(self, connection: Connection, index: TextIndex, wanted: Node) -> int:
        """How many hits of single words each question must merge."""


class SqliteFullText:
    """FTS5. A row's id is its `rowid`."""

    def rows(self, index: TextIndex) -> tuple[TableClause, ColumnClause[int]]:
        row = column("rowid", BigInteger)
        return table(index.value, row), row

    def holds(self, index: TextIndex, wanted: Node) -> ColumnElement[bool]:
        found: ColumnElement[bool] = literal_column(index.value).op("MATCH")(bindparam(None, _match(wanted)))
        return found

    def spelled_out(self, connection: Connection, index: TextIndex, wanted: Node) -> Node:
        return _replaced(wanted, lambda phrase: self._few_endings(connection, index, phrase))

    def first_spelled(self, connection: Connection, index: TextIndex, wanted: Node) -> Node | None:
        spelled = _replaced(wanted, lambda phrase: self._many_endings(connection, index, phrase))
        leaves = phrases(spelled)
        return None if len(leaves) > MANY_ENDINGS or any(each.prefix for each in leaves) else spelled

    def is_heavy(self, wanted: Node) -> bool:
        # All words with a beginning are merged before the first hit comes.
        return any(each.prefix for each in phrases(wanted))

    def weight(self, connection: Connection, index: TextIndex, wanted: Node) -> int:
        counts = f"SELECT coalesce(sum(doc), 0) FROM temp.{index.value}_counts WHERE term >= ? AND term < ?"  # noqa: S608
        begin = [search_words(each.text)[-1].lower() for each in phrases(wanted) if each.prefix]
        return sum(connection.exec_driver_sql(counts, (each, each + _LAST)).scalar_one() for each in begin)

    def _few_endings(self, connection: Connection, index: TextIndex, wanted: Phrase) -> Node:
        driver: Any = connection.connection.driver_connection
        next_word = f"SELECT term FROM temp.{index.value}_words WHERE term >= ? AND term < ? LIMIT 1"  # noqa: S608
        begin = search_words(wanted.text)[-1].lower()
        after, end = begin, begin + _LAST
        found: list[str] = []
        while len(found) <= FEW_ENDINGS:
            row = driver.execute(next_word, (after, end)).fetchone()
            if row is None:
                return _with_endings(wanted, found)
            found.append(row[0])
            # The next one from here on: looking for what is greater would read all that this one has.
            after = row[0] + "\0"
        return wanted

    def _many_endings(self, connection: Connection, index: TextIndex, wanted: Phrase) -> Node:
        words = f"SELECT term, doc FROM temp.{index.value}_counts WHERE term >= ? AND term < ? LIMIT ?"  # noqa: S608
        begin = search_words(wanted.text)[-1].lower()
        rows = connection.exec_driver_sql(words, (begin, begin + _LAST, MANY_ENDINGS + 1)).all()
        if len(rows) > MANY_ENDINGS or sum(row[1] for row in rows) < _MERGED_AT_ONCE:
            return wanted
        return _with_endings(wanted, [row[0] for row in rows])


class PostgresFullText:
    """Text search with the configuration `simple`, over words that are cut as FTS5 cuts them."""

    def rows(self, index: TextIndex) -> tuple[TableClause, ColumnClause[int]]:
        row = column("id", BigInteger)
        return table(index.value, row, column("words")), row

    def holds(self, index: TextIndex, wanted: Node) -> ColumnElement[bool]:
        query = func.to_tsquery(literal_column("'simple'"), bindparam(None, _tsquery(wanted)))
        found: ColumnElement[bool] = literal_column(f"{index.value}.words").op("@@")(query)
        return found

    def spelled_out(self, connection: Connection, index: TextIndex, wanted: Node) -> Node:
        return wanted

    def first_spelled(self, connection: Connection, index: TextIndex, wanted: Node) -> Node | None:
        return None

    def is_heavy(self, wanted: Node) -> bool:
        return False

    def weight(self, connection: Connection, index: TextIndex, wanted: Node) -> int:
        return 0


def phrases(wanted: Node) -> list[Phrase]:
    """The phrases of a tree."""
    match wanted:
        case And(parts) | Or(parts):
            return [found for each in parts for found in phrases(each)]
        case Not(part):
            return phrases(part)
        case Phrase():
            return [wanted]
    raise TypeError(f"{type(wanted).__name__} is not searched for in full text.")


def _replaced(wanted: Node, by: Callable[[Phrase], Node]) -> Node:
    """The tree with each beginning of a word replaced; FTS5 knows others by their marks than we do."""
    match wanted:
        case And(parts):
            return And(tuple(_replaced(each, by) for each in parts))
        case Or(parts):
            return Or(tuple(_replaced(each, by) for each in parts))
        case Not(part):
            return Not(_replaced(part, by))
        case Phrase(prefix=True) if wanted.text.isascii():
            return by(wanted)
    return wanted


def _with_endings(wanted: Phrase, endings: Sequence[str]) -> Node:
    """The phrase with each of some words in place of its last one; itself where one of them is cut otherwise."""
    before = search_words(wanted.text)[:-1]
    if any(search_words(each) != [each] for each in endings):
        return wanted
    spelled = tuple(Phrase(" ".join([*before, each]), wanted.place) for each in endings)
    return Or(spelled) if spelled else Phrase(wanted.text, wanted.place)


def _match(wanted: Node) -> str:
    """A query of FTS5."""
    match wanted:
        case And(parts):
            without = [each.part for each in parts if isinstance(each, Not)]
            found = " AND ".join(_match(each) for each in parts if not isinstance(each, Not))
            unwanted = " OR ".join(map(_match, without))
            return f"(({found}) NOT ({unwanted}))" if without else f"({found})"
        case Or(parts):
            return f"({' OR '.join(map(_match, parts))})"
        case Phrase():
            column_name = {TextPlace.SUBJECT: "subject : ", TextPlace.SENDER: "sender : "}.get(wanted.place, "")
            star = "*" if wanted.prefix else ""
            return f'{column_name}"{" ".join(search_words(wanted.text))}"{star}'
    raise TypeError(f"{type(wanted).__name__} is not searched for in full text.")


def _tsquery(wanted: Node) -> str:
    """A query of PostgreSQL's text search."""
    match wanted:
        case And(parts):
            return f"({' & '.join(map(_tsquery, parts))})"
        case Or(parts):
            return f"({' | '.join(map(_tsquery, parts))})"
        case Not(part):
            return f"!{_tsquery(part)}"
        case Phrase():
            weight = {TextPlace.SUBJECT: "A", TextPlace.SENDER: "B"}.get(wanted.place, "")
            words = search_words(unmarked(wanted.text))
            terms = [f"{each}:{weight}" if weight else each for each in words]
            if wanted.prefix:
                terms[-1] = f"{words[-1]}:*{weight}"
            return f"({' <-> '.join(terms)})"
    raise TypeError(f"{type(wanted).__name__} is not searched for in full text.")
