import pytest

from triage_app.domain.severities import HUNDRED, PRIORITY, SURICATA, SYSLOG, TEN, WAZUH, Scale, from_value, from_word
from triage_app.domain.ticket import Severity

WORDS = {"L": Severity.LOW, "M": Severity.MEDIUM, "H": Severity.HIGH, "C": Severity.CRITICAL}


@pytest.mark.parametrize(
    ("scale", "first", "letters"),
    [
        (SURICATA, 1, "HMLL"),
        (WAZUH, 0, "LLLLLLLMMMMMHHHC"),
        (TEN, 0, "LLLLMMMHHCC"),
        (PRIORITY, 1, "CHMLL"),
        (SYSLOG, 0, "CCCHMLLL"),
    ],
)
def test_scales(scale: Scale, first: int, letters: str) -> None:
    assert [scale.of(first + step) for step in range(len(letters))] == [WORDS[letter] for letter in letters]


@pytest.mark.parametrize(
    ("value", "severity"),
    [
        ("Very-High", Severity.CRITICAL),
        ("SEVERITY_HIGH", Severity.HIGH),
        ("Info", Severity.LOW),
        ("P2", Severity.HIGH),
        ("warning", Severity.MEDIUM),
        ("8.9", Severity.HIGH),
        (" 95 ", Severity.CRITICAL),
        (50, HUNDRED.of(50)),
        ("banana", Severity.UNKNOWN),
        ("", Severity.UNKNOWN),
        ("nan", Severity.UNKNOWN),
        ("1e999", Severity.UNKNOWN),
        (-3, Severity.UNKNOWN),
        (1_000, Severity.UNKNOWN),
        (10**400, Severity.UNKNOWN),
        (True, Severity.UNKNOWN),
        (None, Severity.UNKNOWN),
        (float("nan"), Severity.UNKNOWN),
    ],
)
def test_values(value: object, severity: Severity) -> None:
    assert from_value(value) is severity


def test_a_scale_is_for_numbers_and_words_stay_words() -> None:
    assert from_value("1", scale=SURICATA) is Severity.HIGH
    assert from_value("low", scale=SURICATA) is Severity.LOW
    assert from_word("CRITICAL!") is Severity.CRITICAL
