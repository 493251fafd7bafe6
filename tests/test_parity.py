"""Everything the windows can do, the command line can do: proven over the registry, not by memory."""

import dataclasses
import inspect
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
import pytest

from triage_app.cli.main import Doors, make_group
from triage_app.cli.parameters import parameters
from triage_app.gui.actions import ACTIONS, Action
from triage_app.services import (
    commands,
    dedup_queries,
    learning_commands,
    learning_queries,
    mail_commands,
    mail_queries,
    push_commands,
    queries,
    search_commands,
    search_queries,
    source_commands,
    source_queries,
    token_commands,
    token_queries,
)
from triage_app.services.app import App
from triage_app.services.arguments import Command, Query
from triage_app.services.handlers import ANSWERS, LONG, OUTSIDE, PREPARED, SHORT
from triage_app.services.registry import VERBS, Verb, verb_of

MODULES = (
    commands,
    dedup_queries,
    learning_commands,
    learning_queries,
    mail_commands,
    mail_queries,
    push_commands,
    queries,
    search_commands,
    search_queries,
    source_commands,
    source_queries,
    token_commands,
    token_queries,
)
"""Where commands and queries are declared."""


def declared() -> set[type]:
    """Every command and query type that the package declares."""
    found = set()
    for module in MODULES:
        for _, kind in inspect.getmembers(module, inspect.isclass):
            if issubclass(kind, Command | Query) and kind.__module__ == module.__name__:
                found.add(kind)
    return found


def without_verb(actions: Iterable[Action], verbs: Iterable[Verb]) -> list[str]:
    """The ids of actions that claim a command or query which no outside name reaches."""
    known = {verb.type for verb in verbs}
    return [action.id for action in actions if action.verb is not None and action.verb not in known]


def without_command_line(verbs: Iterable[Verb], group: click.Group) -> list[str]:
    """The names of verbs that the command line does not offer with a parameter for each of their fields."""
    context = click.Context(group)
    missing = []
    for verb in verbs:
        command = group.get_command(context, verb.name)
        names = {each.name for each in command.params} if command else set()
        if command is None or not {each.name for each in verb.arguments} <= names:
            missing.append(verb.name)
    return missing


def group() -> click.Group:
    def no_app(_workspace: Path | None, _verb: str) -> App:
        raise AssertionError("help needs no workspace")

    def no_server(_address: str, _ca: Path | None) -> App:
        raise AssertionError("help needs no server")

    return make_group(Doors(no_app, no_server, lambda _app, _workspace: 0, {}))


def test_every_command_and_query_is_registered_once() -> None:
    types = [verb.type for verb in VERBS]
    names = [verb.name for verb in VERBS]
    assert set(types) == declared()
    assert len(set(types)) == len(types)
    assert len(set(names)) == len(names)


def test_every_verb_has_exactly_one_handler() -> None:
    handled = [*SHORT, *PREPARED, *LONG, *ANSWERS, *OUTSIDE]
    assert len(set(handled)) == len(handled)
    assert set(handled) == {verb.type for verb in VERBS}
    assert all(verb.is_command for verb in VERBS if verb.type in {**SHORT, **PREPARED, **LONG})


def test_a_plan_asks_for_nothing_that_its_command_does_not_have() -> None:
    plans = [(verb, verb_of(verb.plan)) for verb in VERBS if verb.plan is not None]
    assert plans
    for verb, plan in plans:
        assert verb.is_command
        assert not plan.is_command
        given = {each.name: each.type for each in verb.arguments}
        assert {each.name: each.type for each in plan.arguments}.items() <= given.items()
        assert "plan" not in given


def test_every_verb_explains_itself_and_its_fields() -> None:
    for verb in VERBS:
        assert verb.help.endswith("."), verb.name
        for argument in verb.arguments:
            assert argument.help, f"{verb.name} {argument.name}"


def test_every_verb_has_a_command_line() -> None:
    assert without_command_line(VERBS, group()) == []


def test_every_action_of_the_desk_names_a_registered_verb() -> None:
    assert without_verb(ACTIONS, VERBS) == []


def test_the_parity_checks_notice_what_is_missing() -> None:
    # given an action whose command nobody registered, and a verb that the command line lacks
    @dataclasses.dataclass(frozen=True, slots=True)
    class Secret(Command[None]):
        """A command that only a window knows."""

    action = dataclasses.replace(ACTIONS[0], id="secret", verb=Secret)
    # when / then both are named
    assert without_verb([*ACTIONS, action], VERBS) == ["secret"]
    assert without_command_line([*VERBS, Verb("secret", Secret)], group()) == ["secret"]


def test_every_verb_is_used_by_a_test(project: Path) -> None:
    this = Path(__file__).resolve()
    text = "\n".join(path.read_text(encoding="utf-8") for path in (project / "tests").rglob("*.py") if path != this)
    assert [verb.name for verb in VERBS if verb.type.__name__ not in text] == []


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_help_of_each_verb_names_its_parameters(verb: Verb, capsys: pytest.CaptureFixture[str]) -> None:
    command: Any = group().get_command(click.Context(group()), verb.name)
    text = command.get_help(click.Context(command, info_name=verb.name))
    for parameter in parameters(verb):
        if isinstance(parameter, click.Option):
            assert parameter.opts[0] in text
    assert verb_of(verb.type) is verb
