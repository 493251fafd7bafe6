"""Templates of texts that are alike, and what varies in them."""

from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain.campaign import template_of
from triage_app.domain.gathering import MOST_CHARACTERS, Letter
from triage_app.domain.slots import Slot

WORDS = st.sampled_from(
    [
        "your",
        "account",
        "was",
        "locked",
        ",",
        ".",
        "!",
        "-",
        "7",
        "$5",
        "http://a.example/1",
        "a@a.example",
        "{word}",
        "12",
        "May",
        "2020",
    ]
)
TEXTS = st.lists(st.tuples(WORDS, st.sampled_from(["", " ", "\n", "\n\n"])), max_size=30).map(
    lambda pieces: "".join(word + space for word, space in pieces)
)


@st.composite
def alike(draw: st.DrawFn) -> list[Letter]:
    """A text with some of its pieces changed, left out or put in, several times; and strangers among them."""
    base = draw(TEXTS).split(" ")
    letters = []
    for _ in range(draw(st.integers(1, 6))):
        text = list(base)
        for _ in range(draw(st.integers(0, 4))):
            at = draw(st.integers(0, len(text)))
            text[at : at + draw(st.integers(0, 2))] = draw(st.lists(TEXTS, max_size=1))
        letters.append(Letter(draw(TEXTS), " ".join(text)))
    letters += [Letter(draw(st.text(max_size=20)), draw(st.text(max_size=60))) for _ in range(draw(st.integers(0, 2)))]
    return draw(st.permutations(letters))


@given(alike())
def test_a_filled_template_is_the_text_again(letters: list[Letter]) -> None:
    template = template_of(letters)
    assert len(template.rows) == len(letters)
    assert any(row is not None for row in template.rows)
    for letter, row in zip(letters, template.rows, strict=True):
        if row is not None:
            assert len(row) == len(template.slots)
            whole = letter.subject if template.subjects_only else f"{letter.subject}\n\n{letter.text}"
            assert template.filled(row).split() == whole.split()
    names = [each.name for each in template.slots]
    assert len(set(names)) == len(names)
    for place, slot in enumerate(template.slots):
        assert slot.values == len({row[place] for row in template.rows if row is not None} - {""}) > 0


def invoice(number: int, *, name: str, more: str = "") -> Letter:
    text = f"""Dear {name},

invoice {number} over ${number}.50 is due on {number % 28 + 1} May 2026.{more}
Pay at https://pay.example/i?{number} now.

Yours, {name}? No: the accounts."""
    return Letter(f"Invoice {number} is due", text, frozenset({name.casefold()}))


def test_many_mails_are_one_template_and_a_table() -> None:
    # given
    people = {7: "Ann", 81: "Bob", 9: "Chi"}
    letters = [invoice(number, name=name) for number, name in people.items()]
    # when
    template = template_of(letters)
    # then
    assert template.text == (
        "Invoice {number} is due\n\nDear {recipient},\n\ninvoice {number} over {amount} is due on {time}.\n"
        "Pay at {url} now.\n\nYours, {recipient}? No: the accounts."
    )
    assert template.slots == tuple(Slot(each, each, 3) for each in ("number", "recipient", "amount", "time", "url"))
    assert template.rows[1] == ("81", "Bob", "$81.50", "26 May 2026", "https://pay.example/i?81")
    assert not template.subjects_only


def test_a_part_that_only_some_have_is_a_slot_that_may_be_empty() -> None:
    letters = [
        invoice(1, name="Ann"),
        invoice(1, name="Ann", more=" This is the last reminder, and no other will come."),
        invoice(1, name="Ann"),
    ]
    template = template_of(letters)
    assert "May 2026. {text}\nPay at" in template.text
    assert template.rows == (("",), ("This is the last reminder, and no other will come.",), ("",))


def test_a_stranger_does_not_spoil_the_template() -> None:
    # given twelve alike, one that says something else, and one that is the half of it
    alike = [invoice(number, name="Ann") for number in range(12)]
    stranger = Letter("Invoice 5 is due", "Hello, you owe us nothing at all, so please do not pay; it was a mistake.")
    half = Letter("Invoice 6 is due", alike[6].text[:60])
    # when
    template = template_of([stranger, *alike, half])
    # then
    assert [row is None for row in template.rows] == [True, *[False] * 12, True]
    assert template.text == template_of(alike).text


def test_of_two_groups_the_larger_one_gives_the_template() -> None:
    few = [Letter("News", f"All the birds of the year {number} are in our new book of birds.") for number in (1, 2)]
    many = [invoice(number, name="Bob") for number in (1, 2, 3)]
    template = template_of([*few, *many])
    assert [row is None for row in template.rows] == [True, True, False, False, False]


def test_what_chance_makes_equal_is_no_part_of_the_template() -> None:
    # given two that have an "and" in common amid other words
    head, foot = "You are hereby told that this is the news of the week for you:", "Write to the office of news."
    letters = [
        Letter("News", f"{head} {middle} {foot}")
        for middle in ("small red cats and large white dogs", "seven blue birds and nine black fish")
    ]
    # when
    template = template_of(letters)
    # then
    assert template.text == f"News\n\n{head} {{text}} {foot}"


def test_where_no_two_texts_are_alike_the_subjects_are_compared() -> None:
    letters = [Letter("Your order 17", "All birds sing in spring."), Letter("Your order 9", "No fish ever does.")]
    template = template_of(letters)
    assert template.subjects_only
    assert template.text == "Your order {number}"
    assert template.rows == (("17",), ("9",))


def test_one_text_and_equal_texts_have_no_slots() -> None:
    one = invoice(7, name="Ann")
    assert template_of([]).rows == ()
    for number in (1, 3):
        template = template_of([one] * number)
        assert template.text.split() == f"{one.subject} {one.text}".split()
        assert template.slots == ()
        assert template.rows == ((),) * number


def test_a_name_in_braces_that_the_text_has_itself_is_no_slot() -> None:
    template = template_of([Letter(f"Run {number}", "Put {number} in place of it, she said.") for number in (1, 2)])
    assert template.text == "Run {number 2}\n\nPut {number} in place of it, she said."


def test_of_long_texts_the_beginning_is_read() -> None:
    letters = [Letter("Log", f"line {number} " * 10_000) for number in range(3)]
    hostile = ("x" * 100_000, "ab " * 40_000, "()[" * 40_000, "1 " * 50_000, "\n" * 100_000)
    letters += [Letter("Log", text) for text in hostile]
    template = template_of(letters)
    assert all(len(template.filled(row)) <= 2 * MOST_CHARACTERS for row in template.rows if row is not None)


def test_a_few_that_quote_each_other_among_many_are_no_campaign() -> None:
    # given nine answers under one subject, of which two quote the same
    words = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    letters = [Letter("Re: the plan", " ".join(f"{word}{number}" for word in words)) for number in range(7)]
    quote = "We will all meet on the hill at noon and then walk down to the town together."
    letters += [Letter("Re: the plan", f"{name}\n{quote}") for name in ("Yes!", "No.")]
    # then
    template = template_of(letters)
    assert template.subjects_only
    assert template.text == "Re: the plan"
    assert None not in template.rows


def test_an_empty_text_among_others_keeps_the_subject_apart() -> None:
    letters = [Letter("News", ""), Letter("News", ""), Letter("News", "All birds sing.")]
    template = template_of(letters)
    assert [template.filled(row).split() for row in template.rows if row is not None][-1][0] == "News"
    for letter, row in zip(letters, template.rows, strict=True):
        assert row is None or template.filled(row) == f"{letter.subject}\n\n{letter.text}".strip()
