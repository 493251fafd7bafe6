"""Taking a decision back, part by part."""

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from tests.fakes.workbench import RULES, Item, Workbench, workbench
from triage_app.domain.dedup import Level
from triage_app.domain.errors import TriageError
from triage_app.domain.ticket import Severity, Status, TicketId, Verdict
from triage_app.services.app import App
from triage_app.services.arguments import Command
from triage_app.services.commands import (
    AcceptLabel,
    AddNote,
    AssignTicket,
    CheckLink,
    CloseLinked,
    CloseTicket,
    CorrectLabel,
    LinkTickets,
    ReopenTicket,
    SplitRepeat,
    Undo,
    UnlinkTicket,
)
from triage_app.services.inverse import state_of
from triage_app.services.queries import CountViews, ExportCorrections, ExportFormat, GetTicket, ListTickets
from triage_app.services.search_commands import FollowUp, SnoozeTicket, WakeTickets

TICKETS = [TicketId(number) for number in range(1, 5)]

decisions: st.SearchStrategy[Command[object]] = st.one_of(
    st.builds(CloseTicket, st.sampled_from(TICKETS), verdict=st.sampled_from(list(Verdict))),
    st.builds(ReopenTicket, st.sampled_from(TICKETS)),
    st.builds(AssignTicket, st.sampled_from(TICKETS), st.sampled_from(["me", "-", "jo"])),
    st.builds(AddNote, st.sampled_from(TICKETS), st.text("ab", min_size=1, max_size=3)),
    st.builds(CorrectLabel, st.sampled_from(TICKETS), st.sampled_from(["Phishing", "Spam", "Other"])),
    st.builds(AcceptLabel, st.sampled_from(TICKETS)),
    st.builds(
        SnoozeTicket, st.sampled_from(TICKETS), until=st.sampled_from(["", "2h", "monday"]), until_change=st.booleans()
    ),
    st.builds(FollowUp, st.sampled_from(TICKETS), at=st.sampled_from(["2d", "never"])),
    st.builds(WakeTickets, st.sampled_from(TICKETS)),
)


def picture(app: App) -> object:
    """All that an analyst can see of the tickets, but for what their timeline says."""
    views = [app.ask(GetTicket(ticket)) for ticket in TICKETS]
    learnt = app.ask(ExportCorrections(format=ExportFormat.FASTTEXT)).content
    return [(view.row, view.wake, view.notes, view.predictions) for view in views], learnt, app.ask(CountViews())


def test_the_state_of_a_row_is_what_people_change(demo: App) -> None:
    row = demo.ask(ListTickets(limit=1)).tickets[0]
    state = state_of(row)
    assert (state.status, state.category, state.reviewed) == (row.status, row.category, row.reviewed)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(decisions, max_size=12))
def test_any_history_of_decisions_can_be_walked_back_to_where_it_began(
    demo: App, history: list[Command[object]]
) -> None:
    # given
    before = picture(demo)
    done = 0
    # when decisions are made, those that the state forbids left out, and all are taken back
    for command in history:
        try:
            demo.execute(command, actor="maria")
        except TriageError:
            continue
        done += 1
    for _ in range(done):
        demo.execute(Undo(), actor="maria")
    # then everything is as before
    assert picture(demo) == before
    with pytest.raises(TriageError, match="left to take back"):
        demo.execute(Undo(), actor="maria")


# -- groups of duplicates ----------------------------------------------------------------------------------------------

KEYS = 2
Move = tuple[str, int, int, int]
"""A kind of step and three numbers, each taken modulo what there is when its turn comes."""

numbers = st.integers(0, 1_000)
moves: st.SearchStrategy[Move] = st.tuples(
    st.sampled_from(
        ["intake"] * 2
        + ["link"] * 4
        + ["close-linked"] * 2
        + ["unlink", "unlink", "split", "split", "check", "close", "reopen", "assign", "undo", "undo"]
        + ["snooze", "snooze", "follow-up"]
    ),
    numbers,
    numbers,
    numbers,
)


