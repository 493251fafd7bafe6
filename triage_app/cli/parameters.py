"""From a verb's fields to the command line's parameters, and from what was typed to the command or query."""

import getpass
import sys
from collections.abc import Mapping
from dataclasses import MISSING
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import click

from triage_app.domain.errors import InvalidInput
from triage_app.services.arguments import Argument, Fill
from triage_app.services.registry import Verb, verb_of

MAX_TEXT = 100_000_000
"""Bytes read from a file or from standard input for a text argument."""


PLAN_HELP = "Only say what it would do; nothing is changed."


def parameters(verb: Verb) -> list[click.Parameter]:
    """The click parameters of a verb, in the order of its fields; `--plan` follows where it can be planned."""
    hints = get_type_hints(verb.type)
    found = [_parameter(each, hints[each.name]) for each in verb.arguments]
    if verb.plan is not None:
        found.append(click.Option(["--plan"], is_flag=True, help=PLAN_HELP))
    return found


def asked(verb: Verb, given: Mapping[str, Any]) -> Verb:
    """The verb that was meant: with `--plan` the query that says what the command would do."""
    return verb_of(verb.plan) if verb.plan is not None and given["plan"] else verb


def build(verb: Verb, given: Mapping[str, Any]) -> Any:
    """The command or query from parsed parameters; texts are read from their file or from standard input here."""
    hints = get_type_hints(verb.type)
    values = {}
    for each in verb.arguments:
        value = given[each.name]
        if each.dash and value is None and given[each.dash] == "-":
            value = "-"
        if each.fill is Fill.TEXT_OR_FILE and value is not None:
            value = _read(value)
        elif each.fill is Fill.SECRET:
            value = tuple(f"{name}={_secret(name)}" for name in value)
        elif value is not None:
            value = _converted(hints[each.name], value)
        values[each.name] = value
    return verb.type(**values)


def _parameter(field: Argument, hint: Any) -> click.Parameter:
    plain, many = _plain(hint)
    kind = _click_type(plain)
    flag = f"--{(field.flag or field.name).replace('_', '-')}"
    if field.fill is Fill.TEXT_OR_FILE:
        if field.default is MISSING:
            return click.Argument([field.name], metavar="[FILE|-]", default="-", required=False)
        return click.Option([flag, field.name], metavar="FILE", help=field.help)
    if plain is bool:
        return click.Option([flag, field.name], is_flag=True, default=field.default is True, help=field.help)
    given: dict[str, Any] = {"type": kind, "required": field.default is MISSING}
    if many and field.fill is Fill.ARGUMENT:
        return click.Argument([field.name], nargs=-1, **given)
    if field.default is not MISSING:
        given["default"] = _shown(field.default)
    if field.fill is Fill.ARGUMENT:
        return click.Argument([field.name], **given)
    if many:
        given["multiple"] = True
    return click.Option([flag, field.name], help=field.help, show_default=bool(given.get("default")), **given)


def _plain(hint: Any) -> tuple[Any, bool]:
    """The type without Optional, tuple and NewType around it, and whether it was a tuple."""
    if get_origin(hint) in (Union, UnionType):
        hint = next(each for each in get_args(hint) if each is not NoneType)
    if get_origin(hint) is tuple:
        return _plain(get_args(hint)[0])[0], True
    return getattr(hint, "__supertype__", hint), False


def _click_type(kind: Any) -> "click.ParamType[Any, Any]":
    if isinstance(kind, type) and issubclass(kind, Enum):
        return click.Choice([each.value for each in kind])
    if kind is int:
        return click.INT
    return click.FLOAT if kind is float else click.STRING


def _shown(default: Any) -> Any:
    return default.value if isinstance(default, Enum) else default


def _converted(hint: Any, value: Any) -> Any:
    kind, many = _plain(hint)
    of_words = isinstance(kind, type) and issubclass(kind, Enum)
    if many:
        return tuple(kind(each) for each in value) if of_words else tuple(value)
    return kind(value) if of_words else value


def _secret(name: str) -> str:
    """A secret: asked for without showing it, or a line of standard input; as an argument everybody could see it."""
    if sys.stdin.isatty():
        return getpass.getpass(f"{name}: ")
    line = sys.stdin.readline()
    if not line:
        raise InvalidInput(f"Standard input ended before the secret {name}. Give one line for each --secret.")
    return line.rstrip("\r\n")


def _read(name: str) -> str:
    """The text of a file, or of standard input for `-`; bytes that are not UTF-8 are read as Windows-1252."""
    try:
        if name == "-":
            data = sys.stdin.buffer.read(MAX_TEXT + 1)
        else:
            with Path(name).open("rb") as file:
                data = file.read(MAX_TEXT + 1)
    except OSError as error:
        raise InvalidInput(f"{name} cannot be read: {error.strerror}. Give a file, or - for standard input.") from error
    if len(data) > MAX_TEXT:
        raise InvalidInput(f"{name} has more than {MAX_TEXT // 1_000_000} MB. Give a smaller text.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
