"""The keys in force: those of the table of actions, unless the user has chosen others."""

from PySide6.QtCore import QSettings

from triage_app.gui.actions import Action

GROUP = "keys"
SEPARATOR = " | "


class Shortcuts:
    """Reads and writes the user's own keys in the settings of the view."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    def of(self, action: Action) -> tuple[str, ...]:
        """The keys of an action in Qt's portable form, the one to show first."""
        own = self._settings.value(f"{GROUP}/{action.id}")
        if own is None:
            return action.keys
        return tuple(key for key in str(own).split(SEPARATOR) if key)

    def change(self, action: Action, keys: tuple[str, ...]) -> None:
        """Give an action other keys; none at all is allowed, its own take back the change."""
        if keys == action.keys:
            self._settings.remove(f"{GROUP}/{action.id}")
        else:
            self._settings.setValue(f"{GROUP}/{action.id}", SEPARATOR.join(keys))
