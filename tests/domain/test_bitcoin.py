"""Bitcoin addresses: the vectors of BIP 173 and BIP 350, and one changed character."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_app.domain.bitcoin import bitcoin_of

VALID = [
    "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
    "1111111111111111111114oLvT2",
    "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
    "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y",
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
]


@pytest.mark.parametrize("address", VALID)
def test_valid(address: str) -> None:
    assert bitcoin_of(address) == address


@pytest.mark.parametrize(
    "text",
    [
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",  # bech32 where bech32m is due
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh",  # bech32m where bech32 is due
        "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",  # a character outside the alphabet
        "BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R",  # witness version 17
        "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7Kv8f3t4",  # two cases
        "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx",  # another network
        "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn",
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7Divf",
        "1" * 34,
        "3" * 35,
        "",
        "\u0661" * 30,
    ],
)
def test_invalid(text: str) -> None:
    assert bitcoin_of(text) is None


@given(st.sampled_from(VALID), st.data())
def test_one_changed_character_is_noticed(address: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(address) - 1))
    other = data.draw(
        st.sampled_from("123456789abcdefghjkmnpqrstuvwxyz").filter(lambda char: char != address[at].lower())
    )
    assert bitcoin_of(address[:at] + other + address[at + 1 :]) is None
