"""Kinds, normal forms, and what is our own."""

import pytest

from triage_app.domain.errors import InvalidObservable
from triage_app.domain.observable import Observable, ObservableKind, OwnNames, defang, normalise, refang

K = ObservableKind


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (K.IPV4, " 198.51.100[.]7 ", "198.51.100.7"),
        (K.IPV6, "[2001:DB8:0::1]", "2001:db8::1"),
        (K.IPV6, "::ffff:c000:280", "::ffff:192.0.2.128"),
        (K.DOMAIN, "BÜCHER[.]de.", "xn--bcher-kva.de"),
        (K.URL, "hXXps://Evil[.]com:443/A?b#C", "https://evil.com/A?b#C"),
        (K.EMAIL, "Bob(at)Evil[.]com", "bob@evil.com"),
        (K.MD5, "D41D8CD98F00B204E9800998ECF8427E", "d41d8cd98f00b204e9800998ecf8427e"),
        (K.CVE, "cve 2021-44228", "CVE-2021-44228"),
        (K.ATTACK, "t1059/001", "T1059.001"),
        (K.ATTACK, "ta0001", "TA0001"),
        (K.MAC, "001A.2B3C.4D5E", "00:1a:2b:3c:4d:5e"),
        (K.FILE_NAME, " Invoice 7.PDF ", "Invoice 7.PDF"),
        (K.BITCOIN, "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"),
        (K.WINDOWS_PATH, "c:\\\\Temp\\\\My file", "C:\\Temp\\My file"),
        (K.WINDOWS_PATH, "\\\\srv\\share\\x", "\\\\srv\\share\\x"),
        (K.REGISTRY, "hklm\\Software\\A b", "HKEY_LOCAL_MACHINE\\Software\\A b"),
        (K.ASN, "as 15169", "AS15169"),
        (K.ASN, "1.10", "AS65546"),
        (K.ASN, "15169", "AS15169"),
    ],
)
def test_normal_form(kind: ObservableKind, text: str, value: str) -> None:
    assert normalise(kind, text) == value
    assert normalise(kind, value) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (K.IPV4, "256.1.1.1"),
        (K.IPV4, "1.2.3"),
        (K.IPV6, "1::2::3"),
        (K.DOMAIN, "co.uk"),
        (K.DOMAIN, "host.local"),
        (K.DOMAIN, "a b.com"),
        (K.URL, "evil.com"),
        (K.URL, "http://evil.com/a b"),
        (K.EMAIL, "bob@"),
        (K.EMAIL, "a..b@evil.com"),
        (K.EMAIL, "\u0130@evil.com"),
        (K.MD5, "d41d8cd98f00b204e9800998ecf8427"),
        (K.SHA1, "d41d8cd98f00b204e9800998ecf8427e"),
        (K.CVE, "CVE-2021-1"),
        (K.ATTACK, "TA0001.001"),
        (K.MAC, "00:1a:2b:3c:4d"),
        (K.MAC, "00:1a-2b:3c:4d:5e"),
        (K.FILE_NAME, "a/b.pdf"),
        (K.BITCOIN, "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb"),
        (K.WINDOWS_PATH, "HKLM\\Software"),
        (K.WINDOWS_PATH, "C:\\a?b"),
        (K.REGISTRY, "C:\\Temp"),
        (K.ASN, "AS4294967296"),
        *((kind, "") for kind in ObservableKind),
        *((kind, "\ud800\0") for kind in ObservableKind if kind is not K.FILE_NAME),
    ],
)
def test_what_is_no_value_of_its_kind_is_refused(kind: ObservableKind, text: str) -> None:
    with pytest.raises(InvalidObservable) as caught:
        normalise(kind, text)
    assert caught.value.code == "invalid_observable"
    assert kind.value.replace("_", " ") in caught.value.message


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        ("198.51.100.7", K.IPV4, "198[.]51[.]100[.]7"),
        ("2001:db8::1", K.IPV6, "2001[:]db8[:][:]1"),
        ("evil.com", K.DOMAIN, "evil[.]com"),
        ("https://a.evil.com:8443/x.php?q=a.b", K.URL, "hxxps://a[.]evil[.]com:8443/x.php?q=a.b"),
        ("http://u.x@[2001:db8::1]:80/", K.URL, "hxxp://u[.]x@[2001[:]db8[:][:]1]:80/"),
        ("http://[::]/a", K.URL, "hxxp://[[:][:]]/a"),
        ("ftp://evil.com", K.URL, "fxp://evil[.]com"),
        ("ldap://evil.com/a", K.URL, "ldap[:]//evil[.]com/a"),
        ("bob.x@evil.com", K.EMAIL, "bob.x[@]evil[.]com"),
        ("report.zip", K.FILE_NAME, "report.zip"),
        ("d41d8cd98f00b204e9800998ecf8427e", K.MD5, "d41d8cd98f00b204e9800998ecf8427e"),
    ],
)
def test_defanged_form(value: str, kind: ObservableKind, shown: str) -> None:
    assert defang(value, kind) == shown
    assert refang(shown) == value
    if kind not in {K.FILE_NAME}:
        # the form tells the kind
        assert defang(value) == shown


def test_own_names() -> None:
    # given the settings of an organisation
    own = OwnNames.of(
        ["Example.com", "*.bücher.de", "corp.local"], ["192.0.2.0/24", "2001:db8::/32", "198.51.100.7", "Bob@gmail.com"]
    )
    # then what is under them is own
    for kind, value in (
        (K.DOMAIN, "example.com"),
        (K.DOMAIN, "mail.example.com"),
        (K.DOMAIN, "xn--bcher-kva.de"),
        (K.EMAIL, "eve@sub.example.com"),
        (K.EMAIL, "bob@gmail.com"),
        (K.URL, "https://www.example.com/x"),
        (K.URL, "http://192.0.2.9:80/x"),
        (K.URL, "http://[2001:db8::5]/"),
        (K.URL, "http://srv.corp.local/x"),
        (K.IPV4, "192.0.2.255"),
        (K.IPV4, "198.51.100.7"),
        (K.IPV6, "2001:db8:1::1"),
        (K.IPV6, "::ffff:192.0.2.1"),
    ):
        assert own.is_own(Observable(kind, value)), value
    # and what only looks like it is not
    for kind, value in (
        (K.DOMAIN, "notexample.com"),
        (K.DOMAIN, "example.com.evil.org"),
        (K.EMAIL, "amy@gmail.com"),
        (K.URL, "http://example.com@evil.org/"),
        (K.IPV4, "198.51.100.8"),
        (K.FILE_NAME, "example.com"),
    ):
        assert not own.is_own(Observable(kind, value)), value


def test_nothing_is_own_without_settings() -> None:
    assert not OwnNames.of().is_own(Observable(K.IPV4, "127.0.0.1"))


@pytest.mark.parametrize(("domains", "addresses"), [(["a b"], []), ([""], []), ([], ["nowhere"]), ([], ["a@b"])])
def test_settings_that_name_nothing_are_refused(domains: list[str], addresses: list[str]) -> None:
    with pytest.raises(InvalidObservable):
        OwnNames.of(domains, addresses)
