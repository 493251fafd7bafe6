from itertools import pairwise

import pytest

from triage_app.domain.agreement import kappa, wants_second_look


def pairs(both: int, first: int, second: int, neither: int) -> list[tuple[str, str]]:
    """Texts that both, only the first, only the second, or neither called Phishing."""
    return [
        *[("Phishing", "Phishing")] * both,
        *[("Phishing", "Spam")] * first,
        *[("Spam", "Phishing")] * second,
        *[("Spam", "Malware")] * neither,
    ]


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((20, 5, 10, 15), 0.4),
        ((45, 15, 25, 15), 0.1304),
        ((10, 0, 0, 10), 1.0),
        ((0, 10, 10, 0), -1.0),
        ((25, 25, 25, 25), 0.0),
        ((7, 0, 0, 0), 1.0),
        ((0, 0, 0, 7), 1.0),
    ],
)
def test_kappa_is_agreement_beyond_chance(counts: tuple[int, int, int, int], expected: float) -> None:
    assert kappa(pairs(*counts), "Phishing") == pytest.approx(expected, abs=1e-4)


def test_of_nothing_there_is_no_disagreement() -> None:
    assert kappa([], "Phishing") == 1.0


def test_the_share_of_tickets_that_want_a_second_look_is_kept_and_always_the_same() -> None:
    chosen = [ticket for ticket in range(20_000) if wants_second_look("category", ticket, 0.1)]
    assert 1_850 < len(chosen) < 2_150
    assert all(wants_second_look("category", ticket, 0.2) for ticket in chosen)
    # and another dataset has others, none is asked at 0 and all are at 1
    assert sum(wants_second_look("language", ticket, 0.1) for ticket in chosen) < len(chosen) // 4
    assert not any(wants_second_look("category", ticket, 0.0) for ticket in range(1_000))
    assert all(wants_second_look("category", ticket, 1.0) for ticket in range(1_000))
    # and they are not simply every tenth
    gaps = {after - before for before, after in pairwise(chosen)}
    assert len(gaps) > 20
