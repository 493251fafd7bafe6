import pytest
from sqlalchemy import select

from tests.adapters.storage.samples import add_tickets
from triage_app.adapters.storage import full_text
from triage_app.adapters.storage.full_text import TextIndex, phrases
from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.domain.query import And, Flag, Node, Not, Or, Phrase, Says, TextPlace


def found(storage: SqlStorage, wanted: Node, index: TextIndex = TextIndex.TEXTS) -> list[int]:
    with storage.read() as uow:
        text = uow.transaction.dialect.full_text
        rows, number = text.rows(index)
        statement = select(number).select_from(rows).where(text.holds(index, wanted)).order_by(number)
        return [row[0] for row in uow.transaction.all(statement)]


def spelled(storage: SqlStorage, wanted: Phrase, *, first: bool = False) -> Node | None:
    with storage.read() as uow:
        tx = uow.transaction
        text = tx.dialect.full_text
        if first:
            return text.first_spelled(tx.connection, TextIndex.TEXTS, wanted)
        return text.spelled_out(tx.connection, TextIndex.TEXTS, wanted)


def test_trees_of_phrases(storage: SqlStorage) -> None:
    for words in ("red apple pie", "red pear", "green apple", "apple red"):
        add_tickets(storage, 1, text=words)
    red, apple = Phrase("red"), Phrase("Apple")
    assert found(storage, And((red, apple))) == [1, 4]
    assert found(storage, Phrase("red apple")) == [1]
    assert found(storage, Or((Phrase("pear"), Phrase("green")))) == [2, 3]
    assert found(storage, And((red, Not(apple)))) == [2]
    assert found(storage, And((Or((red, apple)), Not(Or((Phrase("pie"), Phrase("green"))))))) == [2, 4]
    assert found(storage, Phrase("red app", prefix=True)) == [1]
    assert found(storage, Phrase("ap", prefix=True)) == [1, 3, 4]


def test_subject_and_sender_are_told_apart(storage: SqlStorage) -> None:
    add_tickets(storage, 3)
    assert found(storage, Phrase("subject 1", TextPlace.SUBJECT), TextIndex.HEADS) == [2]
    assert found(storage, Phrase("subject 1", TextPlace.SENDER), TextIndex.HEADS) == []
    assert found(storage, Phrase("bob", TextPlace.SENDER, prefix=True), TextIndex.HEADS) == [1, 2, 3]
    assert found(storage, Phrase("bob", TextPlace.SUBJECT, prefix=True), TextIndex.HEADS) == []


@pytest.mark.parametrize("text", ['a" OR "b', "a) OR (b", "a:* | b", "a & !b", "NEAR(a b)", "a\0b", "{a}: b", "a'b"])
def test_nothing_in_a_phrase_is_an_operator(storage: SqlStorage, text: str) -> None:
    add_tickets(storage, 1, text="b a")
    assert found(storage, Phrase(text)) == []


def test_a_beginning_is_replaced_by_its_words(storage: SqlStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    add_tickets(storage, 1, text="invoice invoiced INVOICES Überweisung")
    wanted = Phrase("the invoic", prefix=True)
    with storage.read() as uow:
        is_near = uow.transaction.dialect.is_near
    endings = Or(tuple(Phrase(f"the {each}") for each in ("invoice", "invoiced", "invoices")))
    assert spelled(storage, wanted) == (endings if is_near else wanted)
    assert spelled(storage, Phrase("überw", prefix=True)) == Phrase("überw", prefix=True)
    if is_near:
        assert spelled(storage, Phrase("nothing", prefix=True)) == Phrase("nothing")
        monkeypatch.setattr(full_text, "FEW_ENDINGS", 2)
        assert spelled(storage, wanted) == wanted
        assert spelled(storage, wanted, first=True) is None
        monkeypatch.setattr(full_text, "_MERGED_AT_ONCE", 1)
        assert spelled(storage, wanted, first=True) == endings
        monkeypatch.setattr(full_text, "MANY_ENDINGS", 2)
        assert spelled(storage, wanted, first=True) is None


def test_the_weight_of_a_beginning_is_what_its_words_have(storage: SqlStorage) -> None:
    add_tickets(storage, 3, text="invoice invoiced")
    with storage.read() as uow:
        tx = uow.transaction
        text = tx.dialect.full_text
        wanted = And((Phrase("invoi", prefix=True), Not(Phrase("read", prefix=True))))
        assert text.weight(tx.connection, TextIndex.TEXTS, wanted) == (6 if tx.dialect.is_near else 0)
        assert text.is_heavy(wanted) == tx.dialect.is_near
        assert not text.is_heavy(Phrase("invoice"))


def test_only_phrases_are_searched_for_in_full_text() -> None:
    assert phrases(Or((Phrase("a"), Not(Phrase("b"))))) == [Phrase("a"), Phrase("b")]
    with pytest.raises(TypeError):
        phrases(Says(Flag.OPEN))
