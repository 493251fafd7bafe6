import pytest

from triage_app.adapters.classify.columns import mapping_of, named, wanted_columns
from triage_app.domain.errors import InvalidInput


@pytest.mark.parametrize(
    ("names", "mapping"),
    [
        (("text", "label"), ("label=label", "text=text")),
        (("id", "Text", "Category", "group"), ("label=Category", "text=Text", "group=group")),
        (
            ("Number", "Short description", "Description", "Opened at", "Caller", "Category"),
            ("label=Category", "text=Short description", "text=Description", "at=Opened at", "sender=Caller"),
        ),
        (("from", "subject", "body", "date", "class"),
         ("label=class", "text=subject", "text=body", "at=date", "sender=from")),
        # a label before what often holds another thing
        (("type", "label", "text", "created_at"), ("label=label", "text=text", "at=created_at")),
        (("words", "kind"), ()),
    ],
)  # fmt: skip
def test_columns_are_guessed_by_their_names(names: tuple[str, ...], mapping: tuple[str, ...]) -> None:
    assert mapping_of(names, {}).told() == mapping


def test_what_is_said_goes_before_what_is_guessed_and_is_not_used_twice() -> None:
    names = ("Category", "Priority", "Subject", "Text")
    found = mapping_of(names, wanted_columns(["label=priority", "text=Category", "text=SUBJECT"]))
    assert found.told() == ("label=Priority", "text=Category", "text=Subject")
    assert found.missing == ()


def test_a_guess_can_be_taken_away() -> None:
    assert mapping_of(("label", "text", "date"), wanted_columns(["at="])).told() == ("label=label", "text=text")


def test_what_is_missing_is_told() -> None:
    assert mapping_of(("a", "b"), {}).missing == ("label", "text")
    assert mapping_of(("a", "text"), {}).missing == ("label",)


@pytest.mark.parametrize("said", ["label", "colour=blue", "=x", ""])
def test_what_names_no_column_is_refused(said: str) -> None:
    with pytest.raises(InvalidInput, match="FIELD=COLUMN"):
        wanted_columns([said])


def test_only_text_and_label_may_have_several_columns() -> None:
    assert wanted_columns(["label=a", "label=b", "text=c", "text=d"]) == {"label": ("a", "b"), "text": ("c", "d")}
    with pytest.raises(InvalidInput, match="Two columns are named for group"):
        wanted_columns(["group=a", "group=b"])


def test_a_column_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(InvalidInput, match=r"no column 'x' for label. There are: a, b\."):
        mapping_of(("a", "b"), wanted_columns(["label=x"]))


def test_every_column_has_a_name_of_its_own() -> None:
    assert named(["a", "", "a", None, " b "]) == ("a", "Column 2", "a (3)", "Column 4", "b")
