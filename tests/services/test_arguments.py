"""How fields of commands are described."""

from dataclasses import MISSING, dataclass

import pytest

from triage_app.services.arguments import Command, Fill, answer_type, argument, arguments_of, option, text_option


@dataclass(frozen=True, slots=True)
class Paint(Command[bool]):
    """Paint something."""

    what: str = argument("The thing.")
    colour: str = option("The colour.", "red")


@dataclass(frozen=True, slots=True)
class Silent(Command[None]):
    """A field without a word on it."""

    what: str


def test_fields_come_in_order_with_help_and_default() -> None:
    what, colour = arguments_of(Paint)
    assert (what.name, what.help, what.fill, what.default) == ("what", "The thing.", Fill.ARGUMENT, MISSING)
    assert (colour.name, colour.fill, colour.default) == ("colour", Fill.OPTION, "red")


def test_options_are_given_by_name_only() -> None:
    assert Paint("wall", colour="blue").colour == "blue"
    with pytest.raises(TypeError):
        Paint("wall", "blue")


def test_a_field_without_help_is_refused() -> None:
    with pytest.raises(TypeError, match="what has no help"):
        arguments_of(Silent)


@dataclass(frozen=True, slots=True)
class Read(Command[None]):
    """Read something."""

    what: str = argument("The thing, or - for a text.")
    text: str | None = text_option("The text.", dash="what")
    draft: str | None = text_option("Another text.")


def test_a_text_may_say_which_field_asks_for_standard_input() -> None:
    what, text, draft = arguments_of(Read)
    assert (text.fill, text.default, text.dash) == (Fill.TEXT_OR_FILE, None, "what")
    assert what.dash == draft.dash == ""


def test_the_type_of_the_answer_is_known() -> None:
    assert answer_type(Paint) is bool
