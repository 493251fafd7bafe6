"""Files that were never written."""

from collections.abc import Iterator, Sequence

from triage_app.domain.errors import NotFound
from triage_app.domain.item import Form, RawItem, content_uid, digest


class MemoryFiles:
    """`FileReader` over alerts and mails in memory, by path."""

    def __init__(self) -> None:
        self.alerts: dict[str, Sequence[bytes]] = {}
        self.mails: dict[str, Sequence[bytes]] = {}

    def read(self, path: str) -> Iterator[RawItem]:
        """What lies at a path; raises NotFound for one that was never given."""
        for form, held in ((Form.ALERT, self.alerts), (Form.MAIL, self.mails)):
            if path in held:
                return iter([_item(content, path, form) for content in held[path]])
        raise NotFound(f"There is no file {path}.")


def _item(content: bytes, origin: str, form: Form) -> RawItem:
    sha256 = digest(content)
    return RawItem("files", "", 0, content_uid(sha256, 0), form, content, sha256, origin)
