"""Files that were never written."""

from collections.abc import Iterator, Sequence

from triage_app.domain.errors import NotFound
from triage_app.domain.item import Form, RawItem, content_uid, digest


class MemoryFiles:
    """`FileReader` over alerts in memory, by path."""

    def __init__(self) -> None:
        self.alerts: dict[str, Sequence[bytes]] = {}

    def read(self, path: str) -> Iterator[RawItem]:
        """The alerts of a path; raises NotFound for one that was never given."""
        if path not in self.alerts:
            raise NotFound(f"There is no file {path}.")
        return iter([_item(content, path) for content in self.alerts[path]])


def _item(content: bytes, origin: str) -> RawItem:
    sha256 = digest(content)
    return RawItem("files", "", 0, content_uid(sha256, 0), Form.ALERT, content, sha256, origin)
