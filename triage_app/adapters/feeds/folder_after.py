"""What is done with a file of a watched folder that was taken in: it is moved or deleted, and never another one."""

import filecmp
import os
import shutil
from itertools import count
from pathlib import Path

from triage_app.adapters.feeds.folder_tree import Lying


def delete(file: Lying) -> None:
    """Delete a file, unless it is no longer the one that was taken; raises OSError."""
    if file.is_unchanged():
        Path(file.path).unlink(missing_ok=True)


def move(file: Lying, root: Path, target: Path) -> None:
    """Move a file to the same place below `target`, unless it is no longer the one that was taken; raises OSError.

    Nothing is overwritten: where another file has the name, a number is added. One with the same content is what an
    interrupted move has left, or the same file dropped again, and then stands for both.
    """
    if not file.is_unchanged():
        return
    source = Path(file.path)
    wanted = target / source.relative_to(root)
    wanted.parent.mkdir(parents=True, exist_ok=True)
    for number in count(1):
        place = wanted if number == 1 else wanted.with_name(f"{wanted.stem}-{number}{wanted.suffix}")
        try:
            _copy(source, place)
        except FileExistsError:
            if not (place.is_file() and filecmp.cmp(source, place, shallow=False)):
                continue
        source.unlink()
        return


def _copy(source: Path, place: Path) -> None:
    """A second name for a file or, on another disk, a copy that is there as a whole or not at all."""
    try:
        place.hardlink_to(source)
    except FileExistsError:
        raise
    except OSError:
        if place.exists():
            raise FileExistsError(os.fspath(place)) from None
        part = place.with_name(f".{place.name}.part")
        with source.open("rb") as original, part.open("wb") as copy:
            shutil.copyfileobj(original, copy)
            copy.flush()
            os.fsync(copy.fileno())
        shutil.copystat(source, part)
        part.replace(place)
