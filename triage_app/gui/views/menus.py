"""The menu bar: which actions stand under which title."""

from collections.abc import Mapping

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenuBar

# An empty entry is a line between groups.
MENUS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "&File",
        (
            "import-files",
            "import-folder",
            "load-demo",
            "",
            "export-corrections",
            "export-predictions",
            "save-report",
            "",
            "quit",
        ),
    ),
    (
        "&Ticket",
        (
            "accept",
            "close",
            "reopen",
            "assign-me",
            "assign-nobody",
            "note",
            "",
            "new-ticket",
            "snooze",
            "wake",
            "follow-up",
            "",
            "reply",
            "move-mail",
            "flag-mail",
            "",
            "link",
            "merge",
            "unlink",
            "split",
            "check-link",
            "close-linked",
            "",
            "similar-open",
            "similar-link",
            "similar-note",
            "similar-decide",
            "",
            "explain",
            "pivot",
            "ignore",
            "compare",
            "campaign",
            "raw",
            "",
            "undo",
        ),
    ),
    (
        "&Go",
        (
            "go-inbox",
            "go-review",
            "go-mine",
            "go-duplicates",
            "go-waiting",
            "go-closed",
            "go-all",
            "go-parked",
            "",
            "go-sources",
            "go-api",
            "go-balance",
            "go-rules",
            "go-learning",
            "",
            "next",
            "previous",
            "group-next",
            "group-previous",
            "select-all",
            "search",
            "search-all",
            "",
            "save-view",
            "rename-view",
            "remove-view",
        ),
    ),
    (
        "&View",
        (
            "theme-system",
            "theme-light",
            "theme-dark",
            "",
            "compact",
            "",
            "tab-message",
            "tab-observables",
            "tab-duplicates",
            "tab-similar",
            "tab-timeline",
        ),
    ),
    ("&Help", ("palette", "keys")),
)


def fill_menus(bar: QMenuBar, actions: Mapping[str, QAction]) -> None:
    """Put the actions into the menu bar."""
    bar.setAccessibleName("Menu")
    for title, entries in MENUS:
        menu = bar.addMenu(title)
        menu.setAccessibleName(title.replace("&", ""))
        for entry in entries:
            if entry:
                menu.addAction(actions[entry])
            else:
                menu.addSeparator()
