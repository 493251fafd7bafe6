"""What is taught and what judges never meet."""

from dataclasses import replace

from tests.domain.test_holdout import own_text, word
from triage_app.domain.holdout import held_back
from triage_app.domain.labels import Example
from triage_app.domain.learning import LearningRules
from triage_app.domain.lessons import lessons
from triage_app.domain.poison import Origin, OriginKind
from triage_app.domain.ticket import TicketId

LABELS = ("Phishing", "Spam")


def test_held_back_corrections_are_not_taught_nor_are_examples_with_their_text() -> None:
    words = [word(number) for number in range(1, 201)]
    held = held_back(words)
    own = [Example("Spam", own_text(number).upper()) for number in range(1, 201)] + [Example("Spam", "Buy NOW")]
    found = lessons(own, words, LABELS)
    judged = {each.text for each in found.judging}
    assert {TicketId(each.ticket) for each in found.judging} == held
    assert not judged & {each.text for each in found.examples}
    # where both have a text, people win
    assert [each.label for each in found.examples].count("Spam") == 1
    assert len(found.examples) == 200 - len(held) + 1
    assert (found.corrections, found.notes) == (200, ())


def test_people_overrule_the_examples_that_say_otherwise_of_the_same_text() -> None:
    own = [Example("Spam", own_text(1).upper()), Example("Phishing", own_text(1)), Example("Spam", "else")]
    found = lessons(own, [word(1)], LABELS)
    assert [(each.label, each.text) for each in found.examples] == [
        ("Phishing", own_text(1)),
        ("Spam", "else"),
        ("Phishing", own_text(1)),
    ]


def test_few_corrections_all_teach() -> None:
    found = lessons([Example("Spam", "Buy now")], [word(1), word(2, undone=True), word(3, new="Gone")], LABELS)
    assert [(each.label, each.ticket) for each in found.examples] == [("Spam", 0), ("Phishing", 1_001)]
    assert (found.judging, found.corrections) == ((), 2)


def test_nothing_is_taught_or_judged_by_those_who_were_forgotten_and_the_word_before_theirs_counts() -> None:
    words = [word(number, who="eve") for number in range(1, 201)]
    early = word(5, who="ana", new="Spam")
    words[4] = early
    words.append(word(300, who="eve", ticket=early.ticket))
    own = [Example("Spam", "Buy now", who="eve"), Example("Spam", "sell now")]
    found = lessons(own, words, LABELS, [Origin(OriginKind.ANALYST, "eve")])
    assert [(each.label, each.who) for each in found.examples] == [("Spam", ""), ("Spam", "ana")]
    assert not found.judging
    assert found.notes == ("Left out were 1 example and 199 corrections of those whom nothing is learnt from.",)


def test_the_guard_holds_for_lessons_and_for_judges_and_says_whom_it_cut() -> None:
    words = [word(number, who="eve") for number in range(1, 401)]
    words += [replace(word(number), who="ana") for number in range(500, 650)]
    found = lessons((), words, LABELS, rules=LearningRules(largest_share=0.5))
    for part in (found.examples, found.judging):
        taught = [each.who for each in part]
        assert 0 < taught.count("eve") <= taught.count("ana")
    assert len(found.notes) == 1
    assert "oldest corrections of analyst eve, so that nobody gives more than 50%" in found.notes[0]
