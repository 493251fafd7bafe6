"""How a dataset is used: its title, the precision that is wanted, the default label, the effect, fields, phrases."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from triage_app.domain.labels import Dataset, Effect
from triage_app.domain.source import Field, FieldKind
from triage_app.gui.look import Look
from triage_app.gui.views.choice import Choice
from triage_app.gui.views.source_form import FieldEntry
from triage_app.services.learning_commands import SetDataset

WIDEST = 620
EFFECTS = {
    Effect.CATEGORY: "sets the category",
    Effect.QUEUE: "puts tickets into a queue",
    Effect.TAG: "tags tickets",
    Effect.PLAYBOOK: "runs a playbook",
}
FIELDS = (
    Field("title", "Title", "What people call it."),
    Field(
        "threshold",
        "Wanted precision, in percent",
        "How many of the model's answers should be right. Below it the model only suggests, and keywords answer.",
    ),
    Field("default", "Default label", "Where neither the model nor the keywords answer.", FieldKind.CHOICE),
    Field(
        "effect",
        "Effect",
        "What an answer does to a ticket.",
        FieldKind.CHOICE,
        choices=tuple(effect.value for effect in Effect),
    ),
    Field("fields", "What the model reads", "One a line: subject, text, sender, or any field of ECS.", FieldKind.LIST),
    Field(
        "ignored",
        "Phrases to leave out",
        "One a line, such as the banner of your mail gateway: they are taken out of every text.",
        FieldKind.LIST,
    ),
)


class SettingsTab(QWidget):
    """`wanted` carries the command that changes what differs."""

    wanted = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._dataset: Dataset | None = None
        self.setAccessibleName("Settings of the dataset")
        px = look.px
        inner = QWidget()
        inner.setAccessibleName("Settings")
        column = QVBoxLayout(inner)
        column.setContentsMargins(px(16), px(12), px(16), px(8))
        column.setSpacing(px(4))
        self.entries: dict[str, FieldEntry] = {}
        for field in FIELDS:
            entry = FieldEntry(look, field)
            entry.setMaximumWidth(px(WIDEST))
            self.entries[field.name] = entry
            column.addWidget(entry)
        effect = self.entries["effect"].widget
        if isinstance(effect, Choice):
            for place in range(effect.count()):
                effect.setItemText(place, EFFECTS[Effect(effect.itemData(place))])
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setAccessibleName("Settings of the dataset")
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        self.problem = QLabel()
        self.problem.setObjectName("problem")
        self.problem.setWordWrap(True)
        self.save = QPushButton("Save")
        self.save.setProperty("primary", True)
        self.save.clicked.connect(self._save)
        self.revert = QPushButton("Revert")
        self.revert.clicked.connect(self._revert)
        foot = QFrame()
        foot.setObjectName("foot")
        foot.setAccessibleName("Save the settings")
        row = QHBoxLayout(foot)
        row.setContentsMargins(px(16), px(8), px(16), px(8))
        row.setSpacing(px(8))
        row.addWidget(self.problem, 1)
        row.addWidget(self.revert)
        row.addWidget(self.save)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(scroll, 1)
        layout.addWidget(foot)

    def show_dataset(self, dataset: Dataset) -> None:
        """Show the settings in force."""
        self._dataset = dataset
        default = self.entries["default"].widget
        if isinstance(default, Choice):
            default.clear()
            for label in dict.fromkeys((*dataset.labels, dataset.default)):
                default.addItem(label, label)
        for name, value in _values(dataset).items():
            self.entries[name].put(value)
            self.entries[name].say("")
        self.entries["effect"].widget.setEnabled(dataset.effect is not Effect.CATEGORY)
        self.say("")

    @property
    def shown(self) -> str:
        """The name of the dataset whose settings are shown."""
        return self._dataset.name if self._dataset is not None else ""

    @property
    def is_changed(self) -> bool:
        """Whether something differs from what is in force."""
        return self._dataset is not None and any(
            self.entries[name].value != value for name, value in _values(self._dataset).items()
        )

    def command(self) -> SetDataset | None:
        """What differs, as a command; None where nothing does, or where the precision is no number (which is said)."""
        dataset = self._dataset
        if dataset is None:
            return None
        now = {name: entry.value for name, entry in self.entries.items()}
        changed = {name for name, value in _values(dataset).items() if now[name] != value}
        threshold = None
        if "threshold" in changed:
            threshold = _share(now["threshold"])
            if threshold is None:
                self.entries["threshold"].say("Give a number from 1 to 100.")
                return None
        if not changed:
            return None
        # No phrase at all is said by an empty one: leaving it out would keep those there are.
        ignored = tuple(now["ignored"].splitlines()) or ("",)
        return SetDataset(
            name=dataset.name,
            title=now["title"] if "title" in changed else None,
            threshold=threshold,
            default=now["default"] if "default" in changed else None,
            effect=Effect(now["effect"]) if "effect" in changed else None,
            fields=tuple(now["fields"].splitlines()) if "fields" in changed else None,
            ignored=ignored if "ignored" in changed else None,
        )

    def _revert(self) -> None:
        if self._dataset is not None:
            self.show_dataset(self._dataset)

    def _save(self) -> None:
        for entry in self.entries.values():
            entry.say("")
        command = self.command()
        if command is not None:
            self.wanted.emit(command)
        elif not self.is_changed:
            self.say("These settings are in force.")

    def say(self, text: str, *, wrong: bool = False) -> None:
        """Say something beside the button."""
        self.problem.setText(text)
        self.problem.setProperty("wrong", wrong)
        self.problem.style().polish(self.problem)


def _values(dataset: Dataset) -> dict[str, str]:
    return {
        "title": dataset.title,
        "threshold": f"{dataset.threshold * 100:g}",
        "default": dataset.default,
        "effect": dataset.effect.value,
        "fields": "\n".join(dataset.fields),
        "ignored": "\n".join(dataset.ignored),
    }


def _share(text: str) -> float | None:
    """A percent as a share, 0 < share <= 1; None for what is none."""
    try:
        value = float(text.strip().removesuffix("%").strip().replace(",", "."))
    except ValueError:
        return None
    return value / 100 if 0 < value <= 100 else None
