"""Addresses and domains."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain.hosts import Host, HostKind, domain_of, host_of, ipv4_of, ipv6_of, top_level_exists


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("Example.COM.", "example.com"),
        ("a.b.co.uk", "a.b.co.uk"),
        ("foo.ck", None),  # "*.ck": each name there is a suffix
        ("www.ck", "www.ck"),  # but this one
        ("me.github.io", "me.github.io"),
        ("github.io", "github.io"),
        ("co.uk", None),
        ("com", None),
        ("example.notatld", None),
        ("mail.corp.example", "mail.corp.example"),
        ("example", None),
        ("unit.test", None),
        ("-a.com", None),
        ("a-.com", None),
        ("a..com", None),
        ("a.com..", "a.com"),
        ("пример.рф", "xn--e1afmkfd.xn--p1ai"),
        ("example.xn--p1ai", "example.xn--p1ai"),
        (f"{'a' * 63}.com", f"{'a' * 63}.com"),
        (f"{'a' * 64}.com", None),
        (f"{'ä' * 64}.com", None),
        (".".join(["a" * 50] * 5) + ".com", None),
        ("\ud800.com", None),
        ("x\0.com", None),
    ],
)
def test_domain(text: str, domain: str | None) -> None:
    assert domain_of(text) == domain


def test_top_level_domains_come_from_the_list() -> None:
    assert all(map(top_level_exists, ("com", "zip", "ck", "xn--p1ai")))
    assert not any(map(top_level_exists, ("", "local", "exe", "123")))


@given(st.ip_addresses(v=4))
def test_every_ipv4_address_is_its_own_normal_form(address: ipaddress.IPv4Address) -> None:
    assert ipv4_of(str(address)) == str(address)


@pytest.mark.parametrize(
    "text", ["1.2.3", "1.2.3.4.", "1.2.3.4.5", "01.2.3.4", "1.2.3.256", "١.2.3.4", "1.2.3.4\n", ""]
)
def test_no_ipv4_address(text: str) -> None:
    assert ipv4_of(text) is None


@given(st.ip_addresses(v=6))
def test_every_ipv6_address_is_found_in_each_spelling(address: ipaddress.IPv6Address) -> None:
    normal = ipv6_of(address.exploded.upper())
    assert normal is not None
    assert ipaddress.IPv6Address(normal) == address
    assert ipv6_of(normal) == normal


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("Evil.com", Host(HostKind.DOMAIN, "evil.com")),
        ("[2001:DB8::1]", Host(HostKind.IPV6, "2001:db8::1")),
        ("198.51.100.1", Host(HostKind.IPV4, "198.51.100.1")),
        ("3325256705", Host(HostKind.IPV4, "198.51.100.1")),
        ("0xC6336401", Host(HostKind.IPV4, "198.51.100.1")),
        ("0306.063.0144.1", Host(HostKind.IPV4, "198.51.100.1")),
        ("198.51.25601", Host(HostKind.IPV4, "198.51.100.1")),
        ("intranet", Host(HostKind.NAME, "intranet")),
        ("srv.corp.local", Host(HostKind.NAME, "srv.corp.local")),
        ("%65vil.com", Host(HostKind.DOMAIN, "evil.com")),
        ("999.1.1.1", None),
        ("089.1.1.1", None),
        ("4294967296", None),
        ("[1.2.3.4]", None),
        ("[", None),
        ("a b", None),
        ("x", None),
        ("", None),
    ],
)
def test_host_of_a_url(text: str, host: Host | None) -> None:
    assert host_of(text) == host
