"""The rules of the draft in their order, each with what it has done in force."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from triage_app.domain.dedup import Level
from triage_app.gui import wording
from triage_app.gui.rule_text import RuleSettings
from triage_app.services.dedup_queries import RuleCard

ROOT = QModelIndex()


@dataclass(frozen=True, slots=True)
class ListedRule:
    """A rule of the draft. `card` is there for one that is in force; `changed` says that the draft differs from it.

    `settings` are those of the draft, None where they are written in a way that the form does not understand.
    """

    name: str
    card: RuleCard | None
    settings: RuleSettings | None
    changed: bool
    problems: int = 0

    @property
    def title(self) -> str:
        """What it is called."""
        if self.settings is not None and self.settings.title:
            return self.settings.title
        return self.card.title if self.card is not None and self.card.title else self.name

    @property
    def enabled(self) -> bool:
        """Whether it is on in the draft."""
        if self.settings is not None:
            return self.settings.enabled
        return self.card is not None and self.card.enabled

    @property
    def level(self) -> str:
        """The word of its level in the draft."""
        if self.settings is not None and self.settings.level:
            return self.settings.level
        return str(self.card.level) if self.card is not None else ""

    @property
    def drops(self) -> bool:
        """Whether what it does cannot be undone."""
        return self.level == Level.DROP.value or (self.card is not None and not self.card.undoable)


def how_it_works(rule: ListedRule) -> tuple[str, ...]:
    """Key and window, a line each."""
    if rule.card is None:
        return ("In the draft only",)
    return (" + ".join(rule.card.key), rule.card.window)


def what_it_did(rule: ListedRule, now: datetime) -> tuple[str, ...]:
    """Its figures, then what people said of them."""
    card = rule.card
    if card is None:
        return ()
    if not card.matched:
        return ("Has matched nothing yet",)
    parts = [f"{wording.count(card.matched)} matched", wording.counted(card.groups, "group", "groups")]
    parts.append(f"{wording.count(card.saved)} saved")
    figures, parts = " \u00b7 ".join(parts), []
    if card.linked or card.overruled:
        parts.append(f"overruled {wording.count(card.overruled)} of {wording.count(card.linked)}")
    if card.last_at is not None:
        ago = wording.age(card.last_at, now)
        parts.append("last just now" if ago == "now" else f"last {ago} ago")
    return (figures, " \u00b7 ".join(parts)) if parts else (figures,)


def caution(rule: ListedRule) -> str:
    """What a person should know before it is on, or what is offered to make it better."""
    if rule.problems:
        return "Has a mistake: see the marked line"
    if rule.card is not None and rule.card.advice:
        return rule.card.advice
    return "What it drops cannot be undone or replayed" if rule.drops else ""


class RuleRows(QAbstractListModel):
    """The cards; a delegate paints them."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._now = now
        self._rules: tuple[ListedRule, ...] = ()

    def show(self, rules: Sequence[ListedRule]) -> None:
        """Show these; where they are the same ones in the same order, the card in hand stays."""
        same = [rule.name for rule in rules] == [rule.name for rule in self._rules]
        if not same:
            self.beginResetModel()
        self._rules = tuple(rules)
        if not same:
            self.endResetModel()
        elif rules:
            self.dataChanged.emit(self.index(0), self.index(len(rules) - 1))

    @property
    def rules(self) -> tuple[ListedRule, ...]:
        """All of them."""
        return self._rules

    def at(self, place: int) -> ListedRule:
        """The one at a place."""
        return self._rules[place]

    def place_of(self, name: str) -> int:
        """Where a rule stands, or -1."""
        return next((place for place, rule in enumerate(self._rules) if rule.name == name), -1)

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = ROOT) -> int:
        """How many there are."""
        return 0 if parent.isValid() else len(self._rules)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A card in words, for screen readers."""
        rule = self._rules[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            parts = [rule.title, rule.name, "on" if rule.enabled else "off", f"level {rule.level}"]
            parts += [*how_it_works(rule), *what_it_did(rule, self._now()), caution(rule)]
            return ", ".join(filter(None, parts))
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(
                filter(None, [rule.name, *how_it_works(rule), *what_it_did(rule, self._now()), caution(rule)])
            )
        return None