GROUPS = text(
    """
    SELECT dedup_groups.*, dedup_rules.name, count(members.at) AS counted, min(members.at) AS earliest,
        max(members.at) AS latest
    FROM dedup_groups JOIN dedup_rules ON dedup_rules.id = dedup_groups.rule_id LEFT JOIN (
        SELECT group_id, at FROM dedup_repeats WHERE split_settled_at IS NULL
        UNION ALL SELECT group_id, item_at FROM dedup_links WHERE NOT removed
    ) AS members ON members.group_id = dedup_groups.id
    WHERE dedup_groups.primary_id > :after GROUP BY dedup_groups.id, dedup_rules.name
    """
)
TICKETS_NOW = text("SELECT id FROM tickets WHERE id > :after AND lane <> 5 ORDER BY id")
PICTURE = [
    text(statement)
    for statement in (
        "SELECT * FROM tickets WHERE id > :after AND lane <> 5",
        "SELECT * FROM raw_items WHERE ticket_id > :after ORDER BY id",
        "SELECT * FROM wakes WHERE ticket_id > :after ORDER BY ticket_id",
        "SELECT * FROM notes WHERE ticket_id > :after AND NOT removed",
        "SELECT * FROM dedup_groups WHERE primary_id > :after ORDER BY id",
        "SELECT * FROM dedup_links WHERE primary_id > :after AND NOT removed ORDER BY id",
        "SELECT * FROM dedup_pairs WHERE lower_id > :after",
        "SELECT * FROM dedup_repeats WHERE ticket_id > :after AND split_settled_at IS NULL ORDER BY raw_id",
        "SELECT * FROM dedup_rules",
        "SELECT * FROM sources",
        "SELECT * FROM queue_counts WHERE lane <> 5 AND tickets <> 0",
    )
]


