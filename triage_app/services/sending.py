"""Carrying out what waits in the outbox of one source: each entry once, tried again after an outage."""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from triage_app.domain.errors import (
    InvalidState,
    OutgoingRefused,
    OutgoingUnsure,
    SourceFailed,
    TriageError,
    Trouble,
    Unexpected,
)
from triage_app.domain.outgoing_mail import OutgoingKind, OutgoingState, composed
from triage_app.domain.source import Source
from triage_app.services.context import CancelToken, Context
from triage_app.services.following import connector_of, pause_after, secrets_of
from triage_app.services.outbox import ERRANDS, MAILS, Errand, errand_in, mail_in, outbox_changes
from triage_app.services.outgoing import Original, Outgoing, Outlet
from triage_app.services.ports import Ports

LOOK_SECONDS = 1.0
"""How often the outbox is looked at."""

AT_ONCE = 20
"""Entries that are carried out with one sign-in."""

LEASE = timedelta(minutes=15)
"""How long an entry is held by whoever carries it out: longer than all time-outs together."""

GIVE_UP = timedelta(days=3)
"""After so long a reply would only surprise its reader."""

_LEFT = (
    "The program ended while it was being sent, so nobody knows whether it went out. Look into the folder of sent "
    "mail, or ask the recipient; then `resend` it, or leave it."
)
_OF_THE_SERVER = (Trouble.NETWORK, Trouble.AUTHENTICATION, Trouble.TLS, Trouble.SETTINGS)
"""Troubles that the next entry would run into as well."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong with an entry; `trouble` is None where it is ours."""

    message: str
    trouble: Trouble | None


@dataclass(frozen=True, slots=True)
class _Stop:
    """A failure that all entries of these kinds would run into."""

    failure: Failure
    kinds: frozenset[OutgoingKind]


class Sender:
    """Carries out the outbox of one source, on one thread."""

    def __init__(self, source: Source, ports: Ports, context: Context) -> None:
        self._source = source
        self._ports = ports
        self._context = context

    def follow(self, cancel: CancelToken) -> None:
        """Go on until a cancel."""
        failures = 0
        while not cancel.cancelled:
            failure = self.once(cancel)
            failures = 0 if failure is None else failures + 1
            seconds = LOOK_SECONDS if failure is None else pause_after(failure.trouble, failures)
            self._ports.runner.wait(seconds, cancel)

    def once(self, cancel: CancelToken) -> Failure | None:
        """Carry out what is due; what failed is noted with its entry. Returns what stopped it before all was tried.

        Mail may go out by another server than the one where originals lie: what stops the one does not stop the other.
        """
        first: Failure | None = None
        kinds = {*MAILS, *ERRANDS}
        try:
            self._recover()
            while not cancel.cancelled and (due := self._due(kinds)):
                stop = self._carry_out_all(due, cancel)
                if stop is not None:
                    first = first or stop.failure
                    kinds -= stop.kinds
        except TriageError as error:
            _LOG.warning("The outbox of %s waits: %s", self._source.name, error.message)
            return Failure(error.message, None)
        return first

    def _due(self, kinds: Collection[OutgoingKind]) -> list[Outgoing]:
        with self._ports.storage.read() as uow:
            return list(uow.outbox.due(self._source.name, self._ports.clock(), AT_ONCE, kinds))

    def _recover(self) -> None:
        """What a program that ended left behind: a move is made again, of a mail nobody knows."""
        now = self._ports.clock()
        with self._ports.storage.read() as uow:
            left = uow.outbox.abandoned(self._source.name, now)
        for entry in left:
            with self._ports.storage.write() as uow:
                if entry.what.kind in MAILS:
                    uow.outbox.finish(entry.id, OutgoingState.FAILED, now, _LEFT)
                else:
                    uow.outbox.later(entry.id, now, entry.error)
            self._context.publish(outbox_changes(entry))

    def _carry_out_all(self, due: list[Outgoing], cancel: CancelToken) -> _Stop | None:
        """With one sign-in; returns the failure that the rest would run into as well."""
        outlet: Outlet | None = None
        try:
            for entry in due:
                now = self._ports.clock()
                with self._ports.storage.write() as uow:
                    if cancel.cancelled or not uow.outbox.claim(entry.id, now, now + LEASE):
                        continue
                failure = None
                try:
                    outlet = outlet or self._open()
                    self._carry_out(outlet, entry)
                except (OutgoingRefused, OutgoingUnsure) as error:
                    self._note(entry, OutgoingState.FAILED, error.message)
                except SourceFailed as error:
                    failure = Failure(error.message, error.trouble)
                except TriageError as error:
                    failure = Failure(error.message, None)
                except Exception as error:  # noqa: BLE001  the other entries go on
                    _LOG.exception("Entry %s of the outbox failed.", entry.id)
                    what = Unexpected(f"This should not happen ({type(error).__name__}: {error}). Please report it.")
                    self._note(entry, OutgoingState.FAILED, what.message)
                else:
                    self._note(entry, OutgoingState.DONE, "")
                if failure is not None:
                    self._put_off(entry, failure)
                    if failure.trouble is None or outlet is None:
                        return _Stop(failure, frozenset(OutgoingKind))
                    if failure.trouble in _OF_THE_SERVER:
                        return _Stop(failure, frozenset(MAILS if entry.what.kind in MAILS else ERRANDS))
        finally:
            if outlet is not None:
                outlet.close()
        return None

    def _open(self) -> Outlet:
        connector = connector_of(self._source, self._ports)
        return self._ports.outlets[self._source.kind].open(
            self._source, secrets_of(self._source, connector, self._ports)
        )

    def _carry_out(self, outlet: Outlet, entry: Outgoing) -> None:
        match entry.what.kind:
            case OutgoingKind.REPLY | OutgoingKind.ACKNOWLEDGEMENT:
                mail = mail_in(entry.what.payload)
                outlet.send(composed(mail, self._ports.clock()), mail.sender.address, mail.recipient)
            case OutgoingKind.MOVE:
                errand = errand_in(entry.what.payload)
                outlet.move(self._original(errand), errand.folder)
            case OutgoingKind.FLAG:
                outlet.flag(self._original(errand_in(entry.what.payload)))

    def _original(self, errand: Errand) -> Original:
        with self._ports.storage.read() as uow:
            place = uow.ledger.place(errand.raw)
        return Original(place.folder, place.uid_validity, place.uid, errand.message_id)

    def _note(self, entry: Outgoing, state: OutgoingState, error: str) -> None:
        try:
            with self._ports.storage.write() as uow:
                uow.outbox.finish(entry.id, state, self._ports.clock(), error)
        except InvalidState as gone:
            _LOG.warning("What became of entry %s of the outbox was noted by another: %s", entry.id, gone.message)
        self._context.publish(outbox_changes(entry))

    def _put_off(self, entry: Outgoing, failure: Failure) -> None:
        now = self._ports.clock()
        if now - entry.created_at > GIVE_UP:
            self._note(entry, OutgoingState.FAILED, f"Given up after {GIVE_UP.days} days. {failure.message}")
            return
        seconds = pause_after(failure.trouble, entry.attempts + 1)
        with self._ports.storage.write() as uow:
            uow.outbox.later(entry.id, now + timedelta(seconds=seconds), failure.message)
        self._context.publish(outbox_changes(entry))
