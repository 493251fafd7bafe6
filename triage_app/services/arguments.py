"""How a command's field is filled from outside: its help, and whether it is positional or may come from standard input."""

from dataclasses import MISSING, dataclass, field, fields
from enum import StrEnum
from typing import Any


class Fill(StrEnum):
    """How a door fills a field."""

    ARGUMENT = "argument"
    OPTION = "option"
    TEXT_OR_FILE = "text_or_file"


@dataclass(frozen=True, slots=True)
class Argument:
    """One field of a command or query as a door sees it. `default` is `MISSING` where a value is needed."""

    name: str
    type: Any
    help: str
    fill: Fill
    default: Any


def argument(help_: str) -> Any:
    """A field that must be given, by position."""
    return field(metadata={"help": help_, "fill": Fill.ARGUMENT})


def optional_argument(help_: str, default: Any = None) -> Any:
    """A field given by position that may be left out."""
    return field(default=default, metadata={"help": help_, "fill": Fill.ARGUMENT})


def text_or_file(help_: str) -> Any:
    """A field whose text the caller gives; the command line reads it from a file, or from standard input for `-` or nothing."""
    return field(metadata={"help": help_, "fill": Fill.TEXT_OR_FILE})


def needed_option(help_: str) -> Any:
    """A field that must be given, by name."""
    return field(kw_only=True, metadata={"help": help_, "fill": Fill.OPTION})


def option(help_: str, default: Any = None) -> Any:
    """A field given by name that may be left out."""
    return field(default=default, kw_only=True, metadata={"help": help_, "fill": Fill.OPTION})


def arguments_of(kind: type) -> tuple[Argument, ...]:
    """The fields of a command or query type in order. Fields without help are for programs only and raise TypeError."""
    found = []
    for each in fields(kind):
        if "help" not in each.metadata:
            raise TypeError(f"{kind.__name__}.{each.name} has no help")
        default = each.default if each.default is not MISSING else MISSING
        found.append(Argument(each.name, each.type, each.metadata["help"], each.metadata["fill"], default))
    return tuple(found)
