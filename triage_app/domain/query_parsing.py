"""Reading a query: what it asks for as a tree, its parts as chips, and what is wrong with it at which place."""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from triage_app.domain.errors import InvalidInput
from triage_app.domain.query import EVERYTHING, And, Node, Not, Or, TextPlace
from triage_app.domain.query_fields import Field, field_named, nearest_field
from triage_app.domain.query_tokens import Piece, Token, TokenKind, tokens_of, usable
from triage_app.domain.query_values import Scope, Value, is_searchable, words

MAX_LENGTH = 2_000
MAX_PARTS = 64
MAX_DEPTH = 20

_anywhere = words(TextPlace.ANYWHERE)


@dataclass(frozen=True, slots=True)
class Chip:
    """A part of a query as it is drawn: where it stands (characters, end exclusive), its field (empty for words), its
    value, and whether it is excluded.

    All chips of a query must hold. What OR joins is one chip with its text.
    """

    start: int
    end: int
    field: str
    value: str
    excluded: bool


@dataclass(frozen=True, slots=True)
class QueryProblem:
    """What is wrong with a query, where (characters, end exclusive), and what to do."""

    start: int
    end: int
    message: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a query asks for, its chips in order, and its first problem or None; with a problem `node` is everything."""

    node: Node
    chips: tuple[Chip, ...]
    problem: QueryProblem | None


def parse_query(text: str, *, now: datetime, me: str = "", zone: tzinfo = UTC) -> Parsed:
    """Read a query (see `docs/search.md`) at a time (aware), for a person, with times without a zone in `zone`.

    Never raises for what is in the text, and takes time in proportion to its length.
    """
    if len(text) > MAX_LENGTH:
        message = f"A query has at most {MAX_LENGTH:,} characters; this one has {len(text):,}. Shorten it."
        return Parsed(EVERYTHING, (), QueryProblem(MAX_LENGTH, len(text), message))
    clean = usable(text)
    reading = _Reading(clean, tokens_of(clean), Scope(now, zone, me))
    node = reading.whole()
    problem = min(reading.problems, key=lambda each: each.start, default=None)
    if node is None and problem is None and clean.strip():
        message = "There is nothing to search for in it: a query needs a letter or a digit."
        problem = QueryProblem(0, len(text), message)
    return Parsed(node if node is not None and problem is None else EVERYTHING, tuple(reading.chips), problem)


class _Reading:
    """One query while it is read: NOT binds closest, then AND (which may be left out), then OR."""

    def __init__(self, text: str, tokens: list[Token], scope: Scope) -> None:
        self._text = text
        self._tokens = tokens
        self._scope = scope
        self._at = 0
        self._parts = 0
        self._is_joined = False
        self.problems: list[QueryProblem] = []
        self.chips: list[Chip] = []

    def whole(self) -> Node | None:
        found: list[Node] = []
        while self._at < len(self._tokens):
            node = self._any(0)
            if node is not None:
                found.append(node)
            if self._at < len(self._tokens):
                self._complain(self._next(), "Nothing is open that this ) closes: remove it, or put it in quotes.")
        if self._is_joined and len(self.chips) > 1:
            start, end = self.chips[0].start, self.chips[-1].end
            self.chips = [Chip(start, end, "", self._text[start:end], excluded=False)]
        return _joined(found)

    def _any(self, depth: int) -> Node | None:
        """What OR joins, up to a closing parenthesis or the end."""
        groups = [self._all(depth)]
        while self._kind() is TokenKind.OR:
            token = self._next()
            self._is_joined = self._is_joined or not depth
            following = self._all(depth)
            if groups[-1] is None or following is None:
                self._complain(token, "OR needs something on either side; to search for the word, write it small.")
            groups.append(following)
        found = tuple(each for each in groups if each is not None)
        return Or(found) if len(found) > 1 else _joined(list(found))

    def _all(self, depth: int) -> Node | None:
        """What stands side by side, or is joined by AND."""
        found: list[Node] = []
        while (kind := self._kind()) not in {None, TokenKind.OR, TokenKind.CLOSE}:
            if kind is TokenKind.AND:
                self._at += 1
                continue
            node = self._one(depth)
            if node is not None:
                found.append(node)
        return _joined(found)

    def _one(self, depth: int) -> Node | None:
        """A part or a group, excluded or not."""
        first = self._tokens[self._at]
        excluded = False
        while self._kind() is TokenKind.NOT:
            excluded = not excluded
            self._at += 1
        kind = self._kind()
        if kind not in {TokenKind.OPEN, TokenKind.PART}:
            self._complain(first, "Nothing follows that this excludes; to search for the word, write it small.")
            return None
        token = self._next()
        if kind is TokenKind.OPEN:
            end, node = self._group(token, depth)
            field, value = "", self._text[token.start : end]
        else:
            end = token.end
            field, value = self._shown(token)
            node = self._part(token, excluded=excluded)
            if node is None:
                return None
        if depth == 0:
            self.chips.append(Chip(first.start, end, field, value, excluded))
        return Not(node) if excluded and node is not None else node

    def _group(self, opening: Token, depth: int) -> tuple[int, Node | None]:
        """What is in parentheses, and where they end."""
        if depth == MAX_DEPTH:
            self._complain(opening, f"Parentheses may be nested {MAX_DEPTH} deep: write this more simply.")
            self._at = len(self._tokens)
            return len(self._text.rstrip()), None
        troubles = len(self.problems)
        node = self._any(depth + 1)
        if self._kind() is not TokenKind.CLOSE:
            self._complain(opening, "This ( is not closed: write a ) behind its last part, or put it in quotes.")
            return self._tokens[-1].end, node
        end = self._next().end
        if node is None and troubles == len(self.problems):
            message = "There is nothing to search for between these parentheses: fill or remove them."
            self.problems.append(QueryProblem(opening.start, end, message))
        return end, node

    def _part(self, token: Token, *, excluded: bool) -> Node | None:
        """A word, a phrase or a field; None where nothing of it can be searched for."""
        if token.open >= 0:
            message = "This quote is not closed: write another one behind the last word, or remove it."
            self.problems.append(QueryProblem(token.open, token.end, message))
            return EVERYTHING
        is_last = self._at == len(self._tokens) and not excluded
        field = field_named(token.name) if token.name else None
        if field is None:
            return self._words(token, is_last=is_last)
        found = [
            self._value(token, piece, field, is_last=is_last and piece is token.pieces[-1]) for piece in token.pieces
        ]
        return Or(tuple(found)) if len(found) > 1 else found[0]

    def _words(self, token: Token, *, is_last: bool) -> Node | None:
        piece = token.pieces[0]
        if token.name:
            near = nearest_field(token.name)
            if not _is_prose(self._text[token.start : token.end], near):
                meant = f" Did you mean `{near}`?" if near else ""
                end = token.start + len(token.name) + 1
                message = f"There is no field `{token.name}`.{meant} To search for the words, put them in quotes."
                self.problems.append(QueryProblem(token.start, end, message))
                return EVERYTHING
            piece = Piece(self._text[token.start : token.end], token.start, token.end)
        if not piece.quoted and not is_searchable(piece.text):
            return None
        return self._read(piece, Value(piece.text, piece.quoted, piece.prefix, "", is_last and not piece.quoted))

    def _value(self, token: Token, piece: Piece, field: Field, *, is_last: bool) -> Node:
        if not piece.text.strip():
            start = min(piece.start, token.end - 1)
            message = f"A value is missing here: write one right behind it, such as {field.example}."
            self.problems.append(QueryProblem(start, max(piece.end, start + 1), message))
            return EVERYTHING
        value = Value(piece.text, piece.quoted, piece.prefix, token.operator, is_last and not piece.quoted)
        return self._read(piece, value, field)

    def _read(self, piece: Piece, value: Value, field: Field | None = None) -> Node:
        self._parts += 1
        if self._parts > MAX_PARTS:
            if self._parts == MAX_PARTS + 1:
                message = f"A query has at most {MAX_PARTS} parts: leave the rest out."
                self.problems.append(QueryProblem(piece.start, piece.end, message))
            return EVERYTHING
        try:
            return field.read(value, self._scope) if field else _anywhere(value, self._scope)
        except InvalidInput as error:
            self.problems.append(QueryProblem(piece.start, piece.end, error.message))
            return EVERYTHING

    def _shown(self, token: Token) -> tuple[str, str]:
        """The field and the value of a part as a chip shows them."""
        first = token.pieces[0]
        if not token.name:
            return "", first.text if first.quoted else self._text[token.start : token.end]
        field = field_named(token.name)
        if field is None:
            return "", self._text[token.start : token.end]
        if len(token.pieces) == 1 and first.quoted:
            return field.name, token.operator + first.text
        return field.name, self._text[token.start + len(token.name) + 1 : token.end]

    def _kind(self) -> TokenKind | None:
        return self._tokens[self._at].kind if self._at < len(self._tokens) else None

    def _next(self) -> Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def _complain(self, token: Token, message: str) -> None:
        self.problems.append(QueryProblem(token.start, token.end, message))


def _is_prose(written: str, near: str) -> bool:
    """Whether what looks like an unknown field is words: "Re: invoice", "localhost:8080", "std::vector"."""
    name, _, rest = written.partition(":")
    if not rest:
        return not near or len(name) <= 3
    return rest.startswith(":") or (not near and len(rest) <= 5 and rest.isdigit())


def _joined(nodes: list[Node]) -> Node | None:
    if not nodes:
        return None
    return nodes[0] if len(nodes) == 1 else And(tuple(nodes))
