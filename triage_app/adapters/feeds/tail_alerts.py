"""Lines of a log as alerts, without those that a source's filter leaves out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import msgspec

from triage_app.adapters.feeds.paths import shown
from triage_app.adapters.feeds.tail_lines import Batch
from triage_app.domain.errors import SourceFailed, Trouble
from triage_app.domain.item import Form, RawItem, digest
from triage_app.domain.json_row import why_no_alert
from triage_app.domain.source import Source

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Only:
    """Which lines are taken: those that have one of the values for each of the names, if there are any."""

    wanted: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, source: Source) -> "Only":
        """Read from settings; raises SourceFailed for a line that says nothing."""
        wanted: dict[str, frozenset[str]] = {}
        for line in filter(None, map(str.strip, source.settings["only"].splitlines())):
            name, sign, value = (part.strip() for part in line.partition("="))
            if not (name and sign):
                raise SourceFailed(
                    Trouble.SETTINGS,
                    f"{source.name}: only = {line} is not NAME=VALUE. Write it like event_type=alert.",
                )
            wanted[name] = wanted.get(name, frozenset()) | {value}
        return cls(wanted)

    def takes(self, row: bytes) -> bool:
        """Whether a line is taken. One that only a lenient reader understands is."""
        if not self.wanted:
            return True
        try:
            found: object = msgspec.json.decode(row)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return True
        return all(not values.isdisjoint(_texts(found, name)) for name, values in self.wanted.items())


@dataclass(frozen=True, slots=True)
class Alerts:
    """Makes alerts of the lines of one source; `most` is how much of a line is kept, in bytes."""

    source: Source
    only: Only
    most: int

    def of(self, batch: Batch, path: str, folder: str, generation: int) -> tuple[tuple[RawItem, ...], int]:
        """The alerts of a batch, and how many lines the filter left out.

        They are told apart by generation and offset, and never by content: two equal lines are two alerts. So their
        uid_validity is 0, which keeps them from being recognised as those of an earlier generation.
        """
        items: list[RawItem] = []
        skipped = 0
        for line in batch.lines:
            content = (line.content.removeprefix(_BOM) if line.offset == 0 else line.content).strip()
            if not content:
                continue
            too_long = f"The line is longer than {self.most} bytes. Its beginning is kept." if line.cut else ""
            reason = too_long or why_no_alert(content)
            if not reason and not self.only.takes(content):
                skipped += 1
                continue
            items.append(
                RawItem(
                    source=self.source.name,
                    folder=shown(folder),
                    uid_validity=0,
                    uid=f"{generation:016x}:{line.offset}",
                    form=Form.UNKNOWN if reason else Form.ALERT,
                    content=content,
                    sha256=digest(content),
                    origin=f"{shown(path)} byte {line.offset}",
                    reason=reason,
                )
            )
        return tuple(items), skipped


def _texts(value: object, name: str) -> Iterator[str]:
    """What a line has under a name, which leads through objects (`rule.level`) or is one name with dots."""
    if not name:
        for each in value if isinstance(value, list) else [value]:
            yield each if isinstance(each, str) else msgspec.json.encode(each).decode()
        return
    if isinstance(value, dict):
        if name in value:
            yield from _texts(value[name], "")
        first, dot, rest = name.partition(".")
        if dot and first in value:
            yield from _texts(value[first], rest)
