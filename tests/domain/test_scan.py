"""What has an address: offsets, links and the limit."""

import pytest

from triage_app.domain.hosts import Host, HostKind
from triage_app.domain.observable import ObservableKind
from triage_app.domain.scan import Found, scan_addresses


def test_offsets_and_links() -> None:
    # given a text with a URL, a mail address and a domain
    text = "at http://evil.com/x, bob@evil.org or evil.net"
    found = Found(10)
    # when it is scanned
    links = scan_addresses(text, found)
    # then each is told with its offset, and the spans to leave alone are known
    assert [(text[at:].split(maxsplit=1)[0].rstrip(","), kind, value) for at, kind, value in found] == [
        ("http://evil.com/x", ObservableKind.URL, "http://evil.com/x"),
        ("http://evil.com/x", ObservableKind.DOMAIN, "evil.com"),
        ("bob@evil.org", ObservableKind.EMAIL, "bob@evil.org"),
        ("bob@evil.org", ObservableKind.DOMAIN, "evil.org"),
        ("evil.net", ObservableKind.DOMAIN, "evil.net"),
    ]
    assert [text[start:end] for start, end in links] == ["http://evil.com/x", "bob@evil.org"]


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("mailto:x?cc=y@evil.org&bcc=w@evil.com", ["y@evil.org", "w@evil.com"]),
        ("mailto:a@evil.net?subject=hi&cc=y@evil.org", ["a@evil.net", "y@evil.org"]),
        ("mailto:?to=a@evil.net&CC=y@evil.org", ["a@evil.net", "y@evil.org"]),
        ("mailto:a@evil.net?body=to=&amp;cc=cc=y@evil.org,q@evil.org", ["a@evil.net", "y@evil.org", "q@evil.org"]),
        ("prvs=1a2b=bob@evil.org, r&d@evil.com, bounce+cc=bob@evil.net",
         ["prvs=1a2b=bob@evil.org", "r&d@evil.com", "bounce+cc=bob@evil.net"]),
    ],
)  # fmt: skip
def test_fields_of_a_mailto_link_are_no_part_of_an_address(text: str, addresses: list[str]) -> None:
    found = Found(20)
    scan_addresses(text, found)
    assert [value for _, kind, value in found if kind is ObservableKind.EMAIL] == addresses


def test_a_site_of_reference_is_read_on() -> None:
    assert scan_addresses("https://www.virustotal.com/gui/file/x", Found(10)) == []


def test_a_full_collection_takes_no_more_and_keeps_the_first_offset() -> None:
    # given room for two
    found = Found(2)
    # when one comes twice, a host that is no observable, another one, and one too many
    fullness = []
    for at, kind, name in (
        (5, HostKind.DOMAIN, "a.com"),
        (9, HostKind.DOMAIN, "a.com"),
        (10, HostKind.NAME, "intranet"),
        (11, HostKind.IPV4, "198.51.100.1"),
        (12, HostKind.DOMAIN, "b.com"),
    ):
        found.add_host(at, Host(kind, name))
        fullness.append(found.is_full)
    # then two are kept, where they were first
    assert fullness == [False, False, False, True, True]
    assert [at for at, _, _ in found] == [5, 11]
