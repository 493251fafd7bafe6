"""A folder whose files can be withheld from whoever runs the tests, also where that is root."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

_NOBODY = 65_534


@contextmanager
def unprivileged() -> Iterator[Path]:
    """An empty folder; within, this process may not read everything."""
    folder = Path(mkdtemp(prefix="triage-rights-"))
    root = os.geteuid() == 0
    if root:
        os.chown(folder, _NOBODY, _NOBODY)
        os.seteuid(_NOBODY)
    try:
        yield folder
    finally:
        if root:
            os.seteuid(0)
        for each in [folder, *folder.rglob("*")]:
            each.chmod(0o700)
        shutil.rmtree(folder)
