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


def test_what_lies_on_the_servers_is_the_sum_of_those_that_tell() -> None:
    silent, one, other = (
        Balance("a", 1, 1, 0, 0, 0, 0),
        Balance("b", 2, 2, 0, 0, 0, 0, 7, 2),
        Balance("c", 0, 0, 0, 0, 0, 0, 5),
    )
    assert (total([silent, one, other], "").on_server, total([silent, one, other], "").skipped) == (12, 2)
    assert total([silent], "").on_server is None
