"""In how many tickets a word is, without a table of that: few are counted, many are estimated and remembered.

Text is only ever added, so a word that many tickets have is one that many tickets have tomorrow too. Its share of the
tickets is remembered, as long as the program runs.
"""

import threading
import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from triage_app.domain.terms import unmarked

COUNTED_TO = 300
"""Tickets with a word that are counted exactly."""

MAX_REMEMBERED = 20_000
"""Words whose share is remembered."""

_FRESH_SECONDS = 300.0


def fts_term(term: str) -> str:
    """A term as a query of FTS5, in which nothing is an operator."""
    return '"' + term.replace('"', " ").replace("\0", " ") + '"'


class SqliteFrequencies:
    """A word's tickets are met in order of their ids, so where the last one counted stands tells how dense they are.

    Safe from any thread.
    """

    def __init__(self) -> None:
        self._shares: dict[str, float] = {}

    def of(self, connection: Connection, terms: Sequence[str]) -> dict[str, int]:
        """For each term the number of tickets that have it."""
        driver: Any = connection.connection.driver_connection
        newest = driver.execute("SELECT id FROM tickets ORDER BY id DESC LIMIT 1").fetchone()
        highest = newest[0] if newest else 0
        wanted = (
            "SELECT count(*), max(rowid) FROM (SELECT rowid FROM ticket_texts WHERE ticket_texts MATCH ?"
            " ORDER BY rowid LIMIT ?)"
        )
        found = {}
        for term in terms:
            share = self._shares.get(term)
            if share is None:
                number, last = driver.execute(wanted, (fts_term(term), COUNTED_TO)).fetchone()
                if number < COUNTED_TO:
                    found[term] = number
                    continue
                share = number / last
                _remember(self._shares, term, share)
            found[term] = max(COUNTED_TO, round(share * highest))
        return found


class PostgresFrequencies:
    """The server's own statistics know the words that most tickets have. Safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._common: dict[str, float] = {}
        self._read_at = -_FRESH_SECONDS
        self._shares: dict[str, float] = {}

    def of(self, connection: Connection, terms: Sequence[str]) -> dict[str, int]:
        """For each term the number of tickets that have it."""
        common = self._statistics(connection)
        highest = connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM ticket_texts").scalar_one()
        found, unknown = {}, []
        for term in terms:
            share = common.get(unmarked(term), self._shares.get(term))
            if share is None:
                unknown.append(term)
            else:
                found[term] = max(COUNTED_TO, round(share * highest))
        counted = connection.exec_driver_sql(
            "SELECT given.term, found.number FROM unnest(%s::text[]) AS given (term) CROSS JOIN LATERAL ("
            " SELECT count(*) AS number FROM (SELECT 1 FROM ticket_texts"
            " WHERE words @@ plainto_tsquery('simple', given.term) LIMIT %s) AS few) AS found",
            (unknown, COUNTED_TO),
        )
        # A word that is not among the common ones has at most the share of the last of these.
        least = min(common.values(), default=0.0) / 2
        for term, number in counted if unknown else ():
            found[term] = number
            if number >= COUNTED_TO:
                share = least or self._exact(connection, term) / max(highest, 1)
                _remember(self._shares, term, share)
                found[term] = max(COUNTED_TO, round(share * highest))
        return found

    def _statistics(self, connection: Connection) -> dict[str, float]:
        with self._lock:
            now = time.monotonic()
            if now - self._read_at >= _FRESH_SECONDS:
                row = connection.exec_driver_sql(
                    "SELECT most_common_elems::text::text[], most_common_elem_freqs FROM pg_stats"
                    " WHERE schemaname = current_schema() AND tablename = 'ticket_texts' AND attname = 'words'"
                ).first()
                # Behind the shares of the words stand the least, the greatest, and that of no word.
                self._common = {} if row is None or row[0] is None else dict(zip(row[0], row[1], strict=False))
                self._read_at = now
            return self._common

    def _exact(self, connection: Connection, term: str) -> int:
        wanted = "SELECT count(*) FROM ticket_texts WHERE words @@ plainto_tsquery('simple', %s)"
        return int(connection.exec_driver_sql(wanted, (term,)).scalar_one())


def _remember(shares: dict[str, float], term: str, share: float) -> None:
    if len(shares) >= MAX_REMEMBERED:
        shares.clear()
    shares[term] = share
