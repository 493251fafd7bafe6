"""Which examples are held back from learning, so that what a model is measured on has not leaked into it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Final

from triage_app.domain.errors import InvalidInput
from triage_app.domain.evaluation import Split
from triage_app.domain.labels import Example
from triage_app.domain.near import near_groups

HELD_BACK: Final = 0.2
"""The share of the examples that is held back."""

TIMED: Final = 10
"""Examples whose time must be known for a split by time."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The places of the examples to train on and of those held back, each in order.

    Those in neither are what a split by time leaves out: newer than the first held back, but of a group that was known
    before.
    """

    train: tuple[int, ...]
    held: tuple[int, ...]


def groups_of(examples: Sequence[Example]) -> list[int]:
    """For each example the place of the first of its group: those with the same `group`, those whose text is nearly
    the same, and those that are joined by others in between. Texts must be prepared.
    """
    parents = near_groups([each.text for each in examples])
    first: dict[str, int] = {}
    for place, each in enumerate(examples):
        if not each.group:
            continue
        one, other = _root(parents, first.setdefault(each.group, place)), _root(parents, place)
        parents[max(one, other)] = min(one, other)
    return [_root(parents, place) for place in range(len(parents))]


def held_back(
    examples: Sequence[Example], groups: Sequence[int], split: Split, *, share: float = HELD_BACK, seed: int = 0
) -> Parts:
    """Hold back about `share` (0..1) of the examples; `groups` are theirs, as `groups_of` gives them.

    By group: of each label about this share, in an order that looks like chance and depends on the seed and on the
    places alone; a group is never on both sides, and one that is larger than its label's share stays in training. By
    time: the newest of those whose time is known, the others count as older; a group that was known before is not held
    back. Random: of each label this share, wherever its twins are: only to see how much that flatters. A label with one
    example stays in training.

    Raises InvalidInput where nothing can be held back, or for a split by time where too few have a time.
    """
    labels = Counter(each.label for each in examples)
    if not any(count > 1 for count in labels.values()):
        raise InvalidInput(
            f"{_counted(len(examples))} cannot be split: to hold one back a label needs two. Give more examples."
        )
    if split is Split.TIME:
        parts = _newest(examples, groups, labels, share)
    else:
        alone = range(len(examples)) if split is Split.RANDOM else groups
        parts = _by_chance(examples, alone, labels, share, seed)
    if not parts.held:
        raise InvalidInput(_nothing(split, len(examples)))
    return parts


def twins(groups: Sequence[int], parts: Parts) -> float:
    """The share (0..1) of those held back that have one of their group in training."""
    known = {groups[place] for place in parts.train}
    return sum(groups[place] in known for place in parts.held) / len(parts.held) if parts.held else 0.0


def _by_chance(
    examples: Sequence[Example], groups: Sequence[int], labels: Counter[str], share: float, seed: int
) -> Parts:
    members: dict[int, list[int]] = {}
    for place, group in enumerate(groups):
        members.setdefault(group, []).append(place)
    room = {label: max(1, round(count * share)) if count > 1 else 0 for label, count in labels.items()}
    held: list[int] = []
    for group in sorted(members, key=lambda group: (_lot(group, seed), group)):
        wanted = Counter(examples[place].label for place in members[group])
        if all(count <= room[label] for label, count in wanted.items()):
            for label, count in wanted.items():
                room[label] -= count
            held += members[group]
    chosen = frozenset(held)
    return Parts(tuple(place for place in range(len(examples)) if place not in chosen), tuple(sorted(held)))


def _newest(examples: Sequence[Example], groups: Sequence[int], labels: Counter[str], share: float) -> Parts:
    times = [None if labels[each.label] == 1 else each.at for each in examples]
    timed = sum(at is not None for at in times)
    if timed < TIMED:
        raise InvalidInput(
            f"Only {timed} of {_counted(len(examples))} have a time, so that they cannot be split by time. Give data "
            "with a column `at`, or mails, or split by group."
        )
    begun: dict[int, datetime | None] = {}
    for group, at in zip(groups, times, strict=True):
        known = begun.get(group, at)
        begun[group] = None if known is None or at is None else min(known, at)
    sizes = Counter(groups)
    wanted = max(1, round(timed * share))
    fresh: set[int] = set()
    dated = [(at, group) for group, at in begun.items() if at is not None]
    for _, group in sorted(dated, reverse=True):
        if sizes[group] <= wanted:
            fresh.add(group)
            wanted -= sizes[group]
        elif fresh:
            break
    cut = min((at for at, group in dated if group in fresh), default=None)
    train, held = [], []
    for place, at in enumerate(times):
        if cut is None or at is None or at < cut:
            train.append(place)
        elif groups[place] in fresh:
            held.append(place)
    return Parts(tuple(train), tuple(held) if train else ())


def _lot(place: int, seed: int) -> bytes:
    """What looks like chance and is the same on every machine."""
    return blake2b(b"%d:%d" % (seed, place), digest_size=8).digest()


def _root(parents: list[int], place: int) -> int:
    while parents[place] != place:
        parents[place] = parents[parents[place]]
        place = parents[place]
    return place


def _counted(n: int) -> str:
    return "1 example" if n == 1 else f"{n:,} examples"


def _nothing(split: Split, n: int) -> str:
    if split is Split.TIME:
        return (
            f"None of {_counted(n)} can be held back by time: the newest are of the same time or the same kind as the "
            "others. Split by group instead."
        )
    return (
        f"None of {_counted(n)} can be held back: those of a label are nearly the same text or of one group. Give "
        "examples that differ more."
    )
