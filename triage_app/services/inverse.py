"""Undo: what a handler records so that its decision can be taken back exactly, and the taking back."""

from dataclasses import dataclass
from datetime import datetime

from triage_app.domain.changes import ChangeKind, ChangeSet
from triage_app.domain.dedup import Level, LinkId
from triage_app.domain.errors import InvalidInput, InvalidState, NotFound
from triage_app.domain.item import RawId
from triage_app.domain.labels import Effect, ModelId
from triage_app.domain.learning import CorrectionId
from triage_app.domain.ledger import ParkedItem
from triage_app.domain.observable import Observable, ObservableKind
from triage_app.domain.outgoing_mail import OutgoingId
from triage_app.domain.source import Cursor, Source
from triage_app.domain.ticket import NoteId, TicketId, TicketRow, Verdict, WorkState, close
from triage_app.services.dedup_shapes import Link, Memory
from triage_app.services.learning_shapes import Forgotten
from triage_app.services.ports import UnitOfWork
from triage_app.services.search_shapes import StoredView, Wake


@dataclass(frozen=True, slots=True)
class Step:
    """A ticket's state before and after a decision."""

    ticket: TicketId
    before: WorkState
    after: WorkState


@dataclass(frozen=True, slots=True)
class Closing:
    """Tickets that were closed together with one verdict, each with its state before."""

    verdict: Verdict
    before: tuple[tuple[TicketId, WorkState], ...]


@dataclass(frozen=True, slots=True)
class PairBefore:
    """What people had said about two tickets before."""

    one: TicketId
    other: TicketId
    memory: Memory | None


@dataclass(frozen=True, slots=True)
class Split:
    """A merged item that became a ticket of its own (`own`, in `state`), and the ticket that it came from; `is_answer`
    where it had been merged as an answer and not as a repeat."""

    raw: RawId
    ticket: TicketId
    own: TicketId
    state: WorkState
    is_answer: bool = False


