"""A month's report as a page, as text, and as one row for each figure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final
from unicodedata import category

from triage_app.domain.defang import unlinked
from triage_app.domain.exports import to_csv
from triage_app.services.learning_shapes import LabelPromise, MonthReport, MonthRow, Saving, Share

Table = tuple[str, tuple[str, ...], tuple[tuple[str, ...], ...]]
"""A heading, column names, and rows of texts."""

STYLE: Final = """
body { font-family: sans-serif; font-size: 9pt; color: #1a1a1a; background: #ffffff; }
h1 { font-size: 18pt; } h2 { font-size: 13pt; margin-top: 1.6em; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: 3px 4px; font-size: 8pt; border-bottom: 1px solid #cccccc; vertical-align: top; }
th { border-bottom: 2px solid #666666; }
tr { page-break-inside: avoid; } h2 { page-break-after: avoid; }
.note { color: #555555; }
@media screen { body { margin: 2em auto; max-width: 60em; padding: 0 1em; } }
"""

# No script runs and nothing is loaded, whatever a subject says.
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
_HIDDEN: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
"""Unicode categories that move, hide or turn around text."""

# A word as long as this may break where a column ends.
_LONG: Final = re.compile(r"(\S{24})(?=\S)")
_MOST_ROWS: Final = 40
_NARROW: Final = 13
_WIDE: Final = 60
"""Letters that a column has room for at least and at most, beside the others."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: the part of the report, what of it, and its name and value."""

    section: str
    name: str
    figure: str
    value: object


FIGURE_COLUMNS: Final = ("section", "name", "figure", "value")


def to_html(report: MonthReport) -> str:
    """A page that holds all it needs, prints well, and shows untrusted text as text."""
    title = _clean(f"{report.dataset}, {report.month}")
    parts = [
        f"<h1>{title}</h1>",
        "".join(f"<p>{_clean(line)}</p>" for line in summary(report)),
        "<h2>What to do next</h2><ul>" + "".join(f"<li>{_clean(each)}</li>" for each in report.next) + "</ul>",
    ]
    for heading, columns, rows in tables(report):
        widths = _widths(columns, rows)
        head = "".join(f'<th width="{width}%">{_clean(each)}</th>' for each, width in zip(columns, widths, strict=True))
        body = "".join("<tr>" + "".join(f"<td>{_clean(cell)}</td>" for cell in row) + "</tr>" for row in rows)
        parts.append(f"<h2>{_clean(heading)}</h2><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>")
    parts.append(f'<p class="note">{_clean(NOTE)}</p>')
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<title>{title}</title><style>{STYLE}</style></head><body>{''.join(parts)}</body></html>\n"
    )


def to_text(report: MonthReport) -> str:
    """The same for a terminal or a mail."""
    blocks = [_plain(f"{report.dataset}, {report.month}"), "\n".join(map(_plain, summary(report)))]
    blocks.append("\n".join(["What to do next", *(f"- {_plain(each)}" for each in report.next)]))
    for heading, columns, rows in tables(report):
        shown = [columns, *(tuple(map(_plain, row)) for row in rows)]
        widths = [max(map(len, cells)) for cells in zip(*shown, strict=True)]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in shown]
        blocks.append("\n".join([heading, *(line.rstrip() for line in lines)]))
    return "\n\n".join([*blocks, NOTE]) + "\n"


def to_figures(report: MonthReport) -> str:
    """CSV with one row for each figure; shares are 0..1, times are in seconds or minutes as they say."""
    return to_csv(figures(report), FIGURE_COLUMNS)


def figures(report: MonthReport) -> Iterator[Figure]:
    """Every figure of a report, part by part."""
    for name in ("predictions", "decided", "corrected", "confirmed", "stood", "wanted", "measured", "minutes_saved"):
        yield Figure("month", report.month, name, getattr(report, name))
    yield from _share("month", report.month, "accuracy", report.accuracy)
    yield from _share("month", report.month, "gate", report.gate)
    yield Figure("month", report.before, "predictions", report.predictions_before)
    yield Figure("month", report.before, "decided", report.decided_before)
    yield from _share("month", report.before, "accuracy", report.accuracy_before)
    yield from _share("month", report.before, "gate", report.gate_before)
    for section, rows in (("label", report.labels), ("tier", report.tiers), ("source", report.sources)):
        for row in rows:
            for name in ("predictions", "corrected", "confirmed", "stood"):
                yield Figure(section, row.name, name, getattr(row, name))
            yield from _share(section, row.name, "accuracy", row.accuracy)
            yield from _share(section, row.name, "accuracy before", row.before)
    for promise in report.promise:
        for name in ("n", "right", "wanted", "achieved", "low", "high", "broken"):
            yield Figure("promise", promise.label, name, getattr(promise, name))
    for drift in report.drift:
        yield Figure("drift", drift.what, "size", drift.size)
        yield Figure("drift", drift.what, "sentence", drift.sentence)
    for keyword in report.keywords:
        for name in ("fired", "wrong"):
            yield Figure("keyword", f"{keyword.label}: {keyword.text}", name, getattr(keyword, name))
    for saving in report.savings:
        for name in ("decisions", "seconds_with", "seconds_without", "minutes"):
            yield Figure("saving", saving.name, name, getattr(saving, name))
    for each in report.confusions:
        yield Figure("confusion", f"{each.shown} > {each.truth}", "n", each.n)
        yield Figure("confusion", f"{each.shown} > {each.truth}", "tickets", " ".join(map(str, each.tickets)))
    for number, sentence in enumerate(report.next, 1):
        yield Figure("next", str(number), "sentence", sentence)


def summary(report: MonthReport) -> tuple[str, ...]:
    """The month in a few sentences."""
    saved = (
        f"{report.measured:,} decisions were measured, too few to say what was saved."
        if report.minutes_saved is None
        else f"Saved, as measured: {_minutes(report.minutes_saved)} ({report.measured:,} decisions were measured)."
    )
    came_in = (
        f"{report.predictions:,} predictions ({report.predictions_before:,} in {report.before}), {report.decided:,} "
        f"decided by people: {report.corrected:,} corrected, {report.confirmed:,} confirmed, {report.stood:,} let "
        "stand."
    )
    gate = (
        f"The model's own answers: {share_words(report.gate)}, wanted {report.wanted:.0%}; the month before "
        f"{share_words(report.gate_before)}."
    )
    right = f"Right: {share_words(report.accuracy)}; the month before {share_words(report.accuracy_before)}."
    return came_in, right, gate, saved


NOTE: Final = (
    "All figures are of the tickets that came in during the month (UTC), whenever they were decided. A suggestion that "
    "stood when its ticket was closed counts as right. Intervals are of 95 % (Wilson). Minutes are the difference of "
    "medians of measured times; nothing is claimed where fewer than 10 were measured."
)


def tables(report: MonthReport) -> Iterator[Table]:
    """The parts that are tables, without those that are empty."""
    columns = ("predictions", "corrected", "confirmed", "stood", "right", "before")
    for heading, name, rows in (
        ("By label", "label", report.labels),
        ("By who answered", "tier", report.tiers),
        ("By source", "source", report.sources),
    ):
        if rows:
            yield heading, (name, *columns), tuple(_cut(_month_row(row) for row in rows))
    if report.promise:
        yield (
            f"The promise: {report.wanted:.0%} of the answers are right",
            ("label", "right", "kept"),
            tuple(_cut(_promise(each) for each in report.promise)),
        )
    if report.drift:
        yield (
            "What changed",
            ("what", "size", ""),
            tuple((each.what, f"{each.size:.2f}", each.sentence) for each in report.drift),
        )
    if report.keywords:
        yield (
            "Keywords that were wrong",
            ("label", "keyword", "decided", "wrong"),
            tuple(_cut((each.label, each.text, str(each.fired), str(each.wrong)) for each in report.keywords)),
        )
    if report.savings:
        yield (
            "Time saved",
            ("what", "decisions or repeats", "seconds with it", "without", "saved"),
            tuple(_cut(_saving(each) for each in report.savings)),
        )
    if report.confusions:
        yield (
            "Worst confusions",
            ("suggested", "right", "times", "such as"),
            tuple(
                (each.shown, each.truth, str(each.n), "; ".join(
                    f"{ticket}: {subject}" for ticket, subject in zip(each.tickets, each.subjects, strict=True)
                ))
                for each in report.confusions
            ),
        )  # fmt: skip


def share_words(share: Share) -> str:
    """`18 of 20, 90 % (70 to 97 %)`."""
    if not share.n:
        return "none decided"
    return f"{share.right:,} of {share.n:,}, {share.share:.0%} ({share.low:.0%} to {share.high:.0%})"


def share_of(promise: LabelPromise) -> Share:
    """How far a promise was kept."""
    return Share(promise.n, promise.right, promise.achieved, promise.low, promise.high)


def _month_row(row: MonthRow) -> tuple[str, ...]:
    counts = (row.predictions, row.corrected, row.confirmed, row.stood)
    before = f"{row.before.share:.0%}" if row.before.n else "-"
    return (row.name, *(f"{each:,}" for each in counts), share_words(row.accuracy), before)


def _promise(each: LabelPromise) -> tuple[str, ...]:
    return each.label, share_words(share_of(each)), "broken" if each.broken else "yes"


def _saving(each: Saving) -> tuple[str, ...]:
    seconds = ("too few" if value is None else f"{value:.0f}" for value in (each.seconds_with, each.seconds_without))
    return (each.name, f"{each.decisions:,}", *seconds, "-" if each.minutes is None else _minutes(each.minutes))


def _minutes(minutes: float) -> str:
    return f"{minutes:,.0f} minutes" if abs(minutes) < 120 else f"{minutes / 60:,.1f} hours"


def _share(section: str, name: str, figure: str, share: Share) -> Iterator[Figure]:
    for part in ("n", "right", "share", "low", "high"):
        yield Figure(section, name, f"{figure} {part}", getattr(share, part))


def _cut(rows: Iterable[Sequence[str]]) -> list[tuple[str, ...]]:
    """The first rows: the rest stands in the figures."""
    found = [tuple(each) for each in rows]
    if len(found) <= _MOST_ROWS:
        return found
    more = f"and {len(found) - _MOST_ROWS} more, see the figures"
    return [*found[:_MOST_ROWS], (more, *("" for _ in found[0][1:]))]


def _widths(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """The share of the page, in percent, that each column gets: by its longest text, within bounds."""
    longest = [max(map(len, cells)) for cells in zip(columns, *rows, strict=True)]
    wanted = [min(max(each, _NARROW), _WIDE) for each in longest]
    return [100 * each // sum(wanted) for each in wanted]


def _clean(text: str) -> str:
    """Untrusted text for a page: nothing of it is markup, a link, or turns the text around."""
    return escape(_LONG.sub("\\1\u200b", _plain(text)))


def _plain(text: str) -> str:
    return unlinked("".join(" " if category(each) in _HIDDEN else each for each in text))
