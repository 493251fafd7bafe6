from dataclasses import replace

from PySide6.QtCore import Qt

from tests.gui.groups import NOW, a_link, a_repeat, a_row, a_tree
from triage_app.domain.dedup import Level
from triage_app.domain.ticket import TicketId, Verdict
from triage_app.gui.models.duplicate_lines import DuplicateLines, LineKind, key_of, lines_of, members_of, tip

TREE = a_tree(
    a_link(1, Level.SUGGEST, a_row(9)),
    a_link(2, Level.NOTE, a_row(5)),
    a_link(3, Level.NOTE, a_row(6), checked=True),
    a_link(4, Level.LINK, a_row(4), novelty=("malicious 203.0.113.9",)),
    a_link(5, Level.CHILD, a_row(3)),
    repeats=(a_repeat(70, 1), a_repeat(71, 2, "new recipient b@example.org")),
)


def test_a_group_is_listed_from_its_first_ticket_down_to_its_repeats() -> None:
    lines = lines_of(TREE)
    assert [line.text for line in lines if line.kind is LineKind.HEADING] == [
        "First ticket",
        "1 child",
        "1 linked ticket",
        "2 potential duplicates, 1 to check",
        "1 suggested ticket",
        "2 merged repeats",
    ]
    assert [line.row.id for line in lines if line.row is not None] == [1, 3, 4, 5, 6, 9]
    assert [line.repeat.raw for line in lines if line.repeat is not None] == [70, 71]


def test_a_ticket_without_a_group_has_no_lines() -> None:
    assert lines_of(a_tree()) == ()


def test_members_are_walked_in_the_order_of_the_lines() -> None:
    assert [row.id for row in members_of(TREE)] == [1, 3, 4, 5, 6, 9]


def test_only_potential_links_wait_for_a_tick() -> None:
    assert [line.row.id for line in lines_of(TREE) if line.is_unchecked and line.row is not None] == [5]


def test_lines_are_said_in_words_and_headings_cannot_be_chosen() -> None:
    lines = DuplicateLines(lambda: NOW)
    lines.show(TREE, TicketId(4))
    place = lines.place_of(("ticket", 4))
    said = lines.data(lines.index(place), Qt.ItemDataRole.AccessibleTextRole)
    assert "ticket 4" in said
    assert "new: malicious 203.0.113.9" in said
    assert "same user" in said
    assert lines.flags(lines.index(0)) == Qt.ItemFlag.ItemIsEnabled
    assert lines.flags(lines.index(1)) & Qt.ItemFlag.ItemIsSelectable
    assert lines.data(lines.index(0), Qt.ItemDataRole.ToolTipRole) is None
    assert "New: malicious" in (tip(lines.at(place)) or "")


def test_a_line_is_found_again_by_what_it_is_about() -> None:
    lines = DuplicateLines(lambda: NOW)
    lines.show(TREE, None)
    for place in range(lines.rowCount()):
        key = key_of(lines.at(place))
        assert key is None or lines.place_of(key) == place
    assert lines.place_of(("ticket", 4711)) == -1


def test_a_closed_ticket_says_its_verdict() -> None:
    lines = DuplicateLines(lambda: NOW)
    lines.show(a_tree(a_link(1, Level.LINK, a_row(2, verdict=Verdict.DUPLICATE))), None)
    assert "Duplicate" in lines.data(lines.index(3))


def test_of_many_repeats_it_is_said_that_the_newest_are_shown() -> None:
    tree = a_tree(repeats=(a_repeat(1, 1),))
    assert lines_of(replace(tree, merged=400))[-2].text == "400 merged repeats, the newest 1 of them"
