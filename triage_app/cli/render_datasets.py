"""Datasets as a person reads them on a terminal: previews of examples, labels, keyword rules."""

from typing import Final

from triage_app.cli.tables import plain, table, unlinked
from triage_app.domain.labels import Dataset, LabelChange
from triage_app.services.learning_shapes import ExamplePreview, KeywordSheet, LabelSheet
from triage_app.services.queries import DatasetList

ROWS: Final = 5
"""Examples that are shown of a preview."""


def dataset(found: Dataset) -> str:
    """How it is used, and its labels; its keyword rules are only counted."""
    rows = (
        ("dataset", found.name),
        ("title", found.title),
        ("effect", found.effect.value),
        ("threshold", f"{found.threshold:g}"),
        ("default", found.default),
        ("fields", ", ".join(found.fields)),
        ("ignored", "; ".join(found.ignored)),
        ("keywords", f"{len(found.keywords):,} rules"),
        ("labels", ", ".join(found.labels)),
    )
    return "\n".join(f"{name:<10} {plain(value)}" for name, value in rows if value)


def datasets(found: DatasetList) -> str:
    """One after the other."""
    return "\n\n".join(map(dataset, found.datasets))


def preview(found: ExamplePreview) -> str:
    """How the columns are understood, labels, the first examples, and what is wrong."""
    blocks = [f"{found.total:,} examples of {len(found.labels):,} labels"]
    if found.columns:
        blocks.append(f"columns  {plain(', '.join(found.columns))}\nread as  {plain(', '.join(found.mapping)) or '-'}")
    if found.labels:
        blocks.append(
            table(["label", "examples"], [[plain(each.label), f"{each.examples:,}"] for each in found.labels])
        )
    if found.rows:
        rows = [[plain(each.label), each.at, unlinked(each.sender), unlinked(each.text)] for each in found.rows[:ROWS]]
        blocks.append(table(["label", "at", "sender", "text"], rows))
    blocks.append("\n".join(f"! {plain(each)}" for each in found.problems))
    return "\n\n".join(filter(None, blocks))


def labels(found: LabelSheet) -> str:
    """The labels with their numbers, and how they changed."""
    rows = [[plain(each.label), f"{each.examples:,}", f"{each.corrections:,}"] for each in found.labels]
    blocks = [table(["label", "examples", "corrections"], rows)]
    blocks.append("\n".join(_change(each) for each in found.history))
    return "\n\n".join(filter(None, blocks))


def keywords(found: KeywordSheet) -> str:
    """The rules with what they hit, contradictions, and mistakes."""
    rows = [
        [
            plain(each.label), plain(each.text), f"{each.weight:g}", f"{each.hits:,}", f"{each.right:,}",
            f"{each.wrong:,}", ", ".join(map(str, each.tickets)),
        ]
        for each in found.rules
    ]  # fmt: skip
    blocks = [f"{len(found.rules):,} rules on the newest {found.texts:,} tickets"]
    if rows:
        blocks.append(table(["label", "rule", "weight", "hits", "right", "wrong", "tickets"], rows))
    if found.conflicts:
        clashes = [
            [plain(each.label), plain(each.other), f"{each.texts:,}", ", ".join(map(str, each.tickets))]
            for each in found.conflicts
        ]
        blocks.append("rules of two labels hit\n" + table(["label", "other", "texts", "tickets"], clashes))
    blocks.append("\n".join(f"! {plain(each)}" for each in found.problems))
    return "\n\n".join(filter(None, blocks))


def _change(change: LabelChange) -> str:
    old, new = plain(" + ".join(change.old)), plain(change.new)
    what = f"{new} was split off {old}: {plain(', '.join(change.words))}" if change.words else f"{old} became {new}"
    return f"{change.at:%Y-%m-%d %H:%M} {plain(change.who)}  {what}"
