"""Templates of replies, one a file: the workspace's own (`templates/*.txt`) before those that ship with the program."""

from pathlib import Path

from triage_app.domain.errors import InvalidInput
from triage_app.domain.reply_template import MAX_TEXT, ReplyTemplate, parse_template
from triage_app.services.outgoing import TemplateSet

MAX_FILES = 500


class TemplateFiles:
    """`ReplyTemplates` over two folders. Safe from any thread; each call reads them anew."""

    def __init__(self, workspace: Path, shipped: Path) -> None:
        self._folders = (workspace / "templates", shipped)

    def load(self) -> TemplateSet:
        """All templates by name; one of the workspace that is invalid is told, and the shipped one stays in force."""
        found: dict[str, ReplyTemplate] = {}
        problems: list[str] = []
        for folder in self._folders:
            for path in _files(folder):
                if path.stem in found:
                    continue
                try:
                    found[path.stem] = parse_template(path.stem, _text(path))
                except InvalidInput as error:
                    problems.append(error.message)
        return TemplateSet(dict(sorted(found.items())), tuple(problems))


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == ".txt")[:MAX_FILES]
    except OSError:
        return []


def _text(path: Path) -> str:
    """What a file holds; raises InvalidInput where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(4 * MAX_TEXT + 4).decode("utf-8")
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}. Mend its rights.") from error
    except UnicodeDecodeError:
        raise InvalidInput(f"{path} is not in UTF-8. Save it so.") from None
