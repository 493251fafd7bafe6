"""What becomes of a batch of read items: decided one after the other in the writing transaction, so that of two items
that are the same only one is ever the first, whichever threads and processes they come through."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from triage_app.domain.conversation import MailHead
from triage_app.domain.deciding import decide
from triage_app.domain.dedup import (
    Arrival,
    DuplicateDecision,
    Group,
    GroupId,
    Level,
    LinkId,
    RuleName,
    RuleSet,
    time_of,
)
from triage_app.domain.errors import NotFound
from triage_app.domain.item import Outcome, RawId
from triage_app.domain.labels import UNCLASSIFIED, Tier
from triage_app.domain.observable import defang
from triage_app.domain.ticket import TicketId, reopen
from triage_app.services.conversations import NO_MAIL, Conversations, Correspondence
from triage_app.services.dedup_shapes import Link
from triage_app.services.groups import first_of
from triage_app.services.inverse import state_of
from triage_app.services.learning_shapes import ShadowAnswer
from triage_app.services.ports import UnitOfWork
from triage_app.services.shadows import answers_of
from triage_app.services.shapes import Analysis, NewTicket, PendingItem
from triage_app.services.timeline import PROGRAM
from triage_app.services.waking import Back, bring_back, duplicate_words


class StoredBook:
    """`GroupBook` over the database, for one transaction."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._duplicates = uow.duplicates
        self._groups: dict[GroupId, Group] = {}

    def current(self, rule: RuleName, values: tuple[str, ...]) -> Group | None:
        """The current group of a rule and key."""
        group = self._duplicates.current(rule, values)
        if group is not None:
            self._groups[group.id] = group
        return group

    def is_open(self, ticket: TicketId) -> bool:
        """Whether a group's first ticket is open."""
        return self._duplicates.is_open(ticket)

    def are_apart(self, arrival: Arrival, group: Group) -> bool:
        """Whether a person has set this item's ticket and a ticket of the group apart."""
        if arrival.ticket is None:
            return False
        pairs = self._duplicates.pairs_apart((arrival.ticket,))
        apart = {each for pair in pairs for each in pair} - {arrival.ticket}
        return bool(apart) and (
            group.primary in apart
            or first_of(self._uow, group.primary) in {first_of(self._uow, each) for each in apart}
        )

    def group(self, group: GroupId) -> Group:
        """A group that was looked at, as it was then."""
        return self._groups[group]


