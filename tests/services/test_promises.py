"""The gate's promise, from decisions through commands to the answers on later tickets."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from tests.fakes.judged import CATEGORY, Alert, Judged, judged
from triage_app.domain.changes import ChangeKind, ChangeSet
from triage_app.domain.labels import Held, LabelChange, Tier
from triage_app.domain.ticket import TicketId, Verdict
from triage_app.services.commands import AcceptLabel, CloseTicket, CorrectLabel, ReopenTicket, Undo
from triage_app.services.learning_queries import GetPromise
from triage_app.services.learning_shapes import LabelPromise
from triage_app.services.promises import keep_all_promises, promise_of
from triage_app.services.queries import GetTicket


@pytest.fixture
def scene() -> Iterator[Judged]:
    with judged() as found:
        yield found


def suspended(scene: Judged) -> tuple[str, ...]:
    with scene.bench.storage.read() as uow:
        model = uow.models.active("category")
    assert model is not None
    return model.suspended


def promise(scene: Judged, label: str = "Spam") -> LabelPromise:
    (found,) = [each for each in scene.app.ask(GetPromise()).labels if each.label == label]
    return found


def correct(scene: Judged, tickets: Sequence[TicketId], label: str = "Malware") -> None:
    for ticket in tickets:
        scene.app.execute(CorrectLabel(ticket, label))


def test_a_label_breaks_is_only_suggested_and_mends_by_right_decisions(scene: Judged) -> None:
    changes: list[ChangeSet] = []
    tickets = scene.take_in(Alert(f"spam {number}") for number in range(10))
    scene.app.subscribe(changes.append)
    # when nine were wrong, nothing is said yet
    correct(scene, tickets[:9])
    assert suspended(scene) == ()
    assert not any(ChangeKind.MODELS in each.kinds for each in changes)
    # with the tenth it is broken, and told
    scene.app.execute(CloseTicket(tickets[9], verdict=Verdict.TRUE_POSITIVE))
    assert suspended(scene) == ("Spam",)
    assert ChangeKind.MODELS in changes[-1].kinds
    broken = promise(scene)
    assert (broken.n, broken.right, broken.broken) == (10, 1, True)
    assert scene.app.ask(GetPromise()).broken[0].startswith("Spam: 1 of the last 10 answers were right (10%")
    # then later tickets are answered by keywords or the default, and say why
    by_keyword, by_default, other = scene.take_in(
        [Alert("an invoice for you"), Alert("nothing known"), Alert("a virus", label="Malware")]
    )
    for ticket, tier, held in (
        (by_keyword, Tier.KEYWORD, Held.PROMISE),
        (by_default, Tier.DEFAULT, Held.PROMISE),
        (other, Tier.MODEL, None),
    ):
        (predicted,) = scene.app.ask(GetTicket(ticket)).predictions
        assert (predicted.tier, predicted.held) == (tier, held)
    # and what the model would have said, when people say the same, mends it
    later = scene.take_in(Alert(f"more spam {number}") for number in range(30))
    for ticket in later:
        scene.app.execute(CorrectLabel(ticket, "Spam"))
        if not suspended(scene):
            break
    assert promise(scene).high >= 0.8
    assert 20 < promise(scene).n < 40
    assert ChangeKind.MODELS in changes[-1].kinds
    (again,) = scene.take_in([Alert("spam again")])
    assert scene.app.ask(GetTicket(again)).predictions[0].tier is Tier.MODEL


def test_a_new_version_starts_afresh(scene: Judged) -> None:
    correct(scene, scene.take_in(Alert(f"spam {number}") for number in range(10)))
    assert suspended(scene) == ("Spam",)
    # when
    scene.put_in_force("m2")
    # then what was decided on the old one says nothing of it, also where it is decided only now
    assert (suspended(scene), scene.app.ask(GetPromise()).labels) == ((), ())
    (ticket,) = scene.take_in([Alert("spam")])
    assert scene.app.ask(GetTicket(ticket)).predictions[0].tier is Tier.MODEL


def test_undo_and_reopening_take_part(scene: Judged) -> None:
    tickets = scene.take_in(Alert(f"spam {number}") for number in range(10))
    correct(scene, tickets)
    assert suspended(scene) == ("Spam",)
    scene.app.execute(Undo())
    assert suspended(scene) == ()
    # the tenth stands when it is closed, and the other nine are wrong
    scene.app.execute(CloseTicket(tickets[9], verdict=Verdict.TEST))
    assert suspended(scene) == ("Spam",)
    scene.app.execute(ReopenTicket(tickets[9]))
    assert suspended(scene) == ()
    scene.app.execute(Undo())
    assert suspended(scene) == ("Spam",)


def test_strange_text_and_unsure_answers_are_not_its_fault(scene: Judged) -> None:
    strange = scene.take_in(Alert(f"odd {number}", strange=True) for number in range(12))
    unsure = scene.take_in(Alert(f"perhaps {number}", confidence=0.7) for number in range(12))
    correct(scene, [*strange, *unsure])
    assert (suspended(scene), scene.app.ask(GetPromise()).labels) == ((), ())


def test_confirmations_count(scene: Judged) -> None:
    tickets = scene.take_in(Alert(f"spam {number}") for number in range(4))
    for ticket in tickets:
        scene.app.execute(AcceptLabel(ticket))
    kept = promise(scene)
    assert (kept.n, kept.right, kept.achieved, kept.high, kept.wanted) == (4, 4, 1.0, 1.0, 0.8)


def test_what_was_decided_under_an_earlier_name_counts_for_the_label(scene: Judged) -> None:
    correct(scene, scene.take_in(Alert(f"spam {number}") for number in range(10)))
    change = LabelChange(scene.bench.ports.clock(), "ana", ("Spam",), "Junk")
    renamed = replace(CATEGORY, labels=("Phishing", "Junk", "Malware", "Other"), history=(change,))
    with scene.bench.storage.read() as uow:
        (found,) = promise_of(renamed, uow).labels
    assert (found.label, found.n, found.right, found.broken) == ("Junk", 10, 0, True)


def test_another_threshold_is_another_promise(scene: Judged) -> None:
    tickets = scene.take_in(Alert(f"spam {number}", confidence=0.99) for number in range(30))
    correct(scene, tickets[:9])
    for ticket in tickets[9:]:
        scene.app.execute(AcceptLabel(ticket))
    # given 21 of 30, which may still be 80 %
    assert suspended(scene) == ()
    with scene.bench.storage.write() as uow:
        assert keep_all_promises(uow, replace(CATEGORY, threshold=0.95))
        assert not keep_all_promises(uow, replace(CATEGORY, threshold=0.95))
    assert suspended(scene) == ("Spam",)
    with scene.bench.storage.write() as uow:
        assert keep_all_promises(uow, CATEGORY)
        assert not keep_all_promises(uow, replace(CATEGORY, name="colour"))
    assert suspended(scene) == ()
