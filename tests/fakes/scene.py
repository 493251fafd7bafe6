"""A workbench that knows one kind of source, for those who add and follow it."""

from collections.abc import Callable

from tests.fakes.box import PASSWORD, Box, MemorySecrets
from tests.fakes.workbench import Item, Workbench, written
from triage_app.services.source_commands import AddSource
from triage_app.services.source_queries import ListSources, SourceRow

SECONDS = 20
ADD = AddSource("box", "mail", settings=("user=soc",), secrets=(f"password={PASSWORD}",))


class Scene:
    """A workbench that knows one kind of source."""

    def __init__(self, bench: Workbench, box: Box) -> None:
        self.bench = bench
        self.app = bench.app
        self.box = box
        self._number = 0

    @property
    def secrets(self) -> MemorySecrets:
        assert isinstance(self.bench.ports.secrets, MemorySecrets)
        return self.bench.ports.secrets

    def deliver(self, count: int) -> None:
        for _ in range(count):
            self._number += 1
            self.box.put(written(Item("", ""), self._number))

    def row(self) -> SourceRow:
        (row,) = self.app.ask(ListSources()).sources
        return row

    def until(self, what: Callable[[], bool]) -> None:
        with self.box.changed:
            assert self.box.changed.wait_for(what, SECONDS)
