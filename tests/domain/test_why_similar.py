"""Why tickets are alike, in words."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain.observable import Observable, ObservableKind
from triage_app.domain.pattern import Trait, TraitKind
from triage_app.domain.similarity import OBSERVABLE_STRENGTH, Common, Match, Seen
from triage_app.domain.why_similar import MOST_REASONS, may_be_url_hosts, url_hosts, why_similar

NOTHING = Common((), (), 0.0, 1, 0.0, ())
SHA256, MD5 = "ab" * 32, "cd" * 16


def match(kind: ObservableKind, value: str, tickets: int = 2, where: str = "text", *, rarity: float = 1.0) -> Match:
    seen = Seen(Observable(kind, value), tickets, (where,))
    return Match(seen, seen, rarity, OBSERVABLE_STRENGTH[kind])


def why(
    *matches: Match,
    traits: tuple[Trait, ...] = (),
    pattern: float = 0.0,
    followed: int = 1,
    words: tuple[float, str] = (0.0, ""),
    hosts: frozenset[str] = frozenset(),
    apart: timedelta | None = None,
) -> tuple[str, ...]:
    share, text = words
    spelled = dict(enumerate(text.split()))
    common = Common(matches, tuple((each, 0.1) for each in traits), pattern, followed, share, tuple(spelled))
    return why_similar(common, spelled=spelled, hosts=hosts, apart=apart)


@pytest.mark.parametrize(
    ("kind", "value", "where", "reason"),
    [
        (ObservableKind.SHA256, SHA256, "attachment:sha256", "same attachment, seen in 2 tickets"),
        (ObservableKind.SHA256, SHA256, "text", "same file, seen in 2 tickets"),
        (ObservableKind.URL, "https://evil.test/x", "text", "same URL, seen in 2 tickets"),
        (ObservableKind.DOMAIN, "evil.test", "text", "same domain, seen in 2 tickets"),
        (ObservableKind.IPV4, "192.0.2.7", "text", "same IP address, seen in 2 tickets"),
        (ObservableKind.EMAIL, "a@evil.test", "header:from", "same sender, seen in 2 tickets"),
        (ObservableKind.EMAIL, "a@evil.test", "header:to", "same recipient, seen in 2 tickets"),
        (ObservableKind.EMAIL, "a@evil.test", "text", "same mail address, seen in 2 tickets"),
        (ObservableKind.REGISTRY, "HKLM\\Software\\X", "text", "same registry key, seen in 2 tickets"),
    ],
)
def test_a_thing_in_common_is_called_what_it_is(kind: ObservableKind, value: str, where: str, reason: str) -> None:
    assert why(match(kind, value, where=where)) == (reason,)


def test_every_kind_has_a_name() -> None:
    assert all(len(why(match(kind, "x"))) == 1 for kind in ObservableKind)


def test_what_is_only_here_at_a_place_is_not_called_by_it() -> None:
    address = Observable(ObservableKind.EMAIL, "a@evil.test")
    one, other = Seen(address, 2, ("header:from",)), Seen(address, 2, ("text",))
    assert why(Match(one, other, 1.0, 0.1)) == ("same mail address, seen in 2 tickets",)


def test_numbers_are_right_in_the_singular_and_large() -> None:
    url = (ObservableKind.URL, "https://evil.test/x")
    assert why(match(*url, 1)) == ("same URL, seen in 1 ticket",)
    assert why(match(*url, 12_000)) == ("same URL, seen in 12,000 tickets",)
    assert why(pattern=0.3) == ("same pattern, followed by 1 ticket",)
    assert why(pattern=0.3, followed=1_200) == ("same pattern, followed by 1,200 tickets",)


def test_many_of_a_kind_are_one_reason() -> None:
    links = [match(ObservableKind.URL, f"https://evil.test/{number}", number) for number in (4, 2, 3)]
    assert why(*links) == ("3 same URLs, the rarest seen in 2 tickets",)
    same = [match(ObservableKind.MAC, f"00:00:5e:00:53:0{number}", 5) for number in (1, 2)]
    assert why(*same) == ("2 same hardware addresses, seen in 5 tickets",)


def test_hashes_of_one_file_are_one_file() -> None:
    one = [match(ObservableKind.SHA256, SHA256), match(ObservableKind.MD5, MD5)]
    assert why(*one) == ("same file, seen in 2 tickets",)
    assert why(*one, match(ObservableKind.MD5, MD5[::-1])) == ("2 same files, seen in 2 tickets",)


def test_a_link_its_domain_and_its_host_are_one_reason() -> None:
    found = why(
        match(ObservableKind.URL, "https://evil.test/x"),
        match(ObservableKind.DOMAIN, "evil.test", 3),
        hosts=frozenset({"evil.test"}),
    )
    assert found == ("same URL, seen in 2 tickets",)


def test_a_host_that_both_link_to_is_told_where_the_links_differ() -> None:
    both = frozenset({"evil.test", "192.0.2.7"})
    assert why(match(ObservableKind.DOMAIN, "evil.test", 3), hosts=both) == ("same URL host, seen in 3 tickets",)
    assert why(match(ObservableKind.IPV4, "192.0.2.7", 3), hosts=both) == ("same URL host, seen in 3 tickets",)
    # also beside the sender of that domain, which is something else
    sender = match(ObservableKind.EMAIL, "a@evil.test", where="header:from", rarity=0.9)
    assert why(match(ObservableKind.DOMAIN, "evil.test", 3), sender, hosts=both) == (
        "same URL host, seen in 3 tickets",
        "same sender, seen in 2 tickets",
    )


def test_a_sender_with_domain_is_one_reason() -> None:
    domain = match(ObservableKind.DOMAIN, "evil.test", 3)
    trait = Trait(TraitKind.SENDER_DOMAIN, "evil.test")
    sender = match(ObservableKind.EMAIL, "a@evil.test", where="header:from")
    assert why(domain, sender, traits=(trait,)) == ("same sender, seen in 2 tickets",)
    assert why(domain, traits=(trait,)) == ("same sender's domain (evil[.]test)",)


def test_names_of_the_same_attachment_or_path_are_not_told_beside_it() -> None:
    name = match(ObservableKind.FILE_NAME, "Invoice.docm", where="attachment:name")
    file = match(ObservableKind.SHA256, SHA256, where="attachment:sha256")
    assert why(name, file) == ("same attachment, seen in 2 tickets",)
    assert why(name) == ("same file name, seen in 2 tickets",)
    path = match(ObservableKind.WINDOWS_PATH, "C:\\Temp\\invoice.docm")
    assert why(name, path) == ("same path, seen in 2 tickets",)


def test_the_most_telling_comes_first_and_no_more_than_five() -> None:
    found = why(
        match(ObservableKind.EMAIL, "a@other.test", 900, where="header:from", rarity=0.2),
        match(ObservableKind.DOMAIN, "evil.test", 3, rarity=0.95),
        match(ObservableKind.SHA256, SHA256, 2, where="attachment:sha256"),
        traits=(Trait(TraitKind.HOST, "web01"),),
        words=(0.71, "namenode checkpoint fsimage edits"),
        hosts=frozenset({"evil.test"}),
        apart=timedelta(minutes=12),
    )
    assert found == (
        "same attachment, seen in 2 tickets",
        "same URL host, seen in 3 tickets",
        "71 % of words, such as namenode, checkpoint, fsimage",
        "same sender, seen in 900 tickets",
        "same host (web01)",
    )
    assert len(found) == MOST_REASONS


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("NameNode Node checkpoint name", "50 % of words, such as NameNode, checkpoint"),
        ("a1b2c3 2024 it x checkpoint", "50 % of words, such as checkpoint"),
        ("the ab 12 https MFA", "50 % of words, such as MFA"),
        ("ab 12", "50 % of words"),
        ("y" * 31, "50 % of words"),
    ],
)
def test_words_that_say_something_are_named(text: str, reason: str) -> None:
    assert why(words=(0.5, text)) == (reason,)


def test_words_of_what_both_have_anyway_are_not_named() -> None:
    link = match(ObservableKind.URL, "https://evil.test/checkpoint")
    found = why(link, words=(0.5, "Evil test checkpoint namenode"))
    assert found == ("same URL, seen in 2 tickets", "50 % of words, such as namenode")


def test_few_words_are_a_reason_only_where_there_is_no_other() -> None:
    assert why(words=(0.004, "")) == ("1 % of words",)
    assert why(match(ObservableKind.CVE, "CVE-2024-1"), words=(0.1, "")) == ("same vulnerability, seen in 2 tickets",)
    assert why() == ()


@pytest.mark.parametrize(
    ("apart", "reasons"),
    [
        (timedelta(seconds=59), ("less than a minute apart",)),
        (timedelta(minutes=1), ("1 minute apart",)),
        (timedelta(minutes=59, seconds=59), ("59 minutes apart",)),
        (timedelta(hours=1), ()),
        (None, ()),
    ],
)
def test_what_came_within_an_hour_says_so(apart: timedelta | None, reasons: tuple[str, ...]) -> None:
    assert why(apart=apart) == reasons


def test_hosts_of_links_are_read_from_them() -> None:
    found = url_hosts(
        [
            Observable(ObservableKind.URL, "https://evil.test:8443/a?b"),
            Observable(ObservableKind.URL, "http://192.0.2.7/x"),
            Observable(ObservableKind.DOMAIN, "other.test"),
        ]
    )
    assert found == {"evil.test", "192.0.2.7"}


def test_the_others_links_matter_only_where_a_shared_host_is_linked_here() -> None:
    domain = match(ObservableKind.DOMAIN, "evil.test")
    link = match(ObservableKind.URL, "https://evil.test/x")

    def common(*matches: Match) -> Common:
        return Common(matches, (), 0.0, 1, 0.0, ())

    assert may_be_url_hosts(common(domain), {"evil.test"})
    assert not may_be_url_hosts(common(domain), {"other.test"})
    assert not may_be_url_hosts(common(domain, link), {"evil.test"})
    assert not may_be_url_hosts(NOTHING, {"evil.test"})


@given(
    st.lists(
        st.builds(
            match,
            st.sampled_from(ObservableKind),
            st.sampled_from(["evil.test", "https://evil.test/x", "a@evil.test", "\\", "", "\x00"]),
            st.integers(0, 5),
            st.sampled_from(["text", "header:from", "attachment:name"]),
        ),
        max_size=8,
    ),
    st.floats(0, 1),
    st.text(max_size=200),
    st.sampled_from([frozenset[str](), frozenset({"evil.test"})]),
)
def test_any_two_tickets_have_few_reasons_and_none_twice(
    matches: list[Match], share: float, words: str, hosts: frozenset[str]
) -> None:
    found = why(*matches, words=(share, words), hosts=hosts)
    assert len({*found}) == len(found) <= MOST_REASONS
    assert found or not (matches or share)
