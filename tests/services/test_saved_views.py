"""Saved views: kept for everybody, counted, and told where they cannot be."""

import pytest

from tests.fakes.workbench import Item, Workbench, workbench
from triage_app.domain.changes import ChangeKind, ChangeSet
from triage_app.domain.errors import InvalidInput, InvalidState, NotFound
from triage_app.domain.ticket import TicketId, Verdict
from triage_app.services.commands import AssignTicket, CloseTicket, Undo
from triage_app.services.queries import CountViews
from triage_app.services.saved_views import COUNTED, MOST_VIEWS
from triage_app.services.search_commands import RemoveView, SaveView
from triage_app.services.search_queries import CountedView
from triage_app.services.search_shapes import StoredView


def saved(bench: Workbench, actor: str = "") -> tuple[CountedView, ...]:
    return bench.app.ask(CountViews(), actor=actor).saved


def shown(bench: Workbench, actor: str = "") -> list[tuple[str, int, bool]]:
    return [(each.view.name, each.tickets, each.exact) for each in saved(bench, actor)]


def test_a_saved_view_is_counted_for_whoever_looks() -> None:
    with workbench() as bench:
        seen: list[ChangeSet] = []
        bench.app.subscribe(seen.append)
        made = bench.app.execute(SaveView(" Mine   to do ", "assignee:me is:open", sort="-severity"))
        assert (made.name, made.query, made.sort, made.who) == (
            "Mine to do",
            "assignee:me is:open",
            "-severity",
            "maria",
        )
        assert [each.kinds for each in seen] == [{ChangeKind.VIEWS}]
        bench.app.execute(SaveView("closed ones", "is:closed"))
        bench.intake(*[Item("", "")] * 4)
        for number, who in ((1, "maria"), (2, "jo"), (3, "jo")):
            bench.app.execute(AssignTicket(TicketId(number), who))
        assert shown(bench) == [("closed ones", 0, True), ("Mine to do", 1, True)]
        bench.app.execute(CloseTicket(TicketId(2), verdict=Verdict.TEST))
        assert shown(bench, "jo") == [("closed ones", 1, True), ("Mine to do", 1, True)]
        # and not where nobody wants that
        assert bench.app.ask(CountViews(saved=False)).saved == ()


def test_above_a_thousand_there_are_more() -> None:
    with workbench() as bench:
        bench.intake(*[Item("", "")] * (COUNTED + 5))
        bench.app.execute(SaveView("all of it", "is:open"))
        ((name, tickets, exact),) = shown(bench)
        assert (name, exact) == ("all of it", False)
        assert 0 < tickets <= COUNTED


def test_saving_again_replaces_and_all_of_it_is_undone() -> None:
    with workbench() as bench:
        first = bench.app.execute(SaveView("To do", "assignee:me"))
        bench.app.execute(SaveView("To do", "is:closed"), actor="jo")
        with pytest.raises(InvalidState, match="changed by somebody since"):
            bench.app.execute(Undo())
        bench.app.execute(Undo(), actor="jo")
        assert [each.view for each in saved(bench)] == [first]
        assert bench.app.execute(RemoveView(" To do ")) == first
        assert saved(bench) == ()
        bench.app.execute(Undo())
        assert [each.view for each in saved(bench)] == [first]
        bench.app.execute(Undo())
        assert saved(bench) == ()


@pytest.mark.parametrize(
    ("name", "query", "sort", "says"),
    [
        ("", "is:open", "age", "A view's name"),
        ("x" * 61, "is:open", "age", "A view's name has 1 to 60 characters; this one has 61"),
        ("Inbox", "is:open", "age", "There is a view inbox already"),
        ("parked", "is:open", "age", "There is a view parked already"),
        ("To do", " ", "age", "has a query of 1 to 2,000"),
        ("To do", "x" * 2_001, "age", "has a query of 1 to 2,000"),
        ("To do", "frm:ana", "age", "frm"),
        ("To do", "(is:open", "age", r"\(|bracket|parenthes"),
        ("To do", "is:open", "colour", "cannot be sorted by 'colour'"),
    ],
)
def test_only_what_can_be_shown_is_saved(name: str, query: str, sort: str, says: str) -> None:
    with workbench() as bench:
        with pytest.raises(InvalidInput, match=says):
            bench.app.execute(SaveView(name, query, sort=sort))
        assert saved(bench) == ()


def test_a_view_that_can_be_read_no_more_says_so_beside_the_others() -> None:
    with workbench() as bench:
        bench.intake(Item("", ""))
        good = bench.app.execute(SaveView("good", "is:open"))
        with bench.storage.write() as uow:
            uow.views.save(StoredView("bad", "(is:open", "age", "maria", good.at))
        bad, fine = saved(bench)
        assert (bad.view.name, bad.tickets, bad.exact, bad.problem != "") == ("bad", 0, False, True)
        assert (fine.view, fine.tickets, fine.exact, fine.problem) == (good, 1, True, "")


def test_there_are_no_more_views_than_a_sidebar_can_count() -> None:
    with workbench() as bench:
        for number in range(MOST_VIEWS):
            bench.app.execute(SaveView(f"view {number:03}", "is:open"))
        with pytest.raises(InvalidState, match="Remove one first"):
            bench.app.execute(SaveView("one more", "is:open"))
        bench.app.execute(SaveView("view 000", "is:closed"))
        assert len(saved(bench)) == MOST_VIEWS
        with pytest.raises(NotFound, match="no saved view named one more"):
            bench.app.execute(RemoveView("one more"))
