"""A workspace with a small dataset of its own, and people who teach it: enough for real trainings of a moment."""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.adapters.storage.samples import add_tickets
from tests.workspaces import opened
from triage_app.adapters.storage.engine import open_storage
from triage_app.adapters.storage.unit_of_work import SqlStorage
from triage_app.domain.labels import ModelId
from triage_app.domain.learning import Correction, CorrectionId, Decision, Model
from triage_app.domain.ticket import TicketId
from triage_app.services.app import App
from triage_app.services.commands import TrainModel
from triage_app.services.queries import ListModels

LABELS = ("Network", "Printer", "Account")
_KNOWN = {
    "Network": ("router", "switch", "cable", "wifi", "gateway"),
    "Printer": ("toner", "paper", "tray", "ink", "jam"),
    "Account": ("password", "login", "locked", "reset", "user"),
}
_NEW = {
    "Network": ("fibre", "mesh", "lag", "roaming", "vlan"),
    "Printer": ("drum", "duplex", "stapler", "fuser", "nozzle"),
    "Account": ("passkey", "token", "badge", "consent", "tenant"),
}
_FILLER = tuple(
    f"{first}{second}"
    for first in ("ba", "de", "fi", "go", "hu", "ka", "le", "mi", "no", "pu")
    for second in ("lan", "ner", "sit", "vor", "tum", "rik", "sol", "dan")
)


def texts(count: int, seed: int, *, new: bool = False, wrong: bool = False) -> list[tuple[str, str]]:
    """Labelled texts in turn, of words that the dataset knows, or of new ones; each with another label where wrong."""
    chance = random.Random(seed)
    found = []
    for number in range(count):
        label = LABELS[number % 3]
        words = chance.sample((_NEW if new else _KNOWN)[label], 2) + chance.sample(_FILLER, 9)
        chance.shuffle(words)
        found.append((LABELS[(number + 1) % 3] if wrong else label, " ".join(words)))
    return found


@dataclass(frozen=True, slots=True)
class Team:
    """The workspace's folder, its App, and its database."""

    folder: Path
    app: App
    storage: SqlStorage

    def write(self, name: str, lines: Sequence[tuple[str, str]]) -> str:
        """A file of labelled examples."""
        path = self.folder / name
        path.write_text("".join(f"__label__{label} {text}\n" for label, text in lines), encoding="utf-8")
        return str(path)

    def train(self, data: str | None = None) -> Model:
        """A version, of the dataset's own examples where no file is given."""
        return self.app.execute(TrainModel(dataset="team", data=data, deterministic=True))

    def teach(self, lines: Sequence[tuple[str, str]], who: str = "ana") -> Sequence[TicketId]:
        """Corrections of tickets with these texts, a minute apart, as one person makes them."""
        with self.storage.read() as uow:
            after = sum(1 for _ in uow.corrections.all("team"))
        tickets = add_tickets(self.storage, len(lines))
        now = datetime.now(UTC)  # noqa: TID251  after the versions that were made by the real clock
        with self.storage.write() as uow:
            for number, (ticket, (label, text)) in enumerate(zip(tickets, lines, strict=True), start=after):
                uow.corrections.add(
                    Correction(
                        CorrectionId(0), ticket, "team", Decision.CORRECTED, "Network", label, who,
                        now + timedelta(microseconds=number), "", ModelId(""), "model", 0.9, text,
                    )
                )  # fmt: skip
        return tickets

    def versions(self) -> Sequence[Model]:
        """The newest first."""
        return self.app.ask(ListModels(dataset="team")).models

    def in_force(self) -> ModelId:
        """The champion."""
        (model,) = [each for each in self.versions() if each.active]
        return model.id


@contextmanager
def team(folder: Path, settings: str = "") -> Iterator[Team]:
    """A team with a first version of its model, trained on words that it knows."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "settings.toml").write_text(f'user = "maria"\n{settings}', encoding="utf-8")
    with opened(folder) as app:
        storage = open_storage(f"sqlite:///{folder / 'triage.db'}")
        try:
            found = Team(folder, app, storage)
            found.train(found.write("first.txt", texts(300, 1)))
            yield found
        finally:
            storage.close()
