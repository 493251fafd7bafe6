"""From fields to parameters and back."""

import io
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import click
import pytest

from triage_app.cli.parameters import asked, build, parameters
from triage_app.domain.errors import InvalidInput
from triage_app.domain.ticket import TicketId, Verdict
from triage_app.services.arguments import (
    Command,
    argument,
    assignments,
    needed_option,
    option,
    optional_argument,
    secret_values,
    text_option,
    text_or_file,
)
from triage_app.services.commands import CloseLinked
from triage_app.services.dedup_queries import PlanCloseLinked
from triage_app.services.registry import Verb, verb_of
from triage_app.services.search_queries import GetSimilar


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class Paint(Command[None]):
    """Paint things."""

    ids: tuple[TicketId, ...] = argument("The things.")
    verdict: Verdict = needed_option("Why.")
    colour: Colour = option("The colour.", Colour.RED)
    coats: int | None = option("How often.", None)


@dataclass(frozen=True, slots=True)
class Read(Command[None]):
    """Read a text."""

    text: str = text_or_file("The text.")
    page: int | None = optional_argument("The page.")


@dataclass(frozen=True, slots=True)
class Try(Command[None]):
    """Try rules."""

    paths: tuple[str, ...] = optional_argument("The files.", ())
    rules: str | None = text_option("The rules.")
    plan: bool = option("Only say so.", default=False)


PAINT = Verb("paint", Paint)
READ = Verb("read", Read)
TRY = Verb("try", Try)


def typed(verb: Verb, *words: str) -> object:
    """What a command line of these words builds."""
    command = click.Command(verb.name, params=parameters(verb))
    return build(verb, command.make_context(verb.name, list(words)).params)


def test_each_field_is_a_parameter_of_its_type() -> None:
    ids, verdict, colour, coats = parameters(PAINT)
    assert (ids.nargs, ids.required, ids.type) == (-1, True, click.INT)
    assert verdict.required
    assert isinstance(colour.type, click.Choice)
    assert (colour.default, coats.default, coats.required) == ("red", None, False)


def test_what_was_typed_becomes_the_command() -> None:
    given = {"ids": (1, 2), "verdict": "test", "colour": "blue", "coats": None}
    assert build(PAINT, given) == Paint((TicketId(1), TicketId(2)), verdict=Verdict.TEST, colour=Colour.BLUE)


def test_a_text_is_read_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_bytes("\ufeffgrüße".encode())
    assert build(READ, {"text": str(tmp_path / "text.txt"), "page": 3}) == Read("grüße", 3)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"nothing\.txt"):
        build(READ, {"text": str(tmp_path / "nothing.txt"), "page": None})


def test_a_yes_or_no_is_a_flag_and_many_values_may_be_none_at_all() -> None:
    assert typed(TRY) == Try()
    assert typed(TRY, "--plan", "a", "b") == Try(("a", "b"), plan=True)


def test_a_command_that_can_be_planned_offers_that() -> None:
    verb = verb_of(CloseLinked)
    words = ["7", "--verdict", "test"]
    command = click.Command(verb.name, params=parameters(verb))
    done, planned = (command.make_context(verb.name, list(given)).params for given in (words, [*words, "--plan"]))
    assert asked(verb, done) is verb
    assert build(asked(verb, done), done) == CloseLinked(TicketId(7), verdict=Verdict.TEST)
    assert build(asked(verb, planned), planned) == PlanCloseLinked(TicketId(7))


def test_an_option_whose_value_is_a_text_names_its_file(tmp_path: Path) -> None:
    (tmp_path / "draft.yaml").write_text("rules: []\n", encoding="utf-8")
    assert typed(TRY, "--rules", str(tmp_path / "draft.yaml")) == Try(rules="rules: []\n")


@dataclass(frozen=True, slots=True)
class Configure(Command[None]):
    """Configure something."""

    name: str = argument("The thing.")
    settings: tuple[str, ...] = assignments("A setting.")
    secrets: tuple[str, ...] = secret_values("A secret.")


def parsed_configure(*arguments: str) -> Configure:
    verb = Verb("configure", Configure)
    command = click.Command("configure", params=list(parameters(verb)))
    context = command.make_context("configure", list(arguments))
    made = build(verb, context.params)
    assert isinstance(made, Configure)
    return made


def test_settings_are_given_as_often_as_wanted() -> None:
    assert parsed_configure("x", "--set", "a=1", "--set", "b=2=3").settings == ("a=1", "b=2=3")
    assert parsed_configure("x") == Configure("x")


def test_secrets_are_named_and_their_values_come_line_by_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse\nbattery =\n"))
    made = parsed_configure("x", "--secret", "password", "--secret", "token")
    assert made.secrets == ("password=correct horse", "token=battery =")
    with pytest.raises(InvalidInput, match="ended before the secret password"):
        parsed_configure("x", "--secret", "password")


@dataclass(frozen=True, slots=True)
class Look(Command[None]):
    """Look for what is like a thing or a text."""

    what: str = argument("A thing, or - for a text.")
    text: str | None = text_option("The text.", dash="what")


def test_a_dash_in_place_of_a_thing_is_standard_input(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    verb = Verb("look", Look)

    def piped(*words: str) -> object:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("a grüße\n".encode())))
        return typed(verb, *words)

    assert piped("-") == piped("-", "--text", "-") == Look("-", text="a grüße\n")
    # a file that is named wins, and a thing needs no text
    (tmp_path / "text.txt").write_text("from a file", encoding="utf-8")
    assert piped("-", "--text", str(tmp_path / "text.txt")) == Look("-", text="from a file")
    assert piped("7") == Look("7")


def test_similar_tickets_of_a_text_are_asked_for_by_a_dash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"have we seen this?")))
    assert typed(verb_of(GetSimilar), "-") == GetSimilar("-", text="have we seen this?")
