"""How a live source and the balance are said to a person: state, next try, facts, and the line at the foot."""

from datetime import datetime

from triage_app.gui import wording
from triage_app.services.queries import BalanceSheet
from triage_app.services.source_queries import SourceList, SourceRow

MINUTE, HOUR = 60, 3600
NEVER = "\u2013"


def state(row: SourceRow, *, followed: bool) -> str:
    """One word or two for how a source fares."""
    if row.status == "paused":
        return "Paused"
    if row.status == "failing":
        return "Failing"
    if not followed:
        return "Not followed"
    return "Connecting" if row.status == "new" else "Running"


def icon(row: SourceRow, *, followed: bool) -> tuple[str, str]:
    """The icon of that state, and its colour: what is wrong is told by both."""
    if row.status == "paused":
        return "circle-pause", "text-second"
    if row.status == "failing":
        return "triangle-alert", "critical"
    if not followed or row.status == "new":
        return "clock", "text-second"
    return "check", "text-second"


def until(then: datetime, now: datetime) -> str:
    """How long it takes until then: `now`, `in 40s`, `in 5m`, `in 2h`."""
    seconds = int((then - now).total_seconds())
    if seconds <= 0:
        return "now"
    if seconds < MINUTE:
        return f"in {seconds}s"
    return f"in {seconds // MINUTE}m" if seconds < HOUR else f"in {seconds // HOUR}h"


def since(then: datetime | None, now: datetime) -> str:
    """How long ago, with the exact time; a dash for never."""
    if then is None:
        return NEVER
    short = wording.age(then, now)
    ago = "just now" if short == "now" else f"{short} ago"
    return f"{ago} ({wording.exact(then)})"


def lag(row: SourceRow, now: datetime) -> str:
    """How old the newest look at the source is: so much may be missing here."""
    if row.last_success is None:
        return "not reached yet"
    short = wording.age(row.last_success, now)
    return "less than a minute" if short == "now" else short


def facts(row: SourceRow, now: datetime) -> list[tuple[str, str]]:
    """What is known of a source, name and value, settings last."""
    found = [
        ("Kind", row.title),
        ("Last success", since(row.last_success, now)),
        ("Lag", lag(row, now)),
        ("Last new item", since(row.last_item, now)),
        ("Next try", until(row.next_try, now) if row.next_try is not None else NEVER),
        ("Connection", row.tls or ("not encrypted" if row.last_success is not None else NEVER)),
        ("On server", number(row.on_server)),
        ("Seen", wording.count(row.seen)),
        ("Ticketed", wording.count(row.ticketed)),
        ("Merged", wording.count(row.merged)),
        ("Dropped", wording.count(row.dropped)),
        ("Parked", wording.count(row.parked)),
        ("Pending", wording.count(row.pending)),
        ("Skipped by filter", wording.count(row.skipped)),
    ]
    if row.failures:
        found.insert(4, ("Failures in a row", wording.count(row.failures)))
    return found + [(name, value) for name, value in row.settings if value]


def number(value: int | None) -> str:
    """A count, a dash where it is not known."""
    return NEVER if value is None else wording.count(value)


def sources_line(listed: SourceList | None, *, followed: bool) -> str:
    """All sources in a few words for the line at the foot; empty where there are none."""
    rows = listed.sources if listed is not None else ()
    if not rows:
        return ""
    failing = sum(row.status == "failing" for row in rows)
    paused = sum(row.status == "paused" for row in rows)
    others = len(rows) - failing - paused
    if not followed:
        return f"{wording.counted(len(rows), 'source', 'sources')} not followed"
    parts = [f"{wording.counted(others, 'source', 'sources')} connected"] if others else []
    parts += [f"{wording.count(failing)} failing"] if failing else []
    parts += [f"{wording.count(paused)} paused"] if paused else []
    return ", ".join(parts)


def errors_in_words(listed: SourceList | None) -> str:
    """The last error of each source that fails, a line each."""
    rows = listed.sources if listed is not None else ()
    return "\n".join(f"{row.name}: {row.error}" for row in rows if row.status == "failing")


def balance_sentence(sheet: BalanceSheet) -> str:
    """Whether everything is accounted for, and what to do where it is not."""
    if sheet.seen == 0:
        return "Nothing was seen yet."
    if sheet.difference == 0:
        return f"Nothing is lost: all {wording.counted(sheet.seen, 'item', 'items')} seen are accounted for."
    missing = wording.counted(abs(sheet.difference), "item is", "items are")
    return f"{missing} not accounted for. The items themselves are kept; please report this as an error."
