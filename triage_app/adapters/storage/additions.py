"""What was written to tickets later, notes and answers, whose words find them too.

The full text is only ever added to, so what is taken back is marked and left out by whoever reads.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import update

from triage_app.adapters.storage.search_tables import text_additions
from triage_app.adapters.storage.transaction import Transaction
from triage_app.adapters.storage.values import plain


class AdditionKind(StrEnum):
    """What was added. The values are stored."""

    NOTE = "note"
    ANSWER = "answer"


Addition = tuple[int, int, str]
"""A ticket, the id of the note or raw item, and the text."""


def add_texts(tx: Transaction, kind: AdditionKind, added: Sequence[Addition]) -> None:
    """Make tickets findable by what was added to them."""
    if not added:
        return
    numbers = tx.take_ids(text_additions, len(added))
    rows: list[tuple[Any, ...]] = [
        (number, ticket, kind.value, source, False) for number, (ticket, source, _) in zip(numbers, added, strict=True)
    ]
    tx.insert(text_additions, rows)
    tx.dialect.index_additions(
        tx.connection, [(number, plain(text)) for number, (_, _, text) in zip(numbers, added, strict=True)]
    )


def set_removed(tx: Transaction, kind: AdditionKind, ticket: int, source: int, *, removed: bool) -> None:
    """Say that a note or an answer was taken away from its ticket, or came back."""
    tx.run(update(text_additions).where(*_is(kind, ticket, source)).values(removed=removed))


def _is(kind: AdditionKind, ticket: int, source: int) -> tuple[Any, ...]:
    its = text_additions.c
    return (its.ticket_id == ticket, its.kind == kind.value, its.source_id == source)