class Settling:
    """Decides the items of one batch in their order and stores what becomes of them."""

    def __init__(self, uow: UnitOfWork, rules: RuleSet, now: datetime, conversations: Conversations) -> None:
        self._uow = uow
        self._rules = rules
        self._now = now
        self._conversations = conversations
        self._book = StoredBook(uow)
        self.answered: dict[TicketId, list[Analysis]] = {}
        """Tickets that got an answer, and what was read from those."""
        self.back = Back()
        """Tickets that came back, since something changed."""
        self._answer_texts: list[tuple[TicketId, RawId, str]] = []
        self._news: dict[TicketId, list[str]] = {}
        self._outcomes: dict[RawId, tuple[Outcome, TicketId | None]] = {}
        self._firsts: dict[TicketId, TicketId] = {}
        self._shadowed: list[ShadowAnswer] = []

    def take(self, item: PendingItem, analysis: Analysis) -> None:
        """Decide one item that could be read: an answer goes to its ticket, all else by the rules."""
        if analysis.head is not None and self._answers(item, analysis, analysis.head):
            return
        arrival = arrival_of(item, analysis)
        decision = decide(self._rules, arrival, self._book, told=False)
        level = decision.level
        if decision.reopens and decision.primary is not None:
            self._open_again(decision.primary, f"a repeat came in (rule {decision.rule})")
        at: datetime | None = None
        worse = ""
        if decision.group is not None and level is not None:
            group = self._book.group(decision.group)
            worse = arrival.severity.word if arrival.severity > group.severity else ""
            at = self._time(group.rule, arrival)
            self._uow.duplicates.join(group, arrival, level, decision.novelty, at=at)
        if level is Level.DROP:
            self._outcomes[item.id] = (Outcome.DROPPED, None)
        elif level is Level.COMMENT:
            self._outcomes[item.id] = (Outcome.MERGED, decision.primary)
            self._tell(decision.primary, duplicate_words(None, worse))
        else:
            (ticket,) = self._uow.tickets.add([new_ticket(item, analysis)])
            self._outcomes[item.id] = (Outcome.TICKETED, ticket)
            self._shadowed += answers_of(ticket, analysis)
            for key in decision.opens:
                begun = self._time(key.rule, arrival)
                self._uow.duplicates.open_group(key.rule, key.values, arrival, ticket, at=begun)
            self._link(ticket, decision, at)
            if level is not None and level is not Level.SUGGEST:
                self._tell(decision.primary, duplicate_words(ticket, worse))
        if analysis.head is not None and (home := self._outcomes[item.id][1]) is not None:
            self._conversations.begin(home, item, analysis.head)

    def take_alone(self, item: PendingItem, analysis: Analysis) -> tuple[TicketId, LinkId | None]:
        """Make an item a ticket of its own, whatever the rules say; returns it and its link, if it got one.

        Where a rule holds it for a repeat it is linked, at its level where that gives a link. It opens no group and no
        closed ticket again, so that it can be taken back.
        """
        arrival = arrival_of(item, analysis)
        decision = decide(self._rules, arrival, self._book)
        if decision.level is not None and not decision.level.has_ticket:
            decision = replace(decision, level=Level.LINK)
        at: datetime | None = None
        worse = ""
        if decision.group is not None and decision.level is not None:
            group = self._book.group(decision.group)
            worse = arrival.severity.word if arrival.severity > group.severity else ""
            at = self._time(group.rule, arrival)
            self._uow.duplicates.join(group, arrival, decision.level, decision.novelty, at=at)
        (ticket,) = self._uow.tickets.add([new_ticket(item, analysis)])
        self._outcomes[item.id] = (Outcome.TICKETED, ticket)
        if decision.level is not None and decision.level is not Level.SUGGEST:
            self._tell(decision.primary, duplicate_words(ticket, worse))
        return ticket, self._link(ticket, decision, at)

    def _answers(self, item: PendingItem, analysis: Analysis, head: MailHead) -> bool:
        """Add a mail to the ticket in which it answers; False where there is none, or it was taken back."""
        ticket = self._conversations.home(head)
        if ticket is None:
            return False
        try:
            is_open = self._uow.duplicates.is_open(ticket)
        except NotFound:
            return False
        self._outcomes[item.id] = (Outcome.MERGED, ticket)
        if self._conversations.join(ticket, item, head):
            self.answered.setdefault(ticket, []).append(analysis)
            self._answer_texts.append((ticket, item.id, analysis.search_text))
            if not is_open and self._conversations.may_open_again(item, head):
                self._open_again(ticket, f"{head.sender} answered")
        return True

    def finish(self) -> None:
        """Store the outcome of every item, and bring back what waits for what has changed."""
        self._uow.ledger.settle(self._outcomes, self._now)
        self._bring_back()
        self._conversations.finish()
        self._uow.shadows.add(self._shadowed)
        for ticket, analyses in self.answered.items():
            sightings = [sighting for each in analyses for sighting in each.sightings]
            own = frozenset().union(*(each.own for each in analyses))
            self._uow.tickets.add_sightings(ticket, sightings, own)
        self._uow.tickets.add_answers(self._answer_texts)
        dropped = [raw for raw, (outcome, _) in self._outcomes.items() if outcome is Outcome.DROPPED]
        if dropped:
            self._uow.ledger.discard(dropped)

    def _tell(self, ticket: TicketId | None, what: str) -> None:
        if ticket is not None:
            self._news.setdefault(ticket, []).append(what)

    def _bring_back(self) -> None:
        """Called before the observables of answers are stored, so that it is seen which are new."""
        if not (self._news or self.answered) or not self._uow.wakes.any_on_change():
            return
        for ticket, news in list(self._news.items()):
            if (first := self._first_of(ticket)) != ticket:
                self._news.setdefault(first, []).extend(news)
        for ticket, analyses in self.answered.items():
            for what in self._answer_words(ticket, analyses):
                self._tell(ticket, what)
        self.back = bring_back(self._uow, self._news, self._now)

    def _answer_words(self, ticket: TicketId, analyses: Sequence[Analysis]) -> Iterator[str]:
        """Who has answered, programs apart, and which observables are new in that."""
        people = (each.head.sender for each in analyses if each.head is not None and not each.head.automatic)
        for sender in dict.fromkeys(people):
            yield f"{sender} answered"
        known = {each.observable for each in self._uow.tickets.observables(ticket)}
        seen = {sighting.observable: None for each in analyses for sighting in each.sightings}
        own = frozenset().union(*(each.own for each in analyses))
        for each in seen:
            if each not in known and each not in own:
                yield f"a new observable {defang(each.value, each.kind)}"

    def _time(self, rule: RuleName, arrival: Arrival) -> datetime:
        return time_of(arrival, self._rules.by_name[rule].window)

    def _link(self, ticket: TicketId, decision: DuplicateDecision, at: datetime | None) -> LinkId | None:
        """Link a repeat under the first ticket of its group; a suggestion names the very ticket that is like it.

        `at` is its time in the group that it has joined.
        """
        level = decision.level or Level.LINK
        first = decision.primary if decision.level is not None else decision.links_to
        if first is None:
            return None
        rule = decision.rule
        return self._uow.duplicates.add_link(
            Link(
                id=LinkId(0),
                primary=first if level is Level.SUGGEST else self._first_of(first),
                other=ticket,
                level=level,
                by=rule or PROGRAM,
                rule=rule,
                at=self._now,
                checked=False,
                reasons=decision.reasons,
                novelty=decision.novelty,
                group=decision.group,
                item_at=at,
            )
        )

    def _first_of(self, ticket: TicketId) -> TicketId:
        """The first ticket of a group. Only tickets of this batch get a link above them meanwhile."""
        if ticket not in self._firsts:
            self._firsts[ticket] = first_of(self._uow, ticket)
        return self._firsts[ticket]

    def _open_again(self, ticket: TicketId, why: str) -> None:
        state = state_of(self._uow.tickets.row(ticket))
        if not state.is_open:
            self._uow.tickets.set_state(ticket, reopen(state))
            self._uow.tickets.add_note(ticket, self._now, PROGRAM, f"Opened again: {why}.")


