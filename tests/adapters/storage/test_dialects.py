import pytest
from sqlalchemy import make_url, select

from tests.adapters.storage.samples import add_tickets, which
from triage_app.adapters.storage.dialects import dialect_for
from triage_app.adapters.storage.group_tables import dedup_groups, dedup_rules
from triage_app.adapters.storage.tables import tickets
from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.domain.errors import StorageFailed


def found(storage: SqlStorage, words: str) -> list[int]:
    with storage.read() as uow:
        asked = which(words=words)
        ids: list[int] = list(uow.tickets.ids(asked, limit=10, offset=0))
        assert uow.tickets.count(asked) == len(ids)
        return ids


def test_words_are_found_whatever_their_case_marks_and_punctuation(storage: SqlStorage) -> None:
    add_tickets(storage, 1, text="Überweisung an 10.0.0.17, host_name EVIL.example.org/a?b=c CVE-2026-1234 naïve")
    for words in (
        "uberweisung", "ÜBERWEISUNG", "10.0.0.17", "evil.example.org", "example", "cve-2026-1234", "host_name",
        "naive", "überweisung evil", "example.org überw", "  naïve\t10 ",
    ):  # fmt: skip
        assert found(storage, words) == [1], words
    for words in ("10.0.17", "evil.org", "uberweisung missing", "weisung", "über evil", "naiv an x"):
        assert found(storage, words) == [], words


def test_only_the_last_word_may_be_a_beginning_of_three_letters(storage: SqlStorage) -> None:
    add_tickets(storage, 1, text="transfer money")
    assert found(storage, "transf") == [1]
    assert found(storage, "money tra") == [1]
    assert found(storage, "tr") == []
    assert found(storage, "transf money") == []


@pytest.mark.parametrize(
    "words",
    [
        '"', '"" OR ""', "a* OR b*", "NEAR(a b)", "text:please", "please AND", "NOT please", "(", "please)", "^please",
        "-please", "+ please", "{text} : please", "please & !read", "read | ' OR 1=1 --", "please\0read",
        "\ud800please", ":*", "<->", "please <-> :*", "\\", "%", "*" * 5_000, "please " * 5_000,
    ],
)  # fmt: skip
def test_hostile_words_are_plain_words(storage: SqlStorage, words: str) -> None:
    add_tickets(storage, 2)
    # No error, and never more than what holds the words.
    assert set(found(storage, words)) <= {1, 2}
    assert found(storage, f"{words} nowhereatall"[-2_000:]) == []


def test_without_a_letter_or_digit_there_is_no_search(storage: SqlStorage) -> None:
    add_tickets(storage, 2)
    assert found(storage, '"-*') == [2, 1]


def test_a_huge_text_and_a_huge_word_are_indexed(storage: SqlStorage) -> None:
    add_tickets(storage, 1, text="a" * 5_000 + " end " + "b c " * 100_000)
    add_tickets(storage, 1, text="".join(chr(n) for n in range(0x4E00, 0x9FFF)) + " " + "é" * 3_000 + " x\0y")
    assert found(storage, "end") == [1]


def test_another_database_is_refused() -> None:
    with pytest.raises(StorageFailed, match="mysql"):
        dialect_for(make_url("mysql://x/y"))


def test_rows_are_changed_in_bulk(storage: SqlStorage) -> None:
    add_tickets(storage, 3)
    with storage.write() as uow:
        rows = [(None, 0.5, True, "a'\"b", 1), ("test", 1.0, False, "", 3), ("test", 1.0, False, "", 99)]
        uow.transaction.update(tickets, ("verdict", "confidence", "reviewed", "category"), rows)
        uow.transaction.update(tickets, ("verdict",), [])
        wanted = select(tickets.c.verdict, tickets.c.confidence, tickets.c.reviewed, tickets.c.category)
        found = [tuple(row) for row in uow.transaction.all(wanted.order_by(tickets.c.id))]
    assert found == [(None, 0.5, True, "a'\"b"), (None, 0.25, False, "Spam"), ("test", 1.0, False, "")]


def test_the_newest_row_of_each_value_is_found(storage: SqlStorage) -> None:
    (ticket,) = add_tickets(storage, 1)
    with storage.write() as uow:
        tx = uow.transaction
        tx.insert(dedup_rules, [(1, "r", 0, 0, 0, 0, 0, None)])
        for number, digest in enumerate((b"a", b"b", b"a", b"c"), 1):
            tx.insert(dedup_groups, [(number, 1, digest, "[]", 0, 0, 1, ticket, 0, "", 0, 0)])
        found = tx.dialect.newest(tx.connection, dedup_groups, "digest", [b"c", b"a", b"x"])
        assert sorted((row[0], bytes(row[2])) for row in found) == [(3, b"a"), (4, b"c")]
        assert tx.dialect.newest(tx.connection, dedup_groups, "digest", []) == []
