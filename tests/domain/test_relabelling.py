from dataclasses import replace
from datetime import UTC, datetime, timedelta

from triage_app.domain.labels import Dataset, Example, KeywordRule, LabelChange, ModelId
from triage_app.domain.learning import Correction, CorrectionId, Decision
from triage_app.domain.relabelling import called_now, changed_dataset, is_among, label_now, words_now
from triage_app.domain.ticket import TicketId

NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def change(old: str | tuple[str, ...], new: str, at: datetime = NOON, words: tuple[str, ...] = ()) -> LabelChange:
    return LabelChange(at, "ann", (old,) if isinstance(old, str) else old, new, words)


def word(new: str, at: datetime, text: str = "", old: str = "A") -> Correction:
    return Correction(
        CorrectionId(1), TicketId(1), "d", Decision.CORRECTED, old, new, "ann", at, "", ModelId("m"), "model", 0.9,
        text, best=old,
    )  # fmt: skip


def test_a_name_is_followed_through_all_changes() -> None:
    history = (change("A", "B"), change("B", "C", NOON + HOUR), change(("C", "X"), "Y", NOON + 2 * HOUR))
    assert called_now("A", NOON - HOUR, "", history) == "Y"
    assert called_now("X", None, "", history) == "Y"
    assert called_now("Z", None, "", history) == "Z"


def test_who_spoke_after_a_change_means_the_label_of_that_name() -> None:
    # A became B, and later there was a new A
    history = (change("A", "B"),)
    assert called_now("A", NOON + HOUR, "", history) == "A"
    assert called_now("A", NOON, "", history) == "B"


def test_names_that_were_swapped_stay_apart() -> None:
    history = (change("A", "tmp"), change("B", "A", NOON + HOUR), change("tmp", "B", NOON + 2 * HOUR))
    assert called_now("A", NOON - HOUR, "", history) == "B"
    assert called_now("B", NOON - HOUR, "", history) == "A"


def test_a_split_takes_along_only_what_holds_its_words() -> None:
    history = (change("Access", "VPN", words=("vpn", "any connect")),)
    assert called_now("Access", None, "My VPN is down!", history) == "VPN"
    assert called_now("Access", None, "any-connect fails", history) == "VPN"
    assert called_now("Access", None, "vpns and anyconnect", history) == "Access"
    assert called_now("Access", None, "", history) == "Access"


def test_words_are_whole_unless_they_end_in_a_star() -> None:
    assert is_among(["pass*"], "my password")
    assert not is_among(["pass"], "my password")
    assert not is_among(["", "*", "!!"], "x")
    assert is_among(["大小"], "a 大 小 b")


def test_corrections_are_read_by_todays_names_and_are_not_touched() -> None:
    history = (change("A", "B"),)
    before, after = word("A", NOON - HOUR), word("A", NOON + HOUR, old="B")
    assert list(words_now([before, after], history)) == [replace(before, old="B", new="B", best="B"), after]
    assert list(words_now([before], ())) == [before]


def test_what_a_ticket_shows_is_named_as_now() -> None:
    dataset = Dataset("d", "d", ("B", "C"), "B", history=(change("A", "B"), change("C", "B")))
    assert label_now("A", dataset) == "B"
    assert label_now("C", dataset) == "C"
    assert label_now("gone", dataset) == "gone"


def test_a_rename_goes_through_labels_examples_keywords_and_default() -> None:
    rules = (KeywordRule("A", "x", 1), KeywordRule("B", "y", 2))
    dataset = Dataset("d", "d", ("A", "B"), "A", keywords=rules)
    after, examples = changed_dataset(dataset, [Example("A", "x", "g"), Example("B", "y")], change("A", "Z"))
    assert (after.labels, after.default) == (("Z", "B"), "Z")
    assert after.keywords == (KeywordRule("Z", "x", 1), KeywordRule("B", "y", 2))
    assert examples == (Example("Z", "x", "g"), Example("B", "y"))
    assert after.history == (change("A", "Z"),)


def test_a_merge_keeps_the_place_of_the_first_and_each_rule_once() -> None:
    rules = (KeywordRule("A", "x", 1), KeywordRule("C", "X!", 1), KeywordRule("C", "x", 3), KeywordRule("C", "x*", 1))
    dataset = Dataset("d", "d", ("A", "B", "C"), "C", keywords=rules)
    after, examples = changed_dataset(dataset, [Example("A", "x"), Example("C", "y")], change(("A", "C"), "C"))
    assert (after.labels, after.default) == (("C", "B"), "C")
    assert after.keywords == (KeywordRule("C", "x", 3), KeywordRule("C", "X!", 1), KeywordRule("C", "x*", 1))
    assert {each.label for each in examples} == {"C"}


def test_a_split_makes_a_label_behind_its_origin() -> None:
    dataset = Dataset("d", "d", ("A", "B"), "A", keywords=(KeywordRule("A", "vpn", 1),))
    examples = [Example("A", "the VPN"), Example("A", "else"), Example("B", "vpn")]
    after, moved = changed_dataset(dataset, examples, change("A", "V", words=("vpn",)))
    assert after.labels == ("A", "V", "B")
    assert [each.label for each in moved] == ["V", "A", "B"]
    assert (after.default, after.keywords) == ("A", dataset.keywords)
