"""What is on the allow-list, and what may tell something about a ticket."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain.allowing import AllowList, telling
from triage_app.domain.errors import InvalidObservable
from triage_app.domain.observable import Observable, ObservableKind, OwnNames

SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
ALLOWED = AllowList.of(
    [" Example.COM ", "192.0.2.7", "198.51.100.0/24", "2001:db8::/32", "info@partner.example", SHA256.upper()]
)


@pytest.mark.parametrize(
    ("kind", "value", "allowed"),
    [
        (ObservableKind.DOMAIN, "example.com", True),
        (ObservableKind.DOMAIN, "www.example.com", True),
        (ObservableKind.DOMAIN, "notexample.com", False),
        (ObservableKind.URL, "https://cdn.example.com/logo.png", True),
        (ObservableKind.URL, "https://evil.test/?to=example.com", False),
        (ObservableKind.EMAIL, "anybody@example.com", True),
        (ObservableKind.EMAIL, "info@partner.example", True),
        (ObservableKind.EMAIL, "boss@partner.example", False),
        (ObservableKind.IPV4, "192.0.2.7", True),
        (ObservableKind.IPV4, "192.0.2.8", False),
        (ObservableKind.IPV4, "198.51.100.200", True),
        (ObservableKind.IPV6, "2001:db8::1", True),
        (ObservableKind.IPV6, "2001:db9::1", False),
        (ObservableKind.SHA256, SHA256, True),
        (ObservableKind.SHA256, SHA256[::-1], False),
        (ObservableKind.FILE_NAME, "example.com", False),
    ],
)
def test_what_is_on_the_list_is_allowed_with_what_belongs_to_it(
    kind: ObservableKind, value: str, allowed: bool
) -> None:
    assert ALLOWED.holds(Observable(kind, value)) is allowed


def test_an_empty_list_allows_nothing() -> None:
    assert not AllowList.of([]).holds(Observable(ObservableKind.DOMAIN, "example.com"))


@pytest.mark.parametrize("value", ["", "  ", "hello world", "300.1.2.3", "10.0.0.0/99", "nobody@", "\x00"])
def test_what_cannot_be_allowed_is_refused(value: str) -> None:
    with pytest.raises(InvalidObservable, match="on the allow-list is no domain, address"):
        AllowList.of(["example.com", value])


@given(st.text(max_size=80))
def test_any_text_is_a_value_or_refused_as_one(value: str) -> None:
    with suppress(InvalidObservable):
        assert not AllowList.of([value]).holds(Observable(ObservableKind.ASN, "AS64496"))


def test_what_is_own_or_allowed_and_what_many_have_by_nature_tells_nothing() -> None:
    own = OwnNames.of(["corp.test"], [])
    assert telling(own, ALLOWED, Observable(ObservableKind.DOMAIN, "evil.test"))
    assert not telling(own, ALLOWED, Observable(ObservableKind.DOMAIN, "mail.corp.test"))
    assert not telling(own, ALLOWED, Observable(ObservableKind.DOMAIN, "example.com"))
    assert not telling(own, ALLOWED, Observable(ObservableKind.ATTACK, "T1059"))
