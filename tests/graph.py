"""Microsoft 365 for tests: the part of Graph that keeps mail, which insists on what its documents ask of a caller."""

from __future__ import annotations

import base64
import binascii
import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from tests.provider import CLIENT_SECRET, Clock, Provider
from tests.web import Asked, Reply, Web, serving
from triage_app.adapters.feeds.graph import GraphConnector
from triage_app.adapters.feeds.graph_settings import MANIFEST, SCOPES
from triage_app.adapters.net.tokens import Tokens
from triage_app.domain.secret import Secret
from triage_app.domain.source import Source, SourceName, validated
from triage_app.services.feeds import SecretStore

USER = "soc@example.org"
WELL_KNOWN = {"inbox": "Inbox", "archive": "Archive", "junkemail": "Junk Email", "deleteditems": "Deleted Items"}
RECEIVED = "2026-11-20T08:00:00Z"


@dataclass
class Mail:
    """A mail that lies in a folder since the event `since`."""

    id: str
    folder: str
    content: bytes
    received: str
    since: int
    read: bool = False
    flagged: bool = False


@dataclass
class Office:
    """One mailbox. `wrong` holds what a caller did that Graph would not have."""

    provider: Provider = field(default_factory=Provider)
    folders: dict[str, tuple[str, str]] = field(default_factory=dict)
    mails: dict[str, Mail] = field(default_factory=dict)
    gone: list[tuple[int, str, str]] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    oldest_token: int = 0
    busy: int = 0
    broken: set[str] = field(default_factory=set)
    fleeting: set[str] = field(default_factory=set)
    forbids: str = ""
    withdrawn: str = ""
    tells_all: bool = False
    sending: Reply | None = None
    root: str = ""
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _now: int = 0

    def __post_init__(self) -> None:
        for name in WELL_KNOWN.values():
            self.folder(name)

    # -- what tests do ----------------------------------------------------------------------------------------------

    def folder(self, name: str, parent: str = "") -> str:
        """A new folder; its id."""
        made = f"AAMk{next(self._numbers)}=="
        self.folders[made] = (name, parent)
        return made

    def named(self, name: str) -> str:
        return next(each for each, (known, _) in self.folders.items() if known == name)

    def deliver(self, *contents: bytes, folder: str = "Inbox", received: str = RECEIVED) -> list[str]:
        """New mails; their ids."""
        ids = []
        for content in contents:
            self._now += 1
            mail = Mail(f"AAkA{next(self._numbers)}+/=", self.named(folder), content, received, self._now)
            self.mails[mail.id] = mail
            ids.append(mail.id)
        return ids

    def inside(self, folder: str) -> list[bytes]:
        return [mail.content for mail in self.mails.values() if mail.folder == self.named(folder)]

    def take_away(self, mail: str) -> None:
        self._now += 1
        found = self.mails.pop(mail)
        self.gone.append((self._now, found.folder, mail))

    def forget_tokens(self) -> None:
        """As after a time or a move of the mailbox to another server: 410 for every link from before."""
        self._now += 1
        self.oldest_token = self._now

    # -- answering --------------------------------------------------------------------------------------------------

    def __call__(self, asked: Asked) -> Reply:
        if asked.path in ("/device", "/token"):
            return self.provider(asked)
        token = asked.headers.get("Authorization", "")
        if not re.fullmatch(r"Bearer access-\d+", token) or token == f"Bearer {self.withdrawn}":
            return _error(401, "InvalidAuthenticationToken")
        if self.busy:
            self.busy -= 1
            return Reply({"error": {"code": "TooManyRequests"}}, 429, {"Retry-After": "0"})
        if 'IdType="ImmutableId"' not in asked.headers.get("Prefer", ""):
            self.wrong.append(f"ids that change: {asked.path}")
        parts = [unquote(part) for part in asked.path.split("/")[1:]]
        if parts[:3] != ["v1.0", "users", USER]:
            return _error(404, "ErrorInvalidUser")
        if self.forbids and asked.method == self.forbids:
            return _error(403, "ErrorAccessDenied")
        reply = self._answer(asked, parts[3:])
        if reply is None:
            self.wrong.append(f"{asked.method} {asked.path}")
            return _error(400, "BadRequest")
        return reply

    def _answer(self, asked: Asked, parts: list[str]) -> Reply | None:
        match asked.method, parts:
            case "GET", ["mailFolders"]:
                return self._children(asked, "")
            case "GET", ["mailFolders", folder]:
                found = self._id(folder)
                return Reply(self._shown(found)) if found else _error(404, "ErrorItemNotFound")
            case "GET", ["mailFolders", folder, "childFolders"]:
                return self._children(asked, folder)
            case "POST", ["mailFolders"] | ["mailFolders", _, "childFolders"]:
                made = self.folder(asked.json()["displayName"], parts[1] if len(parts) > 1 else "")
                return Reply(self._shown(made), 201)
            case "GET", ["mailFolders", folder, "messages", "delta"]:
                return self._delta(asked, folder)
            case "POST", ["sendMail"]:
                return self._send(asked)
            case "GET", ["messages"]:
                return self._search(asked)
            case _, ["messages", mail, *rest]:
                return self._mail(asked, self.mails.get(mail), rest)
        return None

    def _mail(self, asked: Asked, mail: Mail | None, rest: list[str]) -> Reply | None:
        if mail is None:
            return _error(404, "ErrorItemNotFound")
        match asked.method, rest:
            case "GET", ["$value"]:
                if mail.id in self.fleeting:
                    self.take_away(mail.id)
                    return _error(404, "ErrorItemNotFound")
                if mail.id in self.broken:
                    return _error(500, "ErrorMimeContentConversionFailed")
                return Reply(mail.content, headers={"Content-Type": "text/plain"})
            case "GET", []:
                return Reply(
                    {
                        "id": mail.id,
                        "parentFolderId": mail.folder,
                        "internetMessageHeaders": [{"name": "Subject", "value": _subject(mail.content)}],
                    }
                )
            case "PATCH", []:
                fields = asked.json()
                mail.read = fields.get("isRead", mail.read)
                mail.flagged = fields.get("flag", {}).get("flagStatus") == "flagged" or mail.flagged
                return Reply({"id": mail.id})
            case "POST", ["move"]:
                target = asked.json()["destinationId"]
                if target not in self.folders:
                    return _error(400, "ErrorInvalidIdMalformed")
                self._now += 1
                self.gone.append((self._now, mail.folder, mail.id))
                mail.folder, mail.since = target, self._now
                return Reply({"id": mail.id}, 201)
            case "DELETE", []:
                self.take_away(mail.id)
                return Reply(status=204)
        return None

    def _delta(self, asked: Asked, folder: str) -> Reply | None:
        """A round tells what came after `low`, up to the time at which the round began."""
        query = asked.query
        size = re.search(r"odata\.maxpagesize=(\d+)", asked.headers.get("Prefer", ""))
        if folder not in self.folders or size is None:
            return None
        low, until = 0, self._now
        removed: list[dict[str, Any]] = []
        if token := query.get("$skiptoken") or query.get("$deltatoken"):
            if len(query) != 1:
                return None  # all else is within the token
            low, until, made = (int(number) for number in token.split("."))
            if made < self.oldest_token:
                return _error(410, "syncStateNotFound")
            if "$deltatoken" in query:
                low, until = 0 if self.tells_all else until, self._now
                removed = [
                    {"id": mail, "@removed": {"reason": "deleted"}} for _, where, mail in self.gone if where == folder
                ]
        elif query != {"$select": "id,receivedDateTime", "changeType": "created"}:
            return None
        found = [mail for mail in self.mails.values() if mail.folder == folder and low < mail.since <= until]
        found.sort(key=lambda mail: mail.since)
        page = found[: int(size[1])]
        value = [{"id": mail.id, "receivedDateTime": mail.received} for mail in page]
        value += removed if self.tells_all else []
        base = f"{self.root}/v1.0/users/{USER}/mailFolders/{folder}/messages/delta"
        if len(page) < len(found):
            return Reply({"value": value, "@odata.nextLink": f"{base}?$skiptoken={page[-1].since}.{until}.{self._now}"})
        return Reply({"value": value, "@odata.deltaLink": f"{base}?$deltatoken=0.{until}.{self._now}"})

    def _send(self, asked: Asked) -> Reply | None:
        if asked.headers.get("Content-Type") != "text/plain":
            return None
        try:
            self.sent.append(base64.b64decode(asked.body, validate=True))
        except binascii.Error:
            return _error(400, "ErrorMimeContentInvalidBase64String")
        return self.sending or Reply(status=202)

    def _search(self, asked: Asked) -> Reply | None:
        wanted = re.fullmatch(r"internetMessageId eq '(.*)'", asked.query.get("$filter", ""))
        if wanted is None:
            return None
        named = f"Message-ID: {wanted[1]}".replace("''", "'").encode()
        return Reply({"value": [{"id": mail.id} for mail in self.mails.values() if named in mail.content]})

    def _children(self, asked: Asked, parent: str) -> Reply | None:
        wanted = re.fullmatch(r"displayName eq '(.*)'", asked.query.get("$filter", ""))
        if wanted is None:
            return None
        name = wanted[1].replace("''", "'").casefold()
        found = [each for each, (own, above) in self.folders.items() if above == parent and own.casefold() == name]
        return Reply({"value": [self._shown(each) for each in found]})

    def _id(self, folder: str) -> str:
        if folder in WELL_KNOWN:
            return self.named(WELL_KNOWN[folder])
        return folder if folder in self.folders else ""

    def _shown(self, folder: str) -> dict[str, Any]:
        count = sum(mail.folder == folder for mail in self.mails.values())
        return {"id": folder, "displayName": self.folders[folder][0], "totalItemCount": count}


def _error(status: int, code: str) -> Reply:
    return Reply({"error": {"code": code, "message": f"Because of {code}."}}, status)


def _subject(content: bytes) -> str:
    found = re.search(rb"^Subject: (.*?)\r?$", content, re.MULTILINE)
    return found[1].decode() if found else ""


@contextmanager
def hosting(office: Office) -> Iterator[Web]:
    """The office on loopback; nothing may have been asked of it that Graph has not."""
    with serving(office) as web:
        office.root = web.url
        yield web
    assert office.wrong == []


def mailbox_at(web: Web, **settings: str) -> Source:
    """A source on the mailbox, by the application's own secret where nothing else is said."""
    given = {
        "user": USER,
        "auth": "application",
        "api": f"{web.url}/v1.0",
        "provider": "other",
        "client_id": "triage",
        "token_endpoint": f"{web.url}/token",
        **settings,
    }
    return Source(SourceName("soc"), "graph", validated(MANIFEST, given)[0])


def connector(store: SecretStore) -> GraphConnector:
    return GraphConnector(Tokens(store, Clock(), {"graph": SCOPES}), timeout=10)


SECRETS = {"client_secret": Secret(CLIENT_SECRET)}
