from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from PySide6.QtCore import QPersistentModelIndex, Qt

from triage_app.domain.pattern import Pattern
from triage_app.domain.slots import Slot
from triage_app.domain.ticket import Status, TicketId, Verdict
from triage_app.gui.look import Look
from triage_app.gui.models.campaign_members import (
    FOLLOWS_NOT,
    FROM,
    ID,
    STATE,
    TIME,
    CampaignMembers,
    came_at,
    harmless,
    natural,
)
from triage_app.services.search_queries import Campaign, CampaignMember

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SLOTS = (Slot("recipient", "recipient", 3), Slot("url", "url", 3), Slot("amount", "amount", 3))


def a_member(ticket: int, *values: str, hours: int = 0, follows: bool = True, **fields: Any) -> CampaignMember:
    """A member that came so many hours after noon."""
    at = NOON + timedelta(hours=hours)
    made = CampaignMember(TicketId(ticket), at, "pay@evil.example", (), Status.NEW, None, follows, values)
    return replace(made, **fields)


def a_campaign(*members: CampaignMember, **fields: Any) -> Campaign:
    """A campaign of these."""
    made = Campaign(
        pattern=Pattern("invoice", ""),
        total=len(members),
        open=len(members),
        first=NOON,
        last=NOON + timedelta(hours=9),
        template="Invoice for {recipient}\n\nPay {amount} at {url} {now}",
        subjects_only=False,
        slots=SLOTS,
        members=members,
    )
    return replace(made, **fields)


THREE = a_campaign(
    a_member(3, "ann", "http://evil.example/9", "EUR 90", hours=1),
    a_member(5, "", "", "", hours=3, follows=False),
    a_member(4, "bob", "http://evil.example/10", "EUR 1200", hours=2, verdict=Verdict.TRUE_POSITIVE),
)


def texts(members: CampaignMembers, column: int) -> list[str]:
    return [str(members.index(row, column).data()) for row in range(members.rowCount())]


def test_members_stand_below_each_other_the_newest_first_and_harmless(look: Look) -> None:
    members = CampaignMembers(look)
    members.show(THREE)
    assert (members.rowCount(), members.columnCount()) == (3, 7)
    titles = [members.headerData(column, Qt.Orientation.Horizontal) for column in range(7)]
    assert titles[:4] == ["Id", "Time", "State", "From"]
    assert str(titles[5]).startswith("url")
    assert "3" in str(titles[5])
    assert texts(members, ID) == ["5", "4", "3"]
    assert texts(members, FROM)[0] == "pay[@]evil[.]example"
    assert texts(members, STATE) == ["New", "True positive", "New"]
    assert texts(members, 5)[1] == "hxxp://evil[.]example/10"
    assert members.ticket_at(1) == 4
    assert (members.place_of(TicketId(3)), members.place_of(TicketId(9))) == (2, -1)
    assert members.headerData(0, Qt.Orientation.Vertical) is None


def test_what_does_not_follow_is_told_apart(look: Look) -> None:
    members = CampaignMembers(look)
    members.show(THREE)
    apart, follows = members.index(0, 4), members.index(1, 4)
    assert apart.data(Qt.ItemDataRole.ToolTipRole) == FOLLOWS_NOT
    assert apart.data(Qt.ItemDataRole.ForegroundRole) == look.colour("text-second")
    assert follows.data(Qt.ItemDataRole.ToolTipRole) == "bob"
    assert follows.data(Qt.ItemDataRole.ForegroundRole) is None
    assert "received" in members.index(1, TIME).data(Qt.ItemDataRole.ToolTipRole)


def test_numbers_are_sorted_by_their_size_and_what_is_empty_stays_below(look: Look) -> None:
    members = CampaignMembers(look)
    members.show(THREE)
    kept = QPersistentModelIndex(members.index(2, ID))
    up, down = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
    members.sort(6, up)
    assert texts(members, 6) == ["EUR 90", "EUR 1200", ""]
    assert (kept.row(), kept.data()) == (0, "3")
    members.sort(6, down)
    assert texts(members, 6) == ["EUR 1200", "EUR 90", ""]
    members.sort(5, up)
    assert texts(members, 5)[0].endswith("/9")
    members.sort(TIME, up)
    assert texts(members, ID) == ["3", "4", "5"]
    members.sort(ID, down)
    assert texts(members, ID) == ["5", "4", "3"]


def test_ids_stand_on_the_right_and_what_was_sent_in_the_fixed_font(look: Look) -> None:
    members = CampaignMembers(look)
    members.show(THREE)
    ticket, url = members.index(1, ID), members.index(1, 5)
    assert Qt.AlignmentFlag(ticket.data(Qt.ItemDataRole.TextAlignmentRole)) & Qt.AlignmentFlag.AlignRight
    assert ticket.data(Qt.ItemDataRole.FontRole) == look.figures
    assert url.data(Qt.ItemDataRole.FontRole) == look.mono
    assert members.headerData(5, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole) == "{url}: 3 different"


def test_a_table_is_given_out_whole(look: Look) -> None:
    members = CampaignMembers(look)
    members.show(THREE)
    assert members.all_texts()[0] == ("Id", "Time", "State", "From", "recipient", "url", "amount")
    assert members.all_texts()[2][4:] == ("bob", "hxxp://evil[.]example/10", "EUR 1200")
    assert members.column_texts(4) == ["", "bob", "ann"]
    assert members.text_at(1, 4) == "bob"


def test_values_of_every_kind_are_harmless() -> None:
    assert harmless("http://evil.example/1", "url") == "hxxp://evil[.]example/1"
    assert harmless("ann@evil.example", "mail") == "ann[@]evil[.]example"
    assert harmless("evil.example", "host") == "evil[.]example"
    assert harmless("ann@evil.example", "recipient") == "ann[@]evil[.]example"
    assert harmless("Ann", "recipient") == "Ann"
    assert harmless("see http://evil.example/1 now", "text") == "see hxxp://evil[.]example/1 now"


def test_times_are_those_of_the_items_unless_they_lie_in_the_future() -> None:
    earlier, later = NOON - timedelta(days=3), NOON + timedelta(days=3)
    assert came_at(a_member(1, event_at=earlier)) == earlier
    assert came_at(a_member(1, event_at=later)) == NOON
    assert came_at(a_member(1)) == NOON


def test_a_long_number_is_only_a_larger_one() -> None:
    assert sorted(["b2", "a10", "A9", "a", "1" * 200], key=natural)[-1] == "b2"
