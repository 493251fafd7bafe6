"""What a workspace knows that a query can name, remembered for a moment."""

import threading
from datetime import datetime, timedelta
from typing import Final

from triage_app.domain.query_completion import Vocabulary

KEPT: Final = timedelta(seconds=20)
"""How long what was read is good enough to complete words with."""


class VocabularyMemory:
    """The vocabulary as it was read a moment ago, since it is asked for with every key. Safe from any thread."""

    def __init__(self) -> None:
        self._found: tuple[datetime, Vocabulary] | None = None
        self._lock = threading.Lock()

    def known(self, now: datetime) -> Vocabulary | None:
        """What was read lately; None where it is time to read it again."""
        with self._lock:
            if self._found is None or not timedelta() <= now - self._found[0] < KEPT:
                return None
            return self._found[1]

    def keep(self, vocabulary: Vocabulary, now: datetime) -> None:
        """Remember what was read at a time."""
        with self._lock:
            self._found = (now, vocabulary)
