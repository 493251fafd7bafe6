"""Prints pages as PDF in a child process, so that the command line and the server need no window system."""

import os
import subprocess
import sys
from typing import Final

from triage_app.domain.errors import DocumentFailed

CHILD: Final = "triage_app.gui.print_pdf"
SECONDS: Final = 120
PDF: Final = b"%PDF-"


class ChildPrinter:
    """Implements `Printer`. Safe from any thread: each page has its own process."""

    def __init__(self, module: str = CHILD, seconds: float = SECONDS) -> None:
        self._module = module
        self._seconds = seconds

    def __call__(self, html: str) -> bytes:
        """A PDF (A4) of a page; raises DocumentFailed where nothing came of it in time."""
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": os.pathsep.join(sys.path)}
        try:
            done = subprocess.run(
                [sys.executable, "-m", self._module],
                input=html.encode("utf-8", "replace"),
                capture_output=True,
                timeout=self._seconds,
                check=False,
                env=environment,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except subprocess.TimeoutExpired as error:
            raise DocumentFailed(
                f"The PDF was not ready after {self._seconds:g} seconds. Take --format html and print it."
            ) from error
        except OSError as error:
            raise DocumentFailed(
                f"The PDF could not be printed: {error.strerror}. Take --format html and print it."
            ) from error
        if done.returncode or not done.stdout.startswith(PDF):
            why = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
            raise DocumentFailed(f"The PDF could not be printed. Take --format html and print it. {why}".strip())
        return done.stdout
