"""The built-in kinds of sources: one line each, nothing is looked for in folders."""

from collections.abc import Callable, Mapping

from triage_app.adapters.feeds.elasticsearch import ElasticsearchConnector
from triage_app.adapters.feeds.folder import FolderConnector
from triage_app.adapters.feeds.graph import GraphConnector
from triage_app.adapters.feeds.graph_outlet import GraphOutlets
from triage_app.adapters.feeds.graph_settings import SCOPES as GRAPH_SCOPES
from triage_app.adapters.feeds.imap import ImapConnector
from triage_app.adapters.feeds.imap_outlet import ImapOutlets
from triage_app.adapters.feeds.imap_settings import SCOPES as IMAP_SCOPES
from triage_app.adapters.feeds.rest import RestConnector
from triage_app.adapters.feeds.sentinel import SentinelConnector
from triage_app.adapters.feeds.splunk import SplunkConnector
from triage_app.adapters.feeds.syslog import SyslogConnector
from triage_app.adapters.feeds.tail import TailConnector
from triage_app.adapters.net.sign_in import OAuthSignIn
from triage_app.adapters.net.tokens import Tokens
from triage_app.services.context import CancelToken
from triage_app.services.feeds import Connector, SignIn
from triage_app.services.outgoing import Outlets
from triage_app.services.ports import Clock, FileReader

SCOPES: Mapping[str, Mapping[str, str]] = {"graph": GRAPH_SCOPES, "imap": IMAP_SCOPES}
"""What each kind of source that is signed in to by OAuth has to be allowed, by provider."""


def connectors(files: FileReader, clock: Clock, tokens: Tokens) -> tuple[Connector, ...]:
    """Every kind of source, in the order in which they are offered; `files` reads what lies in folders, `tokens` gives
    access where a person signed in."""
    return (
        ImapConnector(tokens),
        GraphConnector(tokens),
        FolderConnector(files),
        SyslogConnector(),
        TailConnector(),
        ElasticsearchConnector(clock),
        SplunkConnector(clock),
        SentinelConnector(clock, tokens),
        RestConnector(clock, tokens),
    )


def sign_ins(clock: Clock, wait: Callable[[float, CancelToken], None]) -> Mapping[str, SignIn]:
    """The kinds of sources that a person signs in to by OAuth."""
    return {
        "graph": OAuthSignIn(SCOPES["graph"], "device", clock, wait),
        "imap": OAuthSignIn(SCOPES["imap"], "xoauth2", clock, wait),
    }


def outlets(tokens: Tokens) -> Mapping[str, Outlets]:
    """The kinds of sources by which mail goes out and originals are moved; `tokens` as for `connectors`."""
    return {"graph": GraphOutlets(tokens), "imap": ImapOutlets(tokens)}
