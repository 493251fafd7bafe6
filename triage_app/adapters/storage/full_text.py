"""Trees of phrases as both databases search their full text for them: what is asked, and which rows hold it.

A tree is one of `domain.query` whose leaves are phrases alone. Only letters and digits are left of each word, so
nothing in it is read as an operator.
"""

from enum import StrEnum
from typing import Protocol

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

MAX_ENDINGS = 64
"""Words with one beginning up to which they are looked for one by one, which gives the first hits at once."""


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

    def is_heavy(self, wanted: Node) -> bool:
        """Whether each single question costs as much as reading all hits."""


class SqliteFullText:
    """FTS5. A row's id is its `rowid`."""

    def rows(self, index: TextIndex) -> tuple[TableClause, ColumnClause[int]]:
        row = column("rowid", BigInteger)
        return table(index.value, row), row

    def holds(self, index: TextIndex, wanted: Node) -> ColumnElement[bool]:
        found: ColumnElement[bool] = literal_column(index.value).op("MATCH")(bindparam(None, _match(wanted)))
        return found

    def spelled_out(self, connection: Connection, index: TextIndex, wanted: Node) -> Node:
        match wanted:
            case And(parts):
                return And(tuple(self.spelled_out(connection, index, each) for each in parts))
            case Or(parts):
                return Or(tuple(self.spelled_out(connection, index, each) for each in parts))
            case Not(part):
                return Not(self.spelled_out(connection, index, part))
            case Phrase(prefix=True):
                return self._endings(connection, index, wanted)
        return wanted

    def is_heavy(self, wanted: Node) -> bool:
        # All words with a beginning are merged before the first hit comes.
        return any(each.prefix for each in phrases(wanted))

    def _endings(self, connection: Connection, index: TextIndex, wanted: Phrase) -> Node:
        *before, last = search_words(wanted.text)
        if not last.isascii():
            return wanted
        found: list[str] = []
        after = last.lower()
        end = after + "\U0010ffff"
        next_word = f"SELECT term FROM temp.{index.value}_words WHERE term {{}} ? AND term < ? LIMIT 1"  # noqa: S608
        while len(found) <= MAX_ENDINGS:
            statement = next_word.format(">" if found else ">=")
            row = connection.exec_driver_sql(statement, (after, end)).first()
            if row is None:
                break
            after = row[0]
            found.append(after)
        if len(found) > MAX_ENDINGS or any(search_words(each) != [each] for each in found):
            return wanted
        spelled = tuple(Phrase(" ".join([*before, each]), wanted.place) for each in found)
        return Or(spelled) if spelled else Phrase(wanted.text, wanted.place)


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

    def is_heavy(self, wanted: Node) -> bool:
        return False


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
