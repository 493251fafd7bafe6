"""The balance of what was seen."""

from triage_app.domain.ledger import Balance, total


def test_the_difference_is_what_nobody_accounts_for() -> None:
    assert Balance("mail", 10, 4, 3, 1, 1, 1).difference == 0
    assert Balance("mail", 10, 4, 3, 1, 1, 0).difference == 1
    assert Balance("mail", 10, 5, 3, 1, 1, 1).difference == -1


def test_the_total_is_the_sum_of_each_column() -> None:
    one, other = Balance("a", 10, 4, 3, 1, 1, 1), Balance("b", 5, 5, 0, 0, 0, 0)
    assert total([one, other], "all") == Balance("all", 15, 9, 3, 1, 1, 1)
    assert total([], "all") == Balance("all", 0, 0, 0, 0, 0, 0)
