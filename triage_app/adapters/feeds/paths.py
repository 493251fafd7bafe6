"""Files and folders of this machine that sources name: their settings, and what is said of them."""

import os
from pathlib import Path

from triage_app.domain.errors import SourceFailed, Trouble
from triage_app.domain.source import Source


def whole_path(source: Source, setting: str, text: str) -> Path:
    """A path as a setting gives it; raises SourceFailed where it depends on where the program was started."""
    path = Path(text.strip()).expanduser()
    if not path.is_absolute():
        raise SourceFailed(
            Trouble.SETTINGS,
            f"{source.name}: {setting} = {text.strip()} is not a whole path. Write it from the root on.",
        )
    return path


def unreadable(path: str | os.PathLike[str], error: OSError) -> SourceFailed:
    """What to say of a file or folder that cannot be read."""
    return SourceFailed(
        Trouble.FOLDER,
        f"{shown(path)} cannot be read ({error.strerror or error}). Let the user that runs this program read it.",
    )


def shown(path: str | os.PathLike[str]) -> str:
    """A path as text that can be stored, also where its bytes are no UTF-8."""
    return os.fsencode(path).decode("utf-8", "replace")
