"""Every command about live sources: adding, changing, pausing, removing, and taking in what is new."""

from dataclasses import dataclass

from triage_app.services.arguments import Command, argument, assignments, option, optional_argument, secret_values
from triage_app.services.source_queries import SourceRow

# -- results ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What a source brought: new items, items that were held already; and its error in words if it failed."""

    name: str
    new: int
    known: int
    error: str


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What all followed sources brought together, and each of them."""

    new: int
    known: int
    failed: int
    sources: tuple[SourceReport, ...]


# -- commands -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AddSource(Command[SourceRow]):
    """Add a mailbox or feed; `sync` takes in what it holds. Secrets go to the keyring, and nowhere else."""

    kind: str = argument("The kind, as `source kinds` lists them.")
    name: str = argument("A name of your choice; the balance counts under it.")
    settings: tuple[str, ...] = assignments("A setting, as NAME=VALUE; repeated for a list.")
    secrets: tuple[str, ...] = secret_values(
        "The name of a secret; its value is asked for, or read as a line from standard input."
    )
    paused: bool = option("Do not follow it before it is resumed.", default=False)


@dataclass(frozen=True, slots=True)
class SetSource(Command[SourceRow]):
    """Change settings or secrets of a source; those that are not named stay. It is tried anew at once."""

    name: str = argument("The source.")
    settings: tuple[str, ...] = assignments("A setting, as NAME=VALUE; repeated for a list.")
    secrets: tuple[str, ...] = secret_values(
        "The name of a secret; its value is asked for, or read as a line from standard input."
    )


@dataclass(frozen=True, slots=True)
class SignInSource(Command[SourceRow]):
    """Sign in to a source by OAuth: it shows an address, mostly with a code, and waits until somebody signed in there.

    What the provider then gives is kept with the source's other secrets, and renewed by itself.
    """

    name: str = argument("The source.")


@dataclass(frozen=True, slots=True)
class PauseSource(Command[SourceRow]):
    """Stop following a source until it is resumed; nothing of it is lost meanwhile."""

    name: str = argument("The source.")


@dataclass(frozen=True, slots=True)
class ResumeSource(Command[SourceRow]):
    """Follow a paused source again from where it was, or try one that failed at once."""

    name: str = argument("The source.")


@dataclass(frozen=True, slots=True)
class RemoveSource(Command[SourceRow]):
    """Forget a source, its secrets and how far it was taken in; what it brought stays."""

    name: str = argument("The source.")


@dataclass(frozen=True, slots=True)
class SyncSources(Command[SyncReport]):
    """Take in what is new in all sources that are not paused, or in one.

    It ends when everything is in; with `follow` it goes on until it is stopped.
    """

    name: str = optional_argument("Only this source.", "")
    once: bool = option("Take in what there is and end; so it is without any option.", default=False)
    follow: bool = option("Stay and take in what comes, until stopped (Ctrl+C).", default=False)
