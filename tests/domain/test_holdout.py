"""What is held back, and that it stays so."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from triage_app.domain.holdout import PARTS, SPARED, held_back
from triage_app.domain.labels import ModelId
from triage_app.domain.learning import Correction, CorrectionId, Decision
from triage_app.domain.ticket import TicketId

NOW = datetime(2026, 11, 24, tzinfo=UTC)
WORDS = ("alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliet", "kilo", "lima")


def own_text(number: int) -> str:
    """A text that shares no pair of words with those of other numbers up to 1,000."""
    letters = "".join(WORDS[int(digit)] for digit in f"{number:03d}")
    return f"{letters} one{letters} two{letters}"


def word(number: int, **changes: object) -> Correction:
    plain = Correction(
        CorrectionId(number), TicketId(number + 1_000), "category", Decision.CORRECTED, "Spam", "Phishing", "ana",
        NOW + timedelta(minutes=number), "", ModelId("m"), "model", 0.9, own_text(number),
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]  # the tests name real fields


def test_the_first_fifty_teach_and_a_fifth_of_the_later_ones_judges() -> None:
    words = [word(number) for number in range(1, 551)]
    held = held_back(words)
    assert not held & {each.ticket for each in words[:SPARED]}
    assert 500 / PARTS * 0.7 < len(held) < 500 / PARTS * 1.3
    assert not held_back(words[:SPARED])


def test_what_is_held_back_stays_so_whatever_is_corrected_later_or_taken_back() -> None:
    words = [word(number) for number in range(1, 201)]
    held = held_back(words)
    later = [*words, *(word(number) for number in range(201, 401))]
    assert held_back(later) & {each.ticket for each in words} == held
    # a word taken back, another on the same ticket, and one that was let stand move nothing
    undone = [replace(each, undone=True) if each.id % 3 == 0 else each for each in words]
    again = [*undone, word(900, ticket=TicketId(1_100), text="something else was said of it")]
    stood = [word(0, id=CorrectionId(0), decision=Decision.STOOD, ticket=TicketId(7)), *again]
    assert held_back(stood) == held


def test_twins_are_on_one_side() -> None:
    # given tickets of which every tenth has a near twin that was corrected later
    words = [word(number) for number in range(1, 301)]
    body = " ".join(f"word{letter}{more}" for letter in WORDS for more in WORDS[:5])
    for number in range(100, 300, 2):
        letters = own_text(number)
        words[number - 1] = word(number, text=f"{letters} {body.replace('word', letters.split()[0])}")
        words.append(word(number + 500, text=f"{words[number - 1].text} indeed"))
    # when
    held = held_back(words)
    # then
    twins = [(TicketId(number + 1_000), TicketId(number + 1_500)) for number in range(100, 300, 2)]
    assert all((one in held) == (other in held) for one, other in twins)
    assert any(one in held for one, _ in twins)