def arrival_of(item: PendingItem, analysis: Analysis) -> Arrival:
    """What a decision needs to know of an item that was read."""
    return Arrival(
        raw=item.id,
        event_at=analysis.event_at,
        received_at=item.received_at,
        severity=analysis.severity,
        keys=analysis.keys,
        recipients=analysis.recipients,
    )


def new_ticket(item: PendingItem, analysis: Analysis) -> NewTicket:
    """The first dataset's prediction is the ticket's category."""
    if not analysis.predictions:
        return NewTicket(item.id, item.source, item.received_at, analysis, UNCLASSIFIED, 0.0, Tier.DEFAULT)
    first = analysis.predictions[0]
    return NewTicket(item.id, item.source, item.received_at, analysis, first.label, first.confidence, first.tier)


def settle(
    batch: Sequence[PendingItem],
    analyses: Sequence[Analysis],
    uow: UnitOfWork,
    rules: RuleSet,
    now: datetime,
    mail: Correspondence = NO_MAIL,
) -> frozenset[TicketId]:
    """Settle a batch: a ticket, a merge or a drop for what could be read, a reason for what could not.

    What another process settled in the meantime is left alone. Returns the tickets that got an answer, and those that
    came back since something changed.
    """
    pending = uow.ledger.still_pending([item.id for item in batch])
    found = [(i, a) for i, a in zip(batch, analyses, strict=True) if i.id in pending]
    uow.duplicates.expect((key.rule, key.values) for _, analysis in found for key in analysis.keys)
    conversations = Conversations(uow, mail, now)
    conversations.expect(analysis.head for _, analysis in found if analysis.head is not None)
    settling = Settling(uow, rules, now, conversations)
    for item, analysis in found:
        if not analysis.reason:
            settling.take(item, analysis)
    settling.finish()
    parked: Mapping[RawId, tuple[str, str]] = {i.id: (a.code, a.reason) for i, a in found if a.reason}
    if parked:
        uow.ledger.park(parked, now)
    return settling.back.tickets.union(settling.answered)
