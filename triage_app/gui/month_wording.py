"""How the figures of a month are said: names of months, trends, how large a drift is, minutes."""

from datetime import datetime

from PySide6.QtCore import QDate, QLocale

from triage_app.gui import wording
from triage_app.services.learning_shapes import MonthReport, Saving, Share

MONTHS_BACK = 24
MUCH, SOME = 0.25, 0.1
MINUTES = 90


def months(now: datetime) -> tuple[str, ...]:
    """This month (UTC) and those before it as YYYY-MM, the newest first."""
    whole = now.year * 12 + now.month - 1
    return tuple(f"{place // 12:04d}-{place % 12 + 1:02d}" for place in range(whole, whole - MONTHS_BACK, -1))


def month_name(month: str) -> str:
    """`November 2026`, in the user's language."""
    year, _dash, number = month.partition("-")
    return QLocale().toString(QDate(int(year), int(number), 1), "MMMM yyyy")


def interval(share: Share) -> str:
    """`83 to 88%`; empty where nothing was counted."""
    return f"{round(share.low * 100)} to {round(share.high * 100)}%" if share.n else ""


def trend(now: Share, before: Share) -> str:
    """`up 2 points`, and whether that is more than chance may do; empty where one of both was not measured."""
    if not now.n or not before.n:
        return ""
    points = round((now.share - before.share) * 100)
    if not points:
        return f"as before ({wording.percent(before.share)})"
    way = "up" if points > 0 else "down"
    apart = now.low > before.high or now.high < before.low
    sure = "" if apart else ", which may be chance"
    return f"{way} {wording.counted(abs(points), 'point', 'points')} from {wording.percent(before.share)}{sure}"


def volume(report: MonthReport) -> str:
    """How many there were in the month before."""
    if not report.predictions_before:
        return f"none in {month_name(report.before)}"
    return f"{wording.count(report.predictions_before)} in {month_name(report.before)}"


def drift(size: float) -> str:
    """How large a drift is."""
    return "much" if size > MUCH else "some" if size > SOME else "little"


def minutes(value: float | None) -> str:
    """`4 h 15 min`, `12 min`; a dash where too little was measured to claim anything."""
    if value is None:
        return "\u2014"
    sign, whole = "-" if round(value) < 0 else "", abs(round(value))
    if whole < MINUTES:
        return f"{sign}{whole} min"
    hours, rest = divmod(whole, 60)
    return f"{sign}{wording.count(hours)} h {rest} min" if rest else f"{sign}{wording.count(hours)} h"


def seconds(value: float | None) -> str:
    """A median of seconds."""
    return "\u2014" if value is None else f"{value:.0f} s"


def saved(report: MonthReport) -> str:
    """What the minutes are made of."""
    if report.minutes_saved is None:
        return f"{wording.counted(report.measured, 'decision', 'decisions')} measured: too few to tell"
    return f"measured in {wording.counted(report.measured, 'decision', 'decisions')}"


def not_claimed(saving: Saving) -> str:
    """Why no minutes are claimed; empty where they are."""
    return "too few were measured" if saving.minutes is None else ""
