"""Mailboxes at Microsoft 365: what is fetched, what is left out, and what is done afterwards."""

from pathlib import Path

import pytest

from tests.fakes.box import MemorySecrets
from tests.graph import SECRETS, Office, connector, hosting, mailbox_at
from tests.pulling import Puller, tried
from tests.web import Web
from triage_app.adapters.feeds import graph_session
from triage_app.adapters.feeds.graph import MOST_STUMBLES
from triage_app.adapters.feeds.pulled import PAGE_BYTES
from triage_app.domain.errors import SourceFailed, Trouble
from triage_app.domain.secret import Secret
from triage_app.domain.source import SourceName
from triage_app.services.context import CancelToken


def mail(number: int, size: int = 0) -> bytes:
    return b"Subject: mail %d\r\nMessage-ID: <%d@example.org>\r\n\r\n" % (number, number) + b"x" * size


def puller(web: Web, **settings: str) -> Puller:
    return Puller(
        connector(MemorySecrets()), mailbox_at(web, **settings), client_secret=SECRETS["client_secret"].reveal()
    )


def numbers(puller: Puller) -> list[int]:
    """The mails that came, each once, in order."""
    return [int(content.split(b"\r\n")[0].rpartition(b" ")[2]) for content in puller.contents()]


def values_asked(web: Web) -> int:
    return sum(asked.path.endswith("/$value") for asked in web.asked)


@pytest.fixture(autouse=True)
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph_session, "_PREFER", 'IdType="ImmutableId", odata.maxpagesize=3')


def test_everything_comes_once_whole_and_then_only_what_is_new() -> None:
    office = Office()
    office.deliver(*(mail(number) for number in range(7)))
    with hosting(office) as web:
        box = puller(web)
        assert [item.content for item in box.once()] == [mail(number) for number in range(7)]
        assert {(item.source, item.folder, item.origin) for item in box.taker.items} == {
            ("soc", "Inbox", f"soc@example.org on localhost:{web.url.rpartition(':')[2]}: Inbox")
        }
        assert box.taker.pages[-1].on_server == 7
        office.deliver(mail(7))
        assert [item.content for item in box.once()] == [mail(7)]
        assert box.once() == []
    assert values_asked(web) == 8
    assert not any(each.read for each in office.mails.values())


def test_a_kill_in_the_middle_loses_nothing_and_brings_nothing_twice() -> None:
    office = Office()
    office.deliver(*(mail(number, 900_000) for number in range(8)))
    with hosting(office) as web:
        for pages in range(1, 6):
            box = puller(web)
            box.pages_until(pages)
            box.once()
            assert numbers(box) == list(range(8))
            assert all(sum(len(item.content) for item in page.items) <= PAGE_BYTES for page in box.taker.pages)


def test_a_link_that_the_server_forgot_starts_anew_and_all_is_known(tmp_path: Path) -> None:
    office = Office()
    office.deliver(*(mail(number) for number in range(7)))

    def between() -> None:
        office.forget_tokens()
        office.deliver(mail(90))

    with hosting(office) as web:
        sheet, told = puller(web).in_workspace(tmp_path / "w", 3, between)
    assert told == []
    assert (sheet.seen, sheet.ticketed + sheet.merged, sheet.difference) == (9, 9, 0)


def test_a_folder_that_was_made_anew_is_recognised_by_content(tmp_path: Path) -> None:
    office = Office()
    office.folder("Reports")
    office.deliver(mail(1), mail(2), folder="Reports")

    def restore() -> None:
        held = office.inside("Reports")
        office.folders.pop(office.named("Reports"))
        office.mails.clear()
        office.folder("Reports")
        office.deliver(*held, folder="Reports")

    with hosting(office) as web:
        sheet, told = puller(web, folders="Reports").in_workspace(tmp_path / "w", 2, restore)
    assert told == []
    assert (sheet.seen, sheet.difference) == (2, 0)


def test_what_was_removed_or_changed_is_no_news(tmp_path: Path) -> None:
    office = Office(tells_all=True)
    first, *_ = office.deliver(mail(1), mail(2))

    def between() -> None:
        if first in office.mails:
            office.take_away(first)

    with hosting(office) as web:
        sheet, told = puller(web).in_workspace(tmp_path / "w", 3, between)
    assert told == []
    assert (sheet.seen, sheet.difference) == (2, 0)


