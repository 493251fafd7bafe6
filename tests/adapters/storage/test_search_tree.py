from typing import TypeVar

import pytest

from tests.adapters.storage.samples import NOW, add_tickets
from triage_app.adapters.storage.budget import Budget
from triage_app.adapters.storage.search_combined import AllOf, AnyOf, NoneOf
from triage_app.adapters.storage.search_leaves import Leaves
from triage_app.adapters.storage.search_parts import Listed, Part, Rows, Words
from triage_app.adapters.storage.search_reading import Reading
from triage_app.adapters.storage.search_tree import part_of
from triage_app.adapters.storage.tables import VIEW_LANES
from triage_app.adapters.storage.unit_of_work import SqlStorage, SqlUnitOfWork
from triage_app.domain.query import And, Column, Equal, Flag, Node, Not, Number, Or, Phrase, Range, Says

One = TypeVar("One", bound=Part)
APPLE, PEAR = Phrase("apple"), Phrase("pear")


def part(uow: SqlUnitOfWork, node: Node) -> Part:
    reading = Reading(uow.transaction, Budget(100), up=False)
    return part_of(node, reading, Leaves(reading, VIEW_LANES["all"]))


def only(found: Part, kind: type[One]) -> One:
    assert isinstance(found, kind)
    return found


def test_words_that_must_all_be_there_are_one_question(storage: SqlStorage) -> None:
    with storage.read() as uow:
        assert only(part(uow, And((APPLE, PEAR))), Words).wanted == And((APPLE, PEAR))
        assert only(part(uow, And((APPLE, Not(PEAR)))), Words).wanted == And((APPLE, Not(PEAR)))
        assert isinstance(part(uow, And((APPLE, And((PEAR, Not(Phrase("plum"))))))), Words)
        assert only(part(uow, Or((APPLE, PEAR))), Words).wanted == Or((APPLE, PEAR))
        assert isinstance(part(uow, Not(APPLE)), NoneOf)


def test_conditions_on_a_row_are_one_question(storage: SqlStorage) -> None:
    high = Range(Number.PRIORITY, low=3)
    with storage.read() as uow:
        assert isinstance(part(uow, And((high, Says(Flag.OPEN), Not(Says(Flag.REVIEWED))))), Rows)
        assert isinstance(part(uow, Or((high, Says(Flag.OPEN)))), Rows)
        both = only(part(uow, And((high, APPLE, Says(Flag.OPEN)))), AllOf)
        assert sorted(type(each).__name__ for each in both.parts) == ["Rows", "Words"]


def test_nothing_and_everything(storage: SqlStorage) -> None:
    add_tickets(storage, 3)
    with storage.read() as uow:
        assert isinstance(part(uow, Or(())), Listed)
        assert [list(page) for page in part(uow, And(())).read(None)] == [[3, 2, 1]]
        assert isinstance(part(uow, Equal(Column.CATEGORY, "unheard-of")), Listed)


def test_words_that_a_note_may_have_are_asked_of_the_texts_together(storage: SqlStorage) -> None:
    tickets = add_tickets(storage, 2, text="apple pear")
    with storage.write() as uow:
        uow.tickets.add_note(tickets[0], NOW, "ana", "an apple")
    with storage.read() as uow:
        texts, elsewhere = only(part(uow, And((APPLE, PEAR))), AnyOf).parts
        assert only(texts, Words).wanted == And((PEAR, APPLE))
        assert [list(page) for page in elsewhere.read(None)] == [[1]]


def test_words_nested_deeper_than_one_question_may_be_are_several(storage: SqlStorage) -> None:
    add_tickets(storage, 1, text="apple pear")
    tree: Node = APPLE
    for _ in range(15):
        tree = And((PEAR, Or((Phrase("plum"), tree))))
    with storage.read() as uow:
        found = part(uow, tree)
        assert not isinstance(found, Words)
        assert [list(page) for page in found.read(None)] == [[1]]


@pytest.mark.parametrize("number", [2, 40])
def test_many_alternatives_of_columns_are_one_question(storage: SqlStorage, number: int) -> None:
    add_tickets(storage, 6)
    with storage.read() as uow:
        tree = Or(tuple(Equal(Column.CATEGORY, each) for each in ("spam", "phishing") * (number // 2)))
        found = part(uow, tree)
        assert isinstance(found, Rows if number > 8 else AnyOf)
        assert [each for page in found.read(None) for each in page] == [5, 4, 2, 1]