class History:
    """Steps on the tickets of one example, with a picture before each one that is compared when it is taken back."""

    def __init__(self, bench: Workbench, number: int) -> None:
        self.bench = bench
        self.number = number
        self.person = f"maria {number}"
        self.tickets: list[TicketId] = []
        self.after = max(bench.tickets(1), default=0)
        self.stack: list[object] = []
        """For each step that can be taken back the picture before it; None where items came in since."""
        self.undone = 0

    def step(self, move: Move) -> None:
        kind, one, two, three = move
        if kind == "intake":
            self.come_in(one, two, three)
        elif kind == "undo":
            self.undo()
        else:
            command = self.command(kind, one, two, three)
            if command is not None:
                self.decide(command)

    def come_in(self, one: int, two: int, three: int) -> None:
        """One or two items by any rule; what was decided before can then no longer be compared as a whole."""
        rule = RULES[one % len(RULES)]
        key = f"{self.number} {two % KEYS}"
        severity = Severity(1 + three % 2)
        self.bench.intake(*[Item(rule, key, severity)] * (1 + three % 3))
        self.look()
        self.stack = [None] * len(self.stack)

    def command(self, kind: str, one: int, two: int, three: int) -> Command[object] | None:
        if not self.tickets:
            return None
        ticket = self.tickets[one % len(self.tickets)]
        other = self.tickets[two % len(self.tickets)]
        verdict = list(Verdict)[three % len(Verdict)]
        with self.bench.storage.read() as uow:
            repeats = [each.raw for each in uow.duplicates.repeats(ticket, limit=10)] if kind == "split" else []
            links = [each.id for each in uow.duplicates.links(ticket)] if kind == "check" else []
        match kind:
            case "link":
                third = self.tickets[three % len(self.tickets)]
                return LinkTickets((ticket, other, third), level=(Level.LINK, Level.CHILD, Level.NOTE)[three % 3])
            case "unlink":
                return UnlinkTicket(ticket, other if three % 2 else None)
            case "split":
                return SplitRepeat(repeats[two % len(repeats)]) if repeats else None
            case "check":
                return CheckLink(links[two % len(links)]) if links else None
            case "close":
                return CloseTicket(ticket, verdict=verdict)
            case "reopen":
                return ReopenTicket(ticket)
            case "assign":
                return AssignTicket(ticket, "me")
            case "snooze":
                return SnoozeTicket(ticket, until="2h" if two % 2 else "", until_change=not two % 2)
            case "follow-up":
                return FollowUp(ticket, at="2d")
            case _:
                return CloseLinked(ticket, verdict=verdict)

    def decide(self, command: Command[object]) -> None:
        before = self.picture()
        try:
            self.bench.app.execute(command, actor=self.person)
        except TriageError:
            assert self.picture() == before
            return
        self.stack.append(before)
        self.look()

    def undo(self) -> bool:
        """Whether the last step could be taken back: it must be, where nothing came in since."""
        before = self.picture()
        if not self.stack:
            with pytest.raises(TriageError, match="left to take back"):
                self.bench.app.execute(Undo(), actor=self.person)
            return False
        try:
            self.bench.app.execute(Undo(), actor=self.person)
        except TriageError:
            assert self.stack[-1] is None
            assert self.picture() == before
            return False
        expected = self.stack.pop()
        if expected is not None:
            assert self.picture() == expected
            self.undone += 1
        self.look()
        return True

    def look(self) -> None:
        """Which tickets there are now."""
        with self.bench.storage.read() as uow:
            found = uow.transaction.all(TICKETS_NOW, {"after": self.after})
        self.tickets = [TicketId(row.id) for row in found]

    def picture(self) -> object:
        """Every row of this example's, and every count, as the database holds them.

        What was taken back keeps its row, marked, so that its id is never another's: it is left out.
        """
        with self.bench.storage.read() as uow:
            return [uow.transaction.all(statement, {"after": self.after}) for statement in PICTURE]

    def check(self) -> None:
        """What holds of groups whatever was done."""
        with self.bench.storage.read() as uow:
            assert all(balance.difference == 0 and not balance.pending for balance in uow.ledger.balance())
            for group in uow.transaction.all(GROUPS, {"after": self.after}):
                # what was dropped leaves nothing that could be counted
                dropping = group.name.startswith("drop-")
                assert group.items == 1 + group.counted or (dropping and group.items > group.counted)
                times = [group.kept_first_at, group.kept_last_at, *filter(None, (group.earliest, group.latest))]
                assert (group.first_at, group.last_at) == (min(times), max(times))
            home = {}
            for row in uow.tickets.rows(self.tickets):
                link = uow.duplicates.above(row.id)
                home[row.id] = row.id if link is None else link.primary
            for one, other in uow.duplicates.pairs_apart(self.tickets):
                assert home.get(one, one) != home.get(other, other), "together though set apart"
            for row in uow.tickets.rows(self.tickets):
                links = [each for each in uow.duplicates.links(row.id) if each.level is not Level.SUGGEST]
                above = [each for each in links if each.other == row.id]
                under = [each for each in links if each.primary == row.id]
                assert len(above) <= 1
                assert not (above and under), "a chain"
                assert row.duplicates == len(under) + len(uow.duplicates.repeats(row.id, limit=0))
                assert (row.verdict is None) == (row.status is not Status.RESOLVED)


@pytest.fixture(scope="module")
def bench() -> Iterator[Workbench]:
    with workbench() as opened_bench:
        yield opened_bench


histories = itertools.count()


@settings(max_examples=2_000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(moves, min_size=2, max_size=10))
def test_whatever_is_decided_about_duplicates_one_undo_after_the_other_restores_it(
    bench: Workbench, steps: list[Move]
) -> None:
    # given a few items that came in
    history = History(bench, next(histories))
    for _, one, two, three in steps[:2]:
        history.come_in(one, two, three)
    # when people decide while items come in, and take some of it back
    for each in steps:
        history.step(each)
    # then the groups are sound, and all that was decided since the last item came can be taken back
    history.check()
    while history.stack and history.undo():
        pass
    history.check()
