"""A mailbox at Microsoft 365 by Graph: its folders and mails, one call for each question.

Documented at https://learn.microsoft.com/graph/api/resources/mail-api-overview.
"""

import zlib
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from triage_app.adapters.net.http import Answer, Client, Limits
from triage_app.adapters.net.tokens import Giver
from triage_app.domain.errors import SourceFailed, Trouble
from triage_app.domain.secret import Secret
from triage_app.domain.source import Source

PAGE: Final = 50
"""Mails that are told at once; where a page is broken off, so many are fetched again at most."""

LONGEST: Final = 300.0
"""Seconds for the call that brings one mail."""

_PREFER = f'IdType="ImmutableId", odata.maxpagesize={PAGE}'
"""Ids that stay when a mail is moved. Each call must ask for them."""

_WELL_KNOWN = {
    "inbox": "inbox",
    "archive": "archive",
    "drafts": "drafts",
    "junk email": "junkemail",
    "junkemail": "junkemail",
    "deleted items": "deleteditems",
    "deleteditems": "deleteditems",
    "sent items": "sentitems",
    "sentitems": "sentitems",
}
"""Folders that every mailbox has, whatever language its owner speaks."""

_KEPT_BACK = (400, 404, 410, 422, 500, 501, 507)
"""Statuses that may be the fault of one mail alone."""

REFUSED: Final = (400, 413, 422)
"""Statuses with which a mail is refused for good."""

UNSURE: Final = (500, 502, 504)
"""Statuses after which nobody knows whether a mail was sent."""

