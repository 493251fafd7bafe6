from datetime import UTC, datetime

import pytest

from triage_app.adapters.feeds.graph_settings import MANIFEST, Wishes
from triage_app.domain.errors import SourceFailed, Trouble
from triage_app.domain.mailbox import Mailbox
from triage_app.domain.source import Source, SourceName, validated


def configured(**settings: str) -> Source:
    return Source(SourceName("soc"), "graph", validated(MANIFEST, {"user": "soc@example.org", **settings})[0])


def test_what_is_wanted_is_read_from_the_settings() -> None:
    wishes = Wishes.of(configured(folders=" Inbox \n\nInbox/Phish", since="2026-01-31", after="move", move_to="Done"))
    assert wishes.folders == ("Inbox", "Inbox/Phish")
    assert wishes.since == datetime(2026, 1, 31, tzinfo=UTC)
    assert (wishes.after, wishes.target, wishes.most) == ("move", "Done", 50_000_000)
    plain = Wishes.of(configured(move_to="Done"))
    assert (plain.folders, plain.since, plain.after, plain.target) == (("Inbox",), None, "leave", "")


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"since": "yesterday"}, "since = yesterday"),
        ({"after": "move"}, "move_to"),
        ({"after": "move", "move_to": "inbox"}, "move_to"),
    ],
)
def test_settings_that_do_not_fit_are_named(settings: dict[str, str], named: str) -> None:
    with pytest.raises(SourceFailed, match=f"^soc: .*{named}") as caught:
        Wishes.of(configured(**settings))
    assert caught.value.trouble is Trouble.SETTINGS


def test_mail_goes_out_in_the_name_of_the_mailbox() -> None:
    assert Mailbox.of(configured().settings).address == "soc@example.org"
    assert set(MANIFEST.secrets) == {"client_secret", "refresh_token", "token"}
