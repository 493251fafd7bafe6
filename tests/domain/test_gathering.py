from triage_app.domain.gathering import MOST_CHARACTERS, MOST_IN_ALL, MOST_PIECES, Letter, gather, read_letters


def alike(letters: list[Letter]) -> list[int]:
    """The places of the letters that are gathered."""
    return sorted(gather(read_letters(letters)).places)


def order(number: int, more: str = "") -> Letter:
    return Letter(
        f"Order {number}", f"Your order {number} was sent to you on its way today and will be there soon. {more}"
    )


def test_the_larger_group_is_gathered_and_laid_on_its_middle() -> None:
    # given two of one kind, and three of another of which the first has more than the others
    birds = [Letter("Birds", f"All the birds of the year {number} are in our new book of birds.") for number in (1, 2)]
    orders = [order(1, "Call us if it is not there by the end of the week."), order(2), order(3)]
    group = gather(read_letters([*birds, *orders]))
    # then
    assert sorted(group.places) == [2, 3, 4]
    assert group.base == 3
    assert group.places[3] == list(range(len(group.places[3])))
    assert group.kept != (1 << len(group.places[3])) - 1


def test_a_long_part_of_its_own_keeps_no_letter_out() -> None:
    own = " ".join(f"word{number}" for number in range(200))
    assert alike([order(1), order(2), order(3, own)]) == [0, 1, 2]


def test_half_of_the_words_must_be_there() -> None:
    start = Letter(
        "Order 4", "Your order 4 was sent, but nobody knows where to, why not, or when; ask him again later on."
    )
    assert alike([order(1), order(2), order(3), start]) == [0, 1, 2]


def test_one_that_would_tear_the_others_apart_stays_out_when_they_are_many() -> None:
    torn = Letter(
        "Order 5", "Your (a) order 5 (b) was (c) sent (d) to (e) you (f) on its way today and will be there soon."
    )
    assert alike([order(1), torn]) == [0, 1]
    assert alike([*(order(number) for number in range(30)), torn]) == list(range(30))


def test_beginnings_of_long_and_of_many_letters_are_read() -> None:
    (one,) = read_letters([Letter("Log", "a b " * 40_000)])
    assert len(one.keys) == MOST_PIECES + 2
    (one,) = read_letters([Letter("Log", "x" * 100_000)])
    assert len(one.texts[-1]) == MOST_CHARACTERS
    many = read_letters([Letter("Log", "x" * 100_000)] * 1_000)
    assert len(many[0].texts[-1]) == MOST_IN_ALL // 1_000
    assert read_letters([]) == []
