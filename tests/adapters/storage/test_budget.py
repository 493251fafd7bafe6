import pytest
from sqlalchemy import text

from triage_app.adapters.storage.budget import Budget, within
from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.domain.errors import StorageFailed, TooWide

ENDLESS = text(
    "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 1000000000) SELECT sum(x) FROM n"
)


def test_what_is_spent_is_over() -> None:
    budget = Budget(100)
    budget.check()
    assert 0 < budget.left() <= 100
    budget.shorten(1_000)
    assert budget.left() <= 100
    budget.shorten(0)
    assert budget.left() == 0
    with pytest.raises(TooWide, match="after 100 s"):
        budget.check()


def test_a_statement_without_end_is_stopped(storage: SqlStorage) -> None:
    with storage.read() as uow:
        tx = uow.transaction
        with pytest.raises(TooWide), within(Budget(0.05), tx.connection, tx.dialect):
            tx.connection.execute(ENDLESS)
        # The transaction goes on.
        assert tx.first(text("SELECT 1")) == (1,)


def test_what_comes_after_has_all_the_time(storage: SqlStorage) -> None:
    with storage.read() as uow:
        tx = uow.transaction
        budget = Budget(100)
        with within(budget, tx.connection, tx.dialect):
            assert tx.first(text("SELECT 1")) == (1,)
        budget.shorten(0)
        assert tx.connection.execute(text("SELECT count(*) FROM tickets")).scalar_one() == 0


def test_other_errors_stay_what_they_are(storage: SqlStorage) -> None:
    def ask_for_what_is_not_there() -> None:
        with storage.read() as uow, within(Budget(100), uow.transaction.connection, uow.transaction.dialect):
            uow.transaction.connection.execute(text("SELECT * FROM nowhere"))

    with pytest.raises(StorageFailed):
        ask_for_what_is_not_there()