@dataclass(frozen=True, slots=True)
class SourceBefore:
    """A source as it was before it was changed, or before it was removed at `removed`, with how far it was taken in."""

    source: Source
    removed: datetime | None = None
    cursors: tuple[Cursor, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """A ticket's double review in a dataset."""

    ticket: TicketId
    dataset: str


@dataclass(frozen=True, slots=True)
class ShadowBefore:
    """Whether a version of a model was in the shadow."""

    model: ModelId
    shadow: bool


@dataclass(frozen=True, slots=True)
class TagBefore:
    """What a dataset gave a ticket before, and what it gave then; an empty label is that it gave nothing."""

    ticket: TicketId
    dataset: str
    effect: Effect
    label: str
    after: str


@dataclass(frozen=True, slots=True)
class WakeStep:
    """When a ticket comes back by itself, before a decision and after it; None is that it does not."""

    ticket: TicketId
    before: Wake | None
    after: Wake | None


@dataclass(frozen=True, slots=True)
class ViewStep:
    """The saved view of a name, before a decision and after it; None is that there is none."""

    name: str
    before: StoredView | None
    after: StoredView | None


@dataclass(frozen=True, slots=True)
class IgnoreStep:
    """Whether an observable was ignored, before a decision and after it."""

    kind: ObservableKind
    value: str
    before: bool
    after: bool


@dataclass(frozen=True, slots=True)
class Made:
    """A ticket that was made by hand (`ticket`, in `state`) of a raw item, and the link that a rule gave it."""

    raw: RawId
    ticket: TicketId
    state: WorkState
    link: LinkId | None


@dataclass(frozen=True, slots=True)
class Inverse:
    """All that takes one decision back: ticket states, a correction, one that was taken back (`stood`), a note, the
    model that was in force, a parked item; links that were added, removed or ticked off, what was said about pairs,
    a split, a closing of many; the settings of a source; what was queued to go out, or withdrawn; the corrections
    of a whole cluster (`told`), a second opinion that was asked for with a decision (`asked`), and one that was
    given (`looked`); what datasets gave tickets before (`tags`); a version that was put in the shadow or out of it;
    who was forgotten (`forgot`) or recalled; notes that the program wrote with a decision; when tickets come back
    (`wakes`); a saved view, a ticket that was made by hand, an observable that is ignored or is not. Secrets are not
    here: a source that comes back needs them anew.
    """

    steps: tuple[Step, ...] = ()
    correction: CorrectionId | None = None
    stood: CorrectionId | None = None
    note: NoteId | None = None
    model: ModelId | None = None
    dismissed: ParkedItem | None = None
    linked: tuple[LinkId, ...] = ()
    unlinked: tuple[Link, ...] = ()
    ticked: LinkId | None = None
    pairs: tuple[PairBefore, ...] = ()
    split: Split | None = None
    closing: Closing | None = None
    source: SourceBefore | None = None
    queued: tuple[OutgoingId, ...] = ()
    withdrawn: OutgoingId | None = None
    told: tuple[CorrectionId, ...] = ()
    tags: tuple[TagBefore, ...] = ()
    asked: Look | None = None
    looked: Look | None = None
    shadow: ShadowBefore | None = None
    forgot: Forgotten | None = None
    recalled: Forgotten | None = None
    notes: tuple[NoteId, ...] = ()
    wakes: tuple[WakeStep, ...] = ()
    view: ViewStep | None = None
    made: Made | None = None
    ignored: IgnoreStep | None = None


def state_of(row: TicketRow) -> WorkState:
    """The part of a row that people change."""
    return WorkState(row.status, row.verdict, row.assignee, row.category, row.confidence, row.tier, row.reviewed)


def take_back(inverse: Inverse, uow: UnitOfWork) -> ChangeSet:
    """Restore what was before. Raises InvalidState, and restores nothing, where somebody changed a ticket since."""
    kinds = set()
    tickets = set()
    for step in inverse.steps:
        row = uow.tickets.row(step.ticket)
        if state_of(row) != step.after:
            raise _changed_since(step.ticket)
        uow.tickets.set_state(step.ticket, step.before)
        kinds.add(ChangeKind.TICKETS_CHANGED)
        tickets.add(step.ticket)
    said = _unsay(inverse, uow)
    if said:
        kinds |= {ChangeKind.CORRECTIONS, ChangeKind.TICKETS_CHANGED}
        tickets |= said
    for note in inverse.notes if inverse.note is None else (inverse.note, *inverse.notes):
        tickets.add(uow.tickets.remove_note(note))
        kinds.add(ChangeKind.NOTES)
    for wake in inverse.wakes:
        _set_wake_again(wake, uow)
        tickets.add(wake.ticket)
        kinds.add(ChangeKind.TICKETS_CHANGED)
    kinds |= _look_as_before(inverse, uow)
    if _unlearn(inverse, uow):
        kinds.add(ChangeKind.MODELS)
    if inverse.dismissed is not None:
        uow.ledger.restore_parked(inverse.dismissed)
        kinds.add(ChangeKind.LEDGER)
    regrouped = _regroup(inverse, uow)
    if regrouped:
        kinds.add(ChangeKind.TICKETS_CHANGED)
        tickets |= regrouped
    if inverse.split is not None:
        tickets.add(_merge_again(inverse.split, uow))
        kinds |= {ChangeKind.TICKETS_ADDED, ChangeKind.TICKETS_CHANGED, ChangeKind.LEDGER}
    if inverse.made is not None:
        tickets |= _unmake(inverse.made, uow)
        kinds |= {ChangeKind.TICKETS_ADDED, ChangeKind.TICKETS_CHANGED, ChangeKind.LEDGER}
    if inverse.closing is not None:
        tickets |= _open_again(inverse.closing, uow)
        kinds.add(ChangeKind.TICKETS_CHANGED)
    if inverse.source is not None:
        _bring_back(inverse.source, uow)
        kinds.add(ChangeKind.SOURCES)
    outgoing = _take_back_outgoing(inverse, uow)
    if outgoing:
        kinds |= {ChangeKind.OUTBOX, ChangeKind.TICKETS_CHANGED}
        tickets |= outgoing
    return ChangeSet(frozenset(kinds), frozenset(tickets))


def _look_as_before(inverse: Inverse, uow: UnitOfWork) -> set[ChangeKind]:
    """The saved view, and whether an observable is ignored, as before."""
    kinds = set()
    if inverse.view is not None:
        _show_again(inverse.view, uow)
        kinds.add(ChangeKind.VIEWS)
    if inverse.ignored is not None:
        observable = Observable(inverse.ignored.kind, inverse.ignored.value)
        uow.similar.set_ignored(observable, ignored=inverse.ignored.before)
        kinds.add(ChangeKind.TICKETS_CHANGED)
    return kinds


def _unsay(inverse: Inverse, uow: UnitOfWork) -> set[TicketId]:
    """Corrections are marked as taken back, or as valid again; second opinions are not asked for, or wait again;
    tickets have what datasets gave them before."""
    taken = inverse.told if inverse.correction is None else (inverse.correction, *inverse.told)
    tickets = {uow.corrections.set_undone(each, undone=True).ticket for each in taken}
    if inverse.stood is not None:
        tickets.add(uow.corrections.set_undone(inverse.stood, undone=False).ticket)
    for tag in inverse.tags:
        given = uow.tags.of((tag.ticket,)).get(tag.ticket, ())
        # Whoever decided since has the last word.
        if any(each.dataset == tag.dataset and each.label == tag.after for each in given):
            uow.tags.set(tag.ticket, tag.dataset, tag.effect, tag.label)
    if inverse.asked is not None:
        uow.reviews.withdraw(inverse.asked.ticket, inverse.asked.dataset)
    if inverse.looked is not None:
        uow.reviews.reopen(inverse.looked.ticket, inverse.looked.dataset)
        tickets.add(inverse.looked.ticket)
    return tickets


def _unlearn(inverse: Inverse, uow: UnitOfWork) -> bool:
    """The version in force, the shadow, and whom nothing is learnt from, as before; whether there was any such thing.

    Raises InvalidState where what would go back into the shadow is in force by now.
    """
    if inverse.model is not None:
        uow.models.activate(inverse.model)
        uow.models.set_shadow(inverse.model, shadow=False)
    if inverse.shadow is not None:
        if inverse.shadow.shadow and any(
            each.active and each.id == inverse.shadow.model for each in uow.models.in_use()
        ):
            raise InvalidState(f"The model {inverse.shadow.model} is in force by now: it stays out of the shadow.")
        uow.models.set_shadow(inverse.shadow.model, shadow=inverse.shadow.shadow)
    if inverse.forgot is not None:
        try:
            uow.forgotten.remove(inverse.forgot.dataset, inverse.forgot.kind, inverse.forgot.value)
        except NotFound:
            raise InvalidState(
                f"{inverse.forgot.value} was recalled by somebody since: nothing is left to undo."
            ) from None
    if inverse.recalled is not None:
        uow.forgotten.add(inverse.recalled)
    return (inverse.model, inverse.shadow, inverse.forgot, inverse.recalled) != (None,) * 4


def _take_back_outgoing(inverse: Inverse, uow: UnitOfWork) -> set[TicketId]:
    """What waits is withdrawn, what was withdrawn waits again; raises InvalidState for what went out meanwhile."""
    for entry in inverse.queued:
        try:
            uow.outbox.cancel(entry, uow.outbox.get(entry).created_at)
        except InvalidState:
            raise InvalidState(
                f"Entry {entry} of the outbox does not wait any more: what went out cannot be taken back. `outbox` "
                "says what became of it."
            ) from None
    if inverse.withdrawn is not None:
        uow.outbox.again(inverse.withdrawn)
    touched = (*inverse.queued, *(() if inverse.withdrawn is None else (inverse.withdrawn,)))
    return {uow.outbox.get(each).what.ticket for each in touched}


def _bring_back(before: SourceBefore, uow: UnitOfWork) -> None:
    """A source as it was; raises InvalidState where it was removed, or another took its name, since."""
    source = before.source
    if before.removed is None:
        try:
            uow.sources.put(source)
        except NotFound:
            raise InvalidState(f"The source {source.name} was removed since: add it again.") from None
        return
    try:
        uow.sources.add(source, before.removed)
    except InvalidInput:
        raise InvalidState(f"There is another source {source.name} by now: add the removed one by hand.") from None
    for cursor in before.cursors:
        uow.sources.save_cursor(source.name, cursor)


def _regroup(inverse: Inverse, uow: UnitOfWork) -> set[TicketId]:
    """Links and memories as they were; the links that were added go first, so that a group is never under two."""
    tickets: set[TicketId] = set()
    for added in inverse.linked:
        try:
            link = uow.duplicates.remove_link(added)
        except NotFound:
            raise InvalidState(
                "The links of these tickets were changed by somebody since: the decision stays. Link or unlink them."
            ) from None
        tickets |= {link.primary, link.other}
    for link in inverse.unlinked:
        if link.level is not Level.SUGGEST:
            _demand_room(link, uow)
        uow.duplicates.restore_link(link)
        tickets |= {link.primary, link.other}
    if inverse.ticked is not None:
        link = uow.duplicates.check_link(inverse.ticked, checked=False)
        tickets |= {link.primary, link.other}
    for pair in inverse.pairs:
        uow.duplicates.forget_pair(pair.one, pair.other)
        if pair.memory is not None:
            before = pair.memory
            uow.duplicates.set_apart(pair.one, pair.other, before.by, before.at, apart=before.apart)
    return tickets


def _demand_room(link: Link, uow: UnitOfWork) -> None:
    """Raise InvalidState where bringing a link back would make a chain of what was linked since."""
    for ticket in (link.primary, link.other):
        if uow.duplicates.above(ticket) is not None or (ticket == link.other and uow.duplicates.linked(ticket)):
            raise InvalidState(
                f"Ticket {ticket} was linked with others since: the decision stays. Link {link.primary} and "
                f"{link.other} by hand."
            )


def _merge_again(split: Split, uow: UnitOfWork) -> TicketId:
    """The item goes back into its ticket, and the ticket that was made of it goes, if nobody has worked on it."""
    if (
        state_of(uow.tickets.row(split.own)) != split.state
        or uow.tickets.notes(split.own)
        or uow.duplicates.links(split.own)
        or uow.duplicates.repeats(split.own, limit=1)
        or any(each.raw != split.raw for each in uow.messages.of_ticket(split.own))
        or uow.wakes.of((split.own,))
    ):
        raise _changed_since(split.own)
    if split.is_answer:
        settled_at = uow.tickets.row(split.ticket).last_seen
        uow.messages.put_back(split.raw, split.ticket, settled_at)
    else:
        uow.duplicates.merge_repeat(split.raw, split.ticket)
    uow.messages.move(split.raw, split.ticket)
    uow.tickets.remove(split.own)
    return split.ticket


def _set_wake_again(step: WakeStep, uow: UnitOfWork) -> None:
    """A ticket comes back when it did before; raises InvalidState where somebody set another time since."""
    if uow.wakes.of((step.ticket,)).get(step.ticket) != step.after:
        raise _changed_since(step.ticket)
    if step.before is None:
        uow.wakes.clear(step.ticket)
    else:
        uow.wakes.set(step.before)


def _show_again(step: ViewStep, uow: UnitOfWork) -> None:
    """The saved view as it was; raises InvalidState where somebody saved or removed it since."""
    now = next((each for each in uow.views.all() if each.name == step.name), None)
    if now != step.after:
        raise InvalidState(f"The view {step.name} was changed by somebody since: it stays. Save or remove it by hand.")
    if step.before is None:
        uow.views.remove(step.name)
    else:
        uow.views.save(step.before)


def _unmake(made: Made, uow: UnitOfWork) -> set[TicketId]:
    """The ticket goes, if nobody has worked on it, and its item counts as dropped; returns whom it had to do with."""
    links = uow.duplicates.links(made.ticket)
    if (
        state_of(uow.tickets.row(made.ticket)) != made.state
        or uow.tickets.notes(made.ticket)
        or [each.id for each in links] != ([] if made.link is None else [made.link])
        or uow.duplicates.repeats(made.ticket, limit=1)
        or any(each.raw != made.raw for each in uow.messages.of_ticket(made.ticket))
        or uow.wakes.of((made.ticket,))
    ):
        raise _changed_since(made.ticket)
    for each in links:
        uow.duplicates.remove_link(each.id)
    uow.tickets.remove(made.ticket)
    uow.ledger.take_back(made.raw)
    return {made.ticket, *(each.primary for each in links)}


def _open_again(closing: Closing, uow: UnitOfWork) -> set[TicketId]:
    """Every ticket as before; raises InvalidState, and restores none, where one was changed since."""
    before = dict(closing.before)
    rows = uow.tickets.rows(tuple(before))
    for row in rows:
        if state_of(row) != close(before[row.id], closing.verdict):
            raise _changed_since(row.id)
    uow.duplicates.restore_states(closing.before)
    return set(before)


def _changed_since(ticket: TicketId) -> InvalidState:
    return InvalidState(
        f"Ticket {ticket} was changed by somebody since: the decision stays. Open it and set it as wanted."
    )
