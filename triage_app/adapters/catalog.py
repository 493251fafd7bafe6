"""The built-in kinds of sources: one line each, nothing is looked for in folders."""

from collections.abc import Mapping

from triage_app.adapters.feeds.elasticsearch import ElasticsearchConnector
from triage_app.adapters.feeds.imap import ImapConnector
from triage_app.services.feeds import Connector
from triage_app.services.outgoing import Outlets
from triage_app.services.ports import Clock, FileReader


def connectors(files: FileReader, clock: Clock) -> tuple[Connector, ...]:
    """Every kind of source; `files` reads what lies in folders."""
    del files
    return (
        ImapConnector(),
        ElasticsearchConnector(clock),
    )


def outlets() -> Mapping[str, Outlets]:
    """The kinds of sources by which mail goes out and originals are moved."""
    return {}
