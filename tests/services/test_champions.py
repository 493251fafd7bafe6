"""A worse challenger is refused, a better one promoted, one rolled back: with real trainings."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.team import Team, team, texts
from triage_app.domain.errors import InvalidState, ModelRefused, NotFound
from triage_app.domain.labels import ModelId
from triage_app.services.app import LocalApp
from triage_app.services.champions import promote_model
from triage_app.services.commands import TrainModel, Undo, UseModel
from triage_app.services.context import Context, Progress
from triage_app.services.learning_commands import PromoteModel, ShadowModel


@pytest.fixture
def it(tmp_path: Path) -> Iterator[Team]:
    """A team whose model knows its first words."""
    with team(tmp_path / "workspace") as found:
        yield found


@pytest.mark.parametrize("seed", [1, 2], ids=["the same texts", "other texts"])
def test_without_corrections_a_version_of_wrong_labels_is_refused_and_can_be_forced_and_rolled_back(
    it: Team, seed: int
) -> None:
    first = it.in_force()
    # given data whose labels are wrong throughout: it is learnt well, and of no use here
    worse = it.train(it.write("wrong.txt", texts(300, seed, wrong=True)[: 300 if seed == 2 else 180]))
    # then it is not put in force, and says so with figures
    assert it.in_force() == first
    assert not worse.active
    assert worse.parent == first
    assert worse.decision.startswith("Not put in force, since it loses. It was right on 0.0% of ")
    assert "no corrections are held back" in worse.decision
    # nor when it is asked for
    with pytest.raises(InvalidState, match=r"right on 0\.0% of .*use-model"):
        it.app.execute(PromoteModel(worse.id))
    # unless a person insists, who can go back
    assert it.app.execute(UseModel(worse.id)).decision == "Put in force by maria without a comparison."
    assert it.in_force() == worse.id
    it.app.execute(Undo())
    assert it.in_force() == first
    it.app.execute(UseModel(worse.id))
    assert it.app.execute(UseModel(first)).active


def test_a_better_one_is_put_in_force_by_what_people_said_and_a_worse_one_refused(it: Team) -> None:
    first = it.in_force()
    # given what people say of texts with words that nobody knew
    it.teach(texts(250, 3, new=True))
    better = it.train()
    # then the new version is right where the old one is not, on corrections that neither has seen
    assert it.in_force() == better.id
    assert better.decision.startswith("Put in force, since it does not lose. It was right on ")
    assert f"held-back corrections (100.0%), {first} on" in better.decision
    assert better.examples < 550
    # and one that learns the new words from wrong examples, many of them, is refused
    wrong = texts(300, 1) + [line for line in texts(300, 4, new=True, wrong=True) for _ in range(3)]
    worse = it.train(it.write("wrong.txt", wrong))
    assert it.in_force() == better.id
    assert worse.decision.startswith("Not put in force")
    assert "held-back corrections" in worse.decision
    assert "McNemar" in worse.decision
    with pytest.raises(InvalidState, match=f"{better.id} on"):
        it.app.execute(PromoteModel(worse.id))


def test_a_version_from_before_anything_was_held_back_is_not_judged_on_what_it_was_taught(it: Team) -> None:
    it.teach(texts(250, 3, new=True))
    # given a version in force that says nothing of how it came to be, as those of older programs
    with it.storage.write() as uow:
        uow.models.set_decision(it.in_force(), "")
    it.teach(texts(30, 5, new=True))
    older = it.train()
    with it.storage.write() as uow:
        uow.models.set_decision(older.id, "")
        uow.models.activate(older.id)
    # when another is trained on nothing new
    newer = it.train()
    # then the two are not compared on corrections
    assert newer.active
    assert "no corrections are held back" in newer.decision


def test_a_person_promotes_where_the_settings_say_so(tmp_path: Path) -> None:
    with team(tmp_path / "workspace", '[learning]\npromotion = "person"\n') as it:
        first = it.in_force()
        second = it.train()
        assert it.in_force() == first
        assert second.decision.startswith("It does not lose and waits for a person to promote it.")
        it.app.execute(ShadowModel(second.id, "on"))
        promoted = it.app.execute(PromoteModel(second.id), actor="ben")
        assert (promoted.active, promoted.shadow) == (True, False)
        assert promoted.decision.startswith("Promoted by ben. It was ")
        with pytest.raises(InvalidState, match="in force already"):
            it.app.execute(PromoteModel(second.id))
        with pytest.raises(NotFound, match="team-0"):
            it.app.execute(PromoteModel(ModelId("team-0")))
        it.app.execute(Undo(), actor="ben")
        assert it.in_force() == first


def test_one_changed_bit_and_a_version_is_refused(it: Team) -> None:
    first = it.in_force()
    second = it.train()
    path = it.folder / "models" / "team" / f"{first}.bin"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    for command in (PromoteModel(first), UseModel(first), ShadowModel(first, "on")):
        with pytest.raises(ModelRefused, match="altered"):
            it.app.execute(command)
    assert it.in_force() == second.id


def test_a_version_in_force_that_was_altered_does_not_keep_a_sound_one_out(it: Team) -> None:
    first = it.in_force()
    (it.folder / "models" / "team" / f"{first}.sig").write_text("0" * 64 + "\n", encoding="ascii")
    second = it.train()
    assert it.in_force() == second.id
    assert "It was not compared: The model" in second.decision


def test_whoever_was_faster_is_not_overruled(it: Team) -> None:
    first, second = it.in_force(), it.train().id
    # given somebody who puts another version in force while one is trained, and while one is compared
    others = iter((first,))

    def meanwhile(_progress: Progress) -> None:
        for other in others:
            it.app.execute(UseModel(other), actor="ben")
            return

    third = it.app.execute(TrainModel(dataset="team"), progress=meanwhile)
    assert it.in_force() == first
    assert third.decision.startswith("Another version was put in force while this one was trained.")
    assert isinstance(it.app, LocalApp)
    finish = promote_model(PromoteModel(third.id), it.app._ports, Context("maria", third.made_at))
    it.app.execute(UseModel(second), actor="ben")
    with pytest.raises(InvalidState, match="meanwhile"), it.storage.write() as uow:
        finish(uow)
    assert it.in_force() == second


def test_nobody_teaches_alone_and_the_version_says_who_was_cut(it: Team) -> None:
    it.teach(texts(120, 3, new=True), who="eve")
    it.teach(texts(40, 4, new=True), who="ana")
    version = it.train()
    assert "oldest corrections of analyst eve, so that nobody gives more than 50% of what" in version.decision
    assert 300 + 2 * 20 <= version.examples <= 300 + 2 * 40
    assert version.corrections == 160
