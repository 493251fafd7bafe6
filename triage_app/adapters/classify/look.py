"""What was found in a source of labelled examples: the examples, how its columns were understood, what is broken."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from triage_app.domain.errors import InvalidInput
from triage_app.domain.labels import Example
from triage_app.services.learning_shapes import ExamplePreview, ExampleRow, LabelCount

MOST_PROBLEMS: Final = 100
"""Problems that are kept; further ones are only counted."""

_NAMED: Final = 3
_SHOWN: Final = 20
_TEXT: Final = 1_000


@dataclass(slots=True)
class Look:
    """Examples in their order. `mapping` is `FIELD=COLUMN`; `broken` counts all problems, `problems` holds the first.

    `aside` says what was left out though nothing is broken.
    """

    examples: list[Example] = field(default_factory=list)
    columns: tuple[str, ...] = ()
    mapping: tuple[str, ...] = ()
    problems: list[str] = field(default_factory=list)
    broken: int = 0
    aside: list[str] = field(default_factory=list)

    def complain(self, problem: str) -> None:
        """Keep a problem, such as `line 3: no text.`"""
        self.broken += 1
        if self.broken <= MOST_PROBLEMS:
            self.problems.append(problem)

    def told(self) -> tuple[str, ...]:
        """Everything that a person should see before the examples are taken in."""
        more = self.broken - len(self.problems)
        return (*self.problems, *((f"{more} more lines are broken.",) if more else ()), *self.aside)


def all_or_nothing(look: Look, path: object) -> Sequence[Example]:
    """The examples, if nothing is broken; else InvalidInput that names the first few problems."""
    if look.broken == 1:
        raise InvalidInput(f"{path}, {look.problems[0]}")
    if look.broken:
        more = look.broken - min(_NAMED, look.broken)
        named = " ".join(look.problems[:_NAMED])
        rest = f" And {more} more." if more else ""
        raise InvalidInput(f"{path}, {named}{rest} Nothing was taken in: mend these lines, or leave them out.")
    return look.examples


def preview_of(look: Look) -> ExamplePreview:
    """The same for a person: the first rows, labels by frequency, and what is wrong or left out."""
    counts = Counter(each.label for each in look.examples)
    return ExamplePreview(
        columns=look.columns,
        mapping=look.mapping,
        rows=tuple(
            ExampleRow(
                each.label,
                each.text[:_TEXT],
                each.group,
                each.at.isoformat() if each.at else "",
                each.sender,
                each.source,
            )
            for each in look.examples[:_SHOWN]
        ),
        total=len(look.examples),
        labels=tuple(
            LabelCount(label, counts[label]) for label in sorted(counts, key=lambda name: (-counts[name], name))
        ),
        problems=look.told(),
    )
