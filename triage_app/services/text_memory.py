"""Texts of tickets that were read before: a parse costs a thousand times what a look-up does."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Final

from triage_app.domain.labels import Dataset
from triage_app.domain.ticket import TicketId

KEPT: Final = 20_000
"""Texts; at most `LENGTH` characters each."""

LENGTH: Final = 4_000
"""Characters kept of each text: more than a model, and as much as a search for near-identical texts, reads."""

Reading = tuple[tuple[str, ...], tuple[str, ...]]


class TextMemory:
    """The beginnings of the prepared texts that a dataset's model reads of tickets. Safe from any thread.

    What a ticket was made of never changes; what is read of it does with the dataset's fields and ignored phrases,
    which are part of the key, and with the mappings of alerts, upon whose change everything is forgotten. The texts
    that were not asked for the longest go first.
    """

    def __init__(self) -> None:
        self._texts: OrderedDict[tuple[Reading, TicketId], str] = OrderedDict()
        self._mappings: object = None
        self._lock = threading.Lock()

    def known(self, dataset: Dataset, ids: Mapping[TicketId, object], mappings: object) -> dict[TicketId, str]:
        """The texts of those of these tickets that are known, under the mappings in force."""
        reading = (dataset.fields, dataset.ignored)
        with self._lock:
            if mappings is not self._mappings:
                self._texts.clear()
                self._mappings = mappings
            found = {each: text for each in ids if (text := self._texts.get((reading, each))) is not None}
            for each in found:
                self._texts.move_to_end((reading, each))
            return found

    def keep(self, dataset: Dataset, texts: Mapping[TicketId, str], mappings: object) -> None:
        """Remember texts that were read under these mappings, unless others are in force by now."""
        reading = (dataset.fields, dataset.ignored)
        with self._lock:
            if mappings is not self._mappings:
                return
            for each, text in texts.items():
                self._texts[reading, each] = text[:LENGTH]
            while len(self._texts) > KEPT:
                self._texts.popitem(last=False)
