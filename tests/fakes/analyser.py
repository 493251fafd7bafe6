"""An analyser without worker processes: the same reading, here and now."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from triage_app.domain.learning import Model
from triage_app.services.dedup_shapes import Draft, Reading
from triage_app.services.shapes import Analysis, PendingItem


class HereAnalyser:
    """`Analyser` that calls what a worker calls. It keeps no limits, so it is for items that are known to be tame."""

    def __init__(self, run: Callable[[Sequence[PendingItem], Sequence[Model]], Sequence[Analysis]]) -> None:
        self._run = run

    def analyse(
        self, batches: Iterable[Sequence[PendingItem]], models: Sequence[Model]
    ) -> Iterator[tuple[Sequence[PendingItem], Sequence[Analysis]]]:
        """Each batch with its analyses."""
        for batch in batches:
            yield batch, self._run(batch, models)

    def replay(
        self, batches: Iterable[Sequence[PendingItem]], draft: Draft
    ) -> Iterator[tuple[Sequence[PendingItem], Sequence[Reading]]]:
        """Nothing is replayed here."""
        raise NotImplementedError

    def prepare(self) -> None:
        """There is nothing to start."""

    def close(self) -> None:
        """There is nothing to stop."""