def test_a_mail_that_is_deleted_just_before_it_is_fetched_is_passed_over() -> None:
    office = Office()
    office.fleeting.update(office.deliver(mail(1)))
    office.deliver(mail(2))
    with hosting(office) as web:
        box = puller(web)
        box.once()
        assert numbers(box) == [2]
        assert box.once() == []


def test_several_folders_and_those_within_others() -> None:
    office = Office()
    inner = office.folder("Phish's", office.named("Inbox"))
    office.deliver(mail(1))
    office.deliver(mail(2), folder="Phish's")
    office.deliver(mail(3), folder="Junk Email")
    assert office.folders[inner][1]
    with hosting(office) as web:
        box = puller(web, folders="inbox\nInbox/phish's\nJunk Email")
        assert sorted(item.folder for item in box.once()) == ["Inbox/phish's", "Junk Email", "inbox"]
        assert box.taker.pages[-1].on_server == 3
        assert box.once() == []


def test_a_folder_that_is_gone_is_told_after_the_others_had_their_turn() -> None:
    office = Office()
    office.deliver(mail(1))
    with hosting(office) as web:
        box = puller(web, folders="Gone\nInbox")
        with pytest.raises(SourceFailed, match="no folder Gone") as caught:
            box.once()
        assert numbers(box) == [1]
    assert caught.value.trouble is Trouble.FOLDER


def test_what_is_older_than_since_is_left_out_and_counted_once() -> None:
    office = Office()
    office.deliver(mail(1), mail(2), received="2020-06-01T12:00:00Z")
    office.deliver(mail(3), received="2026-05-31T00:00:00Z")
    office.deliver(mail(4), received="nonsense")
    with hosting(office) as web:
        box = puller(web, since="2026-05-31")
        box.once()
        assert numbers(box) == [3, 4]
        assert values_asked(web) == 2
        box.once()
        assert sum(page.skipped for page in box.taker.pages) == 2


def test_a_mail_that_is_too_large_is_named_with_its_header_and_stays() -> None:
    office = Office()
    office.deliver(mail(1), mail(2, 20_000), mail(3))
    with hosting(office) as web:
        first, large, last = puller(web, max_mail="10000", after="delete").once()
    assert (first.reason, last.reason) == ("", "")
    assert "max_mail = 10000" in large.reason
    assert large.content == b"Subject: mail 2\r\n\r\n"
    assert office.inside("Inbox") == [mail(2, 20_000)]


def test_a_mail_that_the_server_never_gives_out_is_parked_at_last_and_the_rest_flows() -> None:
    office = Office()
    bad, *_ = office.deliver(mail(1), mail(2))
    office.broken.add(bad)
    with hosting(office) as web:
        box = puller(web)
        for _ in range(MOST_STUMBLES - 1):
            with pytest.raises(SourceFailed, match="did not give out") as caught:
                box.once()
            assert caught.value.trouble is Trouble.NETWORK
        parked, fine = box.once()
    assert "did not give it out" in parked.reason
    assert (parked.content, fine.content) == (b"Subject: mail 1\r\n\r\n", mail(2))


@pytest.mark.parametrize("after", ["seen", "move", "delete"])
def test_what_is_done_afterwards_is_done_only_when_it_is_settled_and_made_up_for(after: str) -> None:
    office = Office()
    office.deliver(*(mail(number) for number in range(5)))
    office.folder("Done")

    def done() -> int:
        left = [each for each in office.mails.values() if each.folder == office.named("Inbox")]
        return 5 - sum(not each.read for each in left)

    with hosting(office) as web:
        # given a kill after the commit, before anything was settled
        box = puller(web, after=after, move_to="Done")
        box.pages_until(1)
        assert (len(box.taker.items), done()) == (3, 0)
        # when it goes on
        assert [item.content for item in box.once()] == [mail(3), mail(4)]
        # then all is done, and the cursor waits for nothing
        assert done() == 5
        assert "AAkA" not in box.taker.cursors["Inbox"].position
        assert box.once() == []
    assert len(office.inside("Done")) == (5 if after == "move" else 0)


