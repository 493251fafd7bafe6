"""Raw bytes to a parsed item: the door to everything that is read. Never raises, records defects."""

from datetime import datetime

from triage_app.domain import reports
from triage_app.domain.alerts import parse_alert
from triage_app.domain.caps import Caps
from triage_app.domain.item import Defect, Form, ParsedItem
from triage_app.domain.mapping import NO_MAPPINGS, Mappings


def parse(
    content: bytes,
    form: Form,
    caps: Caps = Caps(),  # noqa: B008 - frozen, so it may be shared
    *,
    near: datetime | None = None,
    mappings: Mappings = NO_MAPPINGS,
) -> ParsedItem:
    """What is in a raw item. Pure, bounded by `caps`, linear in the size of `content`.

    `near` is when the item arrived: it tells the year of times that are written without one. `mappings` are for
    alerts. Whatever is wrong becomes a defect; where nothing at all could be read, the item holds only that defect.
    """
    try:
        if form is Form.ALERT:
            return parse_alert(content, near=near, mappings=mappings)
        return reports.read(content, form, caps)
    except Exception as error:  # noqa: BLE001 - one item must never stop the others; the defect says what happened
        return ParsedItem(
            form, defects=(Defect("unreadable", f"It could not be read ({type(error).__name__}: {error})"[:300]),)
        )
