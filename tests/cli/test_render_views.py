from dataclasses import replace
from datetime import UTC, datetime

from triage_app.cli.render import to_text
from triage_app.cli.render_views import MOST_ROWS, wake
from triage_app.domain.dedup import Level
from triage_app.domain.ticket import Severity, Status, TicketId, TicketRow
from triage_app.services.queries import TicketView, ViewCounts
from triage_app.services.search_commands import Woken
from triage_app.services.search_queries import CountedView, PlannedLink
from triage_app.services.search_shapes import StoredView, Wake

AT = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
ROW = TicketRow(
    TicketId(7), "Invoice\x1b 17", "https://evil.example", "Phishing", 0.9, "model", False, Status.NEW, None,
    Severity.LOW, 0, "jo", "files", "mail", 0, 0, AT, None, AT, AT,
)  # fmt: skip
VIEW = StoredView("Ba\x1bnks", "from:bank is:open", "age", "maria", AT)
COUNTS = ViewCounts(1234, 2, 3, 4, 5, 6, 7, 8)
PLAN = PlannedLink(ROW, (replace(ROW, id=TicketId(8)),), Level.LINK, 0, 1, ("Ticket 8 has the severity high.",))
WAKE = Wake(TicketId(7), AT, True, False, "call\x1b", "maria", AT)


def test_both_kinds_of_views_are_shown() -> None:
    assert to_text(COUNTS).splitlines()[0] == "inbox       1,234"
    text = to_text(replace(COUNTS, saved=(CountedView(VIEW, 1000, exact=False), CountedView(VIEW, 12, exact=True))))
    first, second = text.splitlines()[-2:]
    assert first.split() == ["Ba", "nks", "1,000+", "from:bank", "is:open"]
    assert " 12 " in second
    assert "problem" not in text
    broken = to_text(replace(COUNTS, saved=(CountedView(VIEW, 0, exact=False, problem="A bracket is open."),)))
    assert broken.splitlines()[-1].split()[2] == "-"
    assert "A bracket is open." in broken
    assert "\x1b" not in text


def test_a_plan_of_linking_says_what_goes_where_and_what_is_new() -> None:
    text = to_text(PLAN)
    assert text.startswith("1 ticket goes under ticket 7 as link (1 somebody else's).")
    assert text.splitlines()[3].split()[:3] == ["first", "7", "Phishing"]
    assert text.endswith("Ticket 8 has the severity high.")
    assert "https://" not in text
    assert "\x1b" not in text
    many = replace(PLAN, others=(ROW,) * (MOST_ROWS + 2), yours=2, of_others=0, news=())
    assert to_text(many).startswith(f"{MOST_ROWS + 2} tickets go under ticket 7 as link (2 yours).")
    assert "2 more tickets" in to_text(many)


def test_what_is_refused_is_just_that() -> None:
    assert to_text(replace(PLAN, refused="They were set apart.")) == "They were set apart."


def test_who_came_back_is_named() -> None:
    assert to_text(Woken(())) == "No ticket's time has come."
    assert to_text(Woken((TicketId(3), TicketId(5)))) == "Back: 3, 5"


def test_when_a_ticket_comes_back_stands_with_it() -> None:
    assert wake(WAKE) == "back 2026-03-01 12:30Z or when something changes, set by maria: call "
    assert wake(replace(WAKE, until=None, why="")) == "back when something changes, set by maria"
    follow = replace(WAKE, on_change=False, follow_up=True, why="look")
    assert wake(follow) == "follow-up 2026-03-01 12:30Z, set by maria: look"
    view = TicketView(ROW, (), (), (), (), (), wake=follow)
    assert wake(follow) in to_text(view)
    assert "set by" not in to_text(replace(view, wake=None))