def test_a_right_that_is_missing_afterwards_is_told_and_mail_still_comes() -> None:
    office = Office(forbids="PATCH")
    office.deliver(mail(1))
    with hosting(office) as web:
        box = puller(web, after="seen")
        with pytest.raises(SourceFailed, match="may not") as caught:
            box.once()
        assert caught.value.trouble is Trouble.AUTHENTICATION
        office.deliver(mail(2))
        with pytest.raises(SourceFailed, match="may not"):
            box.once()
        assert numbers(box) == [1, 2]
        # when the right is given, what was left is made up for
        office.forbids = ""
        box.once()
    assert all(each.read for each in office.mails.values())


def test_a_busy_server_is_waited_for_and_one_that_stays_busy_is_left_alone() -> None:
    office = Office(busy=2)
    office.deliver(mail(1))
    with hosting(office) as web:
        box = puller(web)
        assert len(box.once()) == 1
        office.busy = 1_000
        with pytest.raises(SourceFailed) as caught:
            box.once()
    assert caught.value.trouble is Trouble.QUOTA


def test_a_cancel_ends_between_two_pages() -> None:
    office = Office()
    office.deliver(*(mail(number) for number in range(7)))
    with hosting(office) as web:
        cancel = CancelToken()
        feed = connector(MemorySecrets()).open(mailbox_at(web), SECRETS)
        pages = []
        for page in feed.pull({}, cancel):
            pages.append(page)
            cancel.cancel()
        feed.close()
    assert [len(page.items) for page in pages] == [3]


def test_a_person_signs_in_and_the_token_is_renewed() -> None:
    office = Office()
    office.deliver(mail(1))
    office.provider.good.add("refresh-0")
    store = MemorySecrets()
    store.put(SourceName("soc"), "refresh_token", Secret("refresh-0"))
    with hosting(office) as web:
        box = Puller(connector(store), mailbox_at(web, auth="device"), refresh_token="refresh-0")
        assert len(box.once()) == 1
        box.once()
    assert [asked.form()["grant_type"] for asked in web.asked if asked.path == "/token"] == ["refresh_token"]
    assert store.get(SourceName("soc"), "refresh_token") == Secret("refresh-1")


def test_a_token_that_was_withdrawn_before_its_end_is_renewed_once() -> None:
    office = Office()
    office.provider.good.add("refresh-0")
    store = MemorySecrets()
    store.put(SourceName("soc"), "refresh_token", Secret("refresh-0"))
    with hosting(office) as web:
        box = Puller(connector(store), mailbox_at(web, auth="device"), refresh_token="refresh-0")
        box.once()
        office.withdrawn = "access-1"
        office.deliver(mail(1))
        assert len(box.once()) == 1
        # when the person's consent is withdrawn as well, then that is said
        office.withdrawn = "access-2"
        office.provider.good.clear()
        with pytest.raises(SourceFailed, match="triage source sign-in soc"):
            box.once()


def test_an_application_asks_for_all_that_it_was_given_at_that_address() -> None:
    office = Office()
    with hosting(office) as web:
        puller(web).once()
    (grant,) = [asked.form() for asked in web.asked if asked.path == "/token"]
    assert (grant["grant_type"], grant["scope"]) == ("client_credentials", f"{web.url}/.default")


def test_a_test_counts_and_names_what_is_wrong() -> None:
    office = Office()
    office.deliver(mail(1), mail(2))
    with hosting(office) as web:
        own = {name: secret.reveal() for name, secret in SECRETS.items()}
        assert "for soc@example.org; 2 mails" in tried(connector(MemorySecrets()), mailbox_at(web), **own)
        assert "no folder Nowhere" in tried(connector(MemorySecrets()), mailbox_at(web, folders="Nowhere"), **own)
        assert "triage source sign-in soc" in tried(connector(MemorySecrets()), mailbox_at(web, auth="device"))
        assert "client_id" in tried(connector(MemorySecrets()), mailbox_at(web, client_id=""), **own)
        other = mailbox_at(web, user="nobody@example.org")
        assert "no folder Inbox" in tried(connector(MemorySecrets()), other, **own)
    assert values_asked(web) == 0
