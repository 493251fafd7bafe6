"""Narrowing down the mail at which connections break."""

from triage_app.adapters.feeds.imap_stumbles import MOST_STUMBLES, Stumbles
from triage_app.domain.errors import SourceFailed, Trouble

PLACE = ("INBOX", 1)
CUT = SourceFailed(Trouble.NETWORK, "cut")


def attempts(broken: int, mails: int, page: int = 500) -> tuple[list[int], list[int], int]:
    """Fetch mails 1..n of which one breaks the connection: what came, what was passed over, and the broken ones."""
    stumbles, breaks, at = Stumbles(), 0, 1
    came: list[int] = []
    passed: list[int] = []
    while at <= mails:
        if stumbles.given_up(PLACE, at):
            passed.append(at)
            at += 1
            continue
        count = min(stumbles.most(PLACE, page), mails - at + 1)
        if at <= broken < at + count:
            stumbles.broke(PLACE, at, count, CUT)
            breaks += 1
        else:
            came += range(at, at + count)
            at += count
            stumbles.went_well(PLACE, page)
    return came, passed, breaks


def test_only_the_mail_that_breaks_is_passed_over_and_soon() -> None:
    for broken in (1, 2, 333, 499, 500, 501, 1_000):
        came, passed, breaks = attempts(broken, 1_000)
        assert passed == [broken]
        assert came == [uid for uid in range(1, 1_001) if uid != broken]
        assert breaks <= 3 * MOST_STUMBLES


def test_a_bad_line_is_no_mails_fault() -> None:
    stumbles = Stumbles()
    for _round in range(5 * MOST_STUMBLES):
        stumbles.broke(PLACE, 7, 1, CUT)
        stumbles.broke_elsewhere()
        assert not stumbles.given_up(PLACE, 7)


def test_a_refusal_counts_for_nothing() -> None:
    stumbles = Stumbles()
    for _round in range(2 * MOST_STUMBLES):
        stumbles.broke(PLACE, 7, 1, SourceFailed(Trouble.QUOTA, "full"))
    assert not stumbles.given_up(PLACE, 7)
    assert stumbles.most(PLACE, 500) == 500