_UNKNOWN = 401
_NOT_THERE = 404
_GONE = (400, 410)
_FINE = 200
_MOST_LEVELS = 20


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder; its id stays when it is renamed."""

    id: str
    mails: int

    @property
    def validity(self) -> int:
        """A number for the folder itself, since another one may come to bear its name."""
        return zlib.crc32(self.id.encode()) or 1


@dataclass(frozen=True, slots=True)
class Told:
    """What one answer told of a folder: ids of mails that came, with the time of each, and what to ask next."""

    mails: tuple[tuple[str, str], ...]
    link: str


class KeptBack(SourceFailed):
    """The server tells of a mail, but does not give it out."""


class Mailbox:
    """One mailbox, used by one thread. `giver` gives access tokens. All raise SourceFailed."""

    def __init__(self, source: Source, giver: Giver, most: int, timeout: float) -> None:
        """`most` are the bytes of the largest mail that is fetched, `timeout` the seconds between two bytes."""
        settings = source.settings
        self._giver = giver
        self._source = source
        self._client = _client(source, Limits(read=timeout))
        self._mails = _client(source, Limits(read=timeout, total=LONGEST, most=most))
        self._path = f"users/{_part(settings['user'])}"
        self._folders: dict[str, str] = {}

    @property
    def tls(self) -> str:
        """The negotiated version of TLS."""
        return self._client.tls

    @property
    def where(self) -> str:
        """The server, for a person."""
        return self._client.where

    def stop_with(self, stopped: Callable[[], bool]) -> None:
        """Waiting between two tries of a call ends when this says so."""
        self._client.stopped = self._mails.stopped = stopped

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()
        self._mails.close()

    # -- folders ----------------------------------------------------------------------------------------------------

    def folder(self, name: str) -> Folder:
        """A folder by its name, slashes between levels; one that is not there is trouble of its own kind."""
        known = self._folders.get(name)
        said = self._folder(known) if known else None
        if said is None:
            self._folders.pop(name, None)
            said = self._named(name)
        if said is None:
            raise SourceFailed(
                Trouble.FOLDER,
                f"The mailbox {self._source.settings['user']} has no folder {name}. Check the names in the settings.",
            )
        self._folders[name] = said.id
        return said

    def made(self, name: str) -> Folder:
        """A folder by its name; what is missing of it is made."""
        found: Folder | None = None
        for level in _levels(name):
            inside = self._within(found, level)
            if inside is None:
                path = (
                    f"{self._path}/mailFolders/{_part(found.id)}/childFolders" if found else f"{self._path}/mailFolders"
                )
                inside = _folder(self._post(path, {"displayName": level}).object())
            found = inside
        if found is None:
            raise SourceFailed(Trouble.FOLDER, "A folder must have a name. Give one.")
        return found

    def _named(self, name: str) -> Folder | None:
        found: Folder | None = None
        for level in _levels(name):
            found = self._within(found, level)
            if found is None:
                return None
        return found

    def _within(self, parent: Folder | None, name: str) -> Folder | None:
        if parent is None and name.casefold() in _WELL_KNOWN:
            return self._folder(_WELL_KNOWN[name.casefold()])
        path = f"{self._path}/mailFolders/{_part(parent.id)}/childFolders" if parent else f"{self._path}/mailFolders"
        wanted = {"$filter": f"displayName eq '{_literal(name)}'", "$select": "id,displayName,totalItemCount"}
        for each in _entries(self._get(path, wanted)):
            if str(each.get("displayName", "")).casefold() == name.casefold():
                return _folder(each)
        return None

    def _folder(self, folder: str) -> Folder | None:
        wanted = {"$select": "id,displayName,totalItemCount"}
        answer = self._get(f"{self._path}/mailFolders/{_part(folder)}", wanted, accept=(_NOT_THERE,))
        return None if answer.status == _NOT_THERE else _folder(answer.object())

    # -- what is new ------------------------------------------------------------------------------------------------

    def news(self, folder: Folder, link: str) -> Iterator[Told]:
        """What came into a folder after `link`, answer by answer; all that it holds where that is empty, or where the
        server knows the link no more."""
        more = True
        while more:
            answer = self._asked(folder, link)
            if answer.status in _GONE:
                answer = self._asked(folder, "")
            said = answer.object()
            mails = tuple(
                (str(each["id"]), str(each.get("receivedDateTime", "")))
                for each in _entries(answer)
                if "@removed" not in each and each.get("id")
            )
            following = said.get("@odata.nextLink")
            link = str(following or said.get("@odata.deltaLink") or "")
            if not link:
                raise SourceFailed(
                    Trouble.PROTOCOL, f"{self.where} did not say how to go on. Check that the address is that of Graph."
                )
            more = bool(following)
            yield Told(mails, link)

    def _asked(self, folder: Folder, link: str) -> Answer:
        if link:
            return self._get(link, accept=_GONE)
        path = f"{self._path}/mailFolders/{_part(folder.id)}/messages/delta"
        return self._get(path, {"$select": "id,receivedDateTime", "changeType": "created"})

    # -- mails ------------------------------------------------------------------------------------------------------

    def content(self, mail: str) -> bytes | None:
        """A whole mail; None for one that is not there any more. Raises TooLong, KeptBack."""
        answer = self._mails.get(
            f"{self._path}/messages/{_part(mail)}/$value", headers=self._headers(), accept=_KEPT_BACK
        )
        if answer.status == _NOT_THERE:
            return None
        if answer.status != _FINE:
            raise KeptBack(Trouble.NETWORK, f"{self.where} did not give out a mail (status {answer.status}).")
        return answer.body

    def header(self, mail: str) -> bytes:
        """The header of a mail."""
        answer = self._get(
            f"{self._path}/messages/{_part(mail)}", {"$select": "internetMessageHeaders"}, accept=(_NOT_THERE,)
        )
        lines = answer.object().get("internetMessageHeaders") if answer.status == _FINE else None
        told = lines if isinstance(lines, list) else []
        return b"".join(_header_line(each) for each in told if isinstance(each, dict)) + b"\r\n"

    def place(self, mail: str) -> str | None:
        """The id of the folder that a mail lies in; None for one that is not there."""
        answer = self._get(
            f"{self._path}/messages/{_part(mail)}", {"$select": "id,parentFolderId"}, accept=(_NOT_THERE,)
        )
        return None if answer.status == _NOT_THERE else str(answer.object().get("parentFolderId", ""))

    def bearing(self, message_id: str) -> Sequence[str]:
        """The ids of mails in all folders that bear a Message-ID."""
        wanted = {"$filter": f"internetMessageId eq '{_literal(message_id)}'", "$select": "id"}
        return [str(each["id"]) for each in _entries(self._get(f"{self._path}/messages", wanted)) if each.get("id")]

    def mark(self, mail: str, fields: Mapping[str, Any]) -> bool:
        """Set fields of a mail; whether it is there."""
        path = f"{self._path}/messages/{_part(mail)}"
        answer = self._client.patch(path, body=fields, headers=self._headers(), accept=(_NOT_THERE,))
        return answer.status != _NOT_THERE

    def move(self, mail: str, folder: Folder) -> bool:
        """Move a mail; whether it was there."""
        path = f"{self._path}/messages/{_part(mail)}/move"
        return self._post(path, {"destinationId": folder.id}, accept=(_NOT_THERE,)).status != _NOT_THERE

    def delete(self, mail: str) -> None:
        """Delete a mail; one that is gone already is no error."""
        self._client.delete(f"{self._path}/messages/{_part(mail)}", headers=self._headers(), accept=(_NOT_THERE,))

    def send(self, content: bytes) -> Answer:
        """Hand in a whole mail; an answer with a status of `REFUSED` or `UNSURE` comes back as it is.

        The connection is a new one: an older one may have ended meanwhile. Raises Unanswered."""
        headers = {**self._headers(), "Content-Type": "text/plain"}
        self._client.close()
        return self._client.post(
            f"{self._path}/sendMail", content=b64encode(content), headers=headers, accept=(*REFUSED, *UNSURE)
        )

    # -- calls ------------------------------------------------------------------------------------------------------

    def _headers(self, *, anew: bool = False) -> dict[str, str | Secret]:
        return {"Authorization": Secret(f"Bearer {self._giver(anew=anew).reveal()}"), "Prefer": _PREFER}

    def _get(self, path: str, params: Mapping[str, str] | None = None, accept: Sequence[int] = ()) -> Answer:
        """Ask; a token that was withdrawn before its end is renewed once."""
        answer = self._client.get(path, params=params, headers=self._headers(), accept=(*accept, _UNKNOWN))
        if answer.status != _UNKNOWN:
            return answer
        return self._client.get(path, params=params, headers=self._headers(anew=True), accept=accept)

    def _post(self, path: str, body: Mapping[str, Any], accept: Sequence[int] = ()) -> Answer:
        return self._client.post(path, body=body, headers=self._headers(), accept=accept)


def _client(source: Source, limits: Limits) -> Client:
    settings = source.settings
    return Client(
        settings["api"],
        ca_file=settings["ca_file"],
        floor=settings["tls_floor"],
        proxy=settings["proxy"],
        limits=limits,
    )


def _folder(said: Mapping[str, Any]) -> Folder:
    total = said.get("totalItemCount")
    return Folder(str(said.get("id", "")), total if isinstance(total, int) else 0)


def _entries(answer: Answer) -> Sequence[Mapping[str, Any]]:
    found = answer.object().get("value")
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise SourceFailed(
            Trouble.PROTOCOL, f"{answer.where} answered in another shape. Check that the address is that of Graph."
        )
    return found


def _part(text: str) -> str:
    """As a text stands between two slashes of a path."""
    return quote(text, safe="")


def _levels(name: str) -> Sequence[str]:
    return [level.strip() for level in name.split("/") if level.strip()][:_MOST_LEVELS]


def _literal(text: str) -> str:
    """As a text stands in a filter of OData: a quote is doubled."""
    return text.replace("'", "''")


def _header_line(each: Mapping[str, Any]) -> bytes:
    name, value = str(each.get("name", "")), " ".join(str(each.get("value", "")).split())
    return f"{name}: {value}\r\n".encode("utf-8", "replace")
