"""Observables in queries: words that are one as a whole, networks, and what is said of others."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain.errors import InvalidInput
from triage_app.domain.observable import Observable, ObservableKind, defang
from triage_app.domain.query import Carries, InNetwork
from triage_app.domain.query_observables import (
    KINDS,
    OTHER_NAMES,
    addressed_to,
    at_address,
    carries,
    live_words,
    observable_of,
)


def test_every_kind_has_a_name() -> None:
    assert frozenset().union(*KINDS.values()) == frozenset(ObservableKind)
    assert set(OTHER_NAMES.values()) <= set(KINDS)
    assert not set(OTHER_NAMES) & set(KINDS)


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("evil[.]example", "evil.example"),
        ("hxxps://Evil[.]example/A", "https://evil.example/A"),
        ("<bob[@]example.com>,", "bob@example.com"),
        ("mailto:bob@example.com", "bob@example.com"),
        ("198.51.100[.]7", "198.51.100.7"),
        ("cve-2021-44228", "CVE-2021-44228"),
        ("a.pdf", "a.pdf"),
    ],
)
def test_a_word_that_is_an_observable(word: str, value: str) -> None:
    found = observable_of(word)
    assert found is not None
    assert found.value == value


@pytest.mark.parametrize(
    "word", ["invoice", "a", "invoice-77", "198.51.100.7/24", "a@b", "see evil.example", "x" * 9_999]
)
def test_a_word_that_is_none(word: str) -> None:
    assert observable_of(word) is None


@given(
    st.sampled_from(
        [
            Observable(ObservableKind.URL, "http://evil.example/a?b=c"),
            Observable(ObservableKind.DOMAIN, "evil.example"),
            Observable(ObservableKind.EMAIL, "bob@evil.example"),
            Observable(ObservableKind.IPV4, "198.51.100.7"),
            Observable(ObservableKind.IPV6, "2001:db8::7"),
        ]
    )
)
def test_live_and_defanged_are_the_same(observable: Observable) -> None:
    harmless = defang(observable.value, observable.kind)
    assert observable_of(harmless) == observable_of(observable.value) == observable
    assert live_words(harmless) == live_words(observable.value)
    assert "://" not in live_words(observable.value)


@given(st.booleans(), st.data())
def test_a_range_holds_what_is_between_its_ends(is_new: bool, data: st.DataObject) -> None:
    kind = ipaddress.IPv6Address if is_new else ipaddress.IPv4Address
    low, high = sorted(data.draw(st.integers(0, 2**128 - 1 if is_new else 2**32 - 1)) for _ in range(2))
    found = at_address(f"{kind(low)}-{kind(high)}")
    assert isinstance(found, InNetwork)
    assert len(found.low) == len(found.high) == 32
    assert int(found.high, 16) - int(found.low, 16) == high - low


def test_ipv4_stands_within_ipv6() -> None:
    assert at_address("::ffff:10.0.0.0/104") == at_address("10.0.0.0/8")


def test_to_is_a_place() -> None:
    assert addressed_to("soc[at]example.com") == Carries(
        frozenset({ObservableKind.EMAIL}), "soc@example.com", where="header:to"
    )


@pytest.mark.parametrize("name", sorted(KINDS.keys() - {"ip"}))
def test_what_is_no_value_of_a_kind_is_said(name: str) -> None:
    with pytest.raises(InvalidInput, match=r"\w"):
        carries(name, "?/:*")
