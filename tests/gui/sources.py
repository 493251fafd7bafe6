"""A desk on a workspace whose mailboxes lie in memory: everything between them and the window is real."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from tests.fakes.box import PASSWORD, Box
from tests.fakes.browser import Browser
from tests.fakes.workbench import Item, Workbench, workbench, written
from tests.gui.desks import desk_on
from triage_app.domain.errors import Trouble
from triage_app.gui.application import OpenedDesk
from triage_app.services.source_commands import AddSource
from triage_app.services.source_queries import SourceRow

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ROW = SourceRow(
    "abuse", "box", "Box", "ok", NOW, NOW, NOW, "", None, 0, "TLS 1.3", 12, 3, 12, 10, 1, 0, 1, 0, (("user", "soc"),)
)  # fmt: skip


def failing_row(name: str = "broken") -> SourceRow:
    """A source whose password was refused."""
    return replace(
        ROW, name=name, status="failing", error="Refused. Give another.", trouble=Trouble.AUTHENTICATION, failures=2
    )


def deliver(box: Box, count: int) -> None:
    """Put so many new items into a box."""
    box.put(*[written(Item("", ""), len(box.contents) + number) for number in range(count)])


def add(bench: Workbench, name: str, password: str = PASSWORD, *, paused: bool = False) -> None:
    """Configure a source on the box."""
    bench.app.execute(AddSource("box", name, settings=("user=soc",), secrets=(f"password={password}",), paused=paused))


@contextmanager
def desk_with(
    box: Box,
    folder: Path,
    prepare: Callable[[Workbench], None] = lambda _bench: None,
    *,
    browser: Browser | None = None,
) -> Iterator[tuple[OpenedDesk, Workbench]]:
    """A desk, prepared before it opens; with a browser the box can be signed in to."""
    with workbench("", box, sign_ins={"box": browser} if browser else None) as bench:
        prepare(bench)
        with desk_on(bench.app, folder) as opened:
            yield opened, bench
