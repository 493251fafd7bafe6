"""How a command's field is filled from outside: its help, whether it goes by place or name, or comes from a file."""

from dataclasses import MISSING, dataclass, field, fields
from enum import StrEnum
from typing import Any, Generic, TypeVar, get_args

R_co = TypeVar("R_co", covariant=True)


class Command(Generic[R_co]):
    """Something that can be done; `R_co` is the value that comes back."""

    __slots__ = ()

    def logged(self) -> Any:
        """What the audit log keeps of it: itself, unless it holds a secret or is large."""
        return self


class Query(Generic[R_co]):
    """Something that can be asked; `R_co` is the answer."""

    __slots__ = ()


def answer_type(kind: type) -> Any:
    """The type of the value that a command or query type brings back."""
    return get_args(kind.__orig_bases__[0])[0]  # type: ignore[attr-defined]  # typing keeps it there


class Fill(StrEnum):
    """How a door fills a field."""

    ARGUMENT = "argument"
    OPTION = "option"
    TEXT_OR_FILE = "text_or_file"
    SECRET = "secret"


@dataclass(frozen=True, slots=True)
class Argument:
    """One field of a command or query as a door sees it. `default` is `MISSING` where a value is needed.

    `flag` is the name of its option on the command line, where that is not the field's own. `dash` names the field that
    asks for standard input by `-` where this one is left out.
    """

    name: str
    type: Any
    help: str
    fill: Fill
    default: Any
    flag: str = ""
    dash: str = ""


def argument(help_: str) -> Any:
    """A field that must be given, by position."""
    return field(metadata={"help": help_, "fill": Fill.ARGUMENT})


def optional_argument(help_: str, default: Any = None) -> Any:
    """A field given by position that may be left out."""
    return field(default=default, metadata={"help": help_, "fill": Fill.ARGUMENT})


def text_or_file(help_: str) -> Any:
    """A field whose text the caller gives.

    The command line reads it from a file, or from standard input for `-` or nothing.
    """
    return field(metadata={"help": help_, "fill": Fill.TEXT_OR_FILE})


def text_option(help_: str, *, dash: str = "") -> Any:
    """A text that may be left out; the command line names a file for it, or `-` for standard input.

    Where the field named by `dash` is `-` and no file is named, it is standard input as well.
    """
    return field(default=None, kw_only=True, metadata={"help": help_, "fill": Fill.TEXT_OR_FILE, "dash": dash})


def needed_option(help_: str) -> Any:
    """A field that must be given, by name."""
    return field(kw_only=True, metadata={"help": help_, "fill": Fill.OPTION})


def option(help_: str, default: Any = None) -> Any:
    """A field given by name that may be left out."""
    return field(default=default, kw_only=True, metadata={"help": help_, "fill": Fill.OPTION})


def assignments(help_: str) -> Any:
    """Texts of the form NAME=VALUE; the command line takes them by `--set`, as often as wanted."""
    return field(default=(), kw_only=True, metadata={"help": help_, "fill": Fill.OPTION, "flag": "set"})


def secret_values(help_: str) -> Any:
    """Secrets of the form NAME=VALUE; the command line takes only the names, by `--secret`, and asks for the values."""
    return field(default=(), kw_only=True, metadata={"help": help_, "fill": Fill.SECRET, "flag": "secret"})


def arguments_of(kind: type) -> tuple[Argument, ...]:
    """The fields of a command or query type in order. Fields without help are for programs only and raise TypeError."""
    found = []
    for each in fields(kind):
        if "help" not in each.metadata:
            raise TypeError(f"{kind.__name__}.{each.name} has no help")
        default = each.default if each.default is not MISSING else MISSING
        meta = each.metadata
        extra = (meta.get("flag", ""), meta.get("dash", ""))
        found.append(Argument(each.name, each.type, meta["help"], meta["fill"], default, *extra))
    return tuple(found)
