"""How bad a product says something is, in our five words: each product's own scale, as a table."""

from collections.abc import Mapping
from dataclasses import dataclass

from triage_app.domain.ticket import Severity


@dataclass(frozen=True, slots=True)
class Scale:
    """A numeric scale: the severity from each threshold on, the thresholds falling. `below` is for what is smaller."""

    steps: tuple[tuple[float, Severity], ...]
    below: Severity = Severity.LOW

    def of(self, number: float) -> Severity:
        """The severity of a number; UNKNOWN for NaN."""
        if number != number:  # noqa: PLR0124  NaN is the one number that differs from itself
            return Severity.UNKNOWN
        for threshold, severity in self.steps:
            if number >= threshold:
                return severity
        return self.below


SURICATA = Scale(((3, Severity.LOW), (2, Severity.MEDIUM)), below=Severity.HIGH)
"""Suricata and Snort priority: 1 is the highest, 2 medium, 3 and above low (Suricata manual, classification.config)."""

WAZUH = Scale(((15, Severity.CRITICAL), (12, Severity.HIGH), (7, Severity.MEDIUM)))
"""Wazuh rule level 0 to 15: low to 6, medium to 11, high to 14, critical 15 (as Wazuh's own dashboard groups them)."""

TEN = Scale(((9, Severity.CRITICAL), (7, Severity.HIGH), (4, Severity.MEDIUM)))
"""CEF agent severity 0 to 10 (0-3 low, 4-6 medium, 7-8 high, 9-10 very high); LEEF `sev` and most scores out of ten
follow it, CVSS 3 and GuardDuty among them."""

HUNDRED = Scale(((90, Severity.CRITICAL), (70, Severity.HIGH), (40, Severity.MEDIUM)))
"""Scores out of a hundred, the scale of ten times ten."""

PRIORITY = Scale(((4, Severity.LOW), (3, Severity.MEDIUM), (2, Severity.HIGH)), below=Severity.CRITICAL)
"""Ticket-style priority: 1 is the most urgent."""

SYSLOG = Scale(((5, Severity.LOW), (4, Severity.MEDIUM), (3, Severity.HIGH)), below=Severity.CRITICAL)
"""RFC 5424 severity: 0-2 emergency, alert, critical; 3 error; 4 warning; 5-7 notice, informational, debug."""

_NAMED: tuple[tuple[Severity, tuple[str, ...]], ...] = (
    (
        Severity.CRITICAL,
        (
            "critical",
            "crit",
            "fatal",
            "emergency",
            "emerg",
            "veryhigh",
            "blocker",
            "disaster",
            "p0",
            "p1",
            "sev0",
            "sev1",
        ),
    ),
    (Severity.HIGH, ("high", "severe", "major", "error", "err", "alert", "important", "p2", "sev2")),
    (Severity.MEDIUM, ("medium", "med", "moderate", "warning", "warn", "average", "suspicious", "p3", "sev3")),
    (
        Severity.LOW,
        ("low", "minor", "info", "information", "informational", "notice", "debug", "none", "ok", "normal", "p4", "p5"),
    ),
)

WORDS: Mapping[str, Severity] = {word: severity for severity, words in _NAMED for word in words} | {
    f"severity{severity.word}": severity for severity, _ in _NAMED
}
"""Words of many products, in small letters without punctuation."""


def from_word(text: str) -> Severity:
    """The severity that a word names, in any case and punctuation; UNKNOWN for other words."""
    return WORDS.get("".join(ch for ch in text[:40].lower() if ch.isalnum()), Severity.UNKNOWN)


def from_value(value: object, *, scale: Scale | None = None) -> Severity:
    """The severity that a word or a number (also as text) means.

    Without a `scale` a number up to 10 is read as `TEN` and one up to 100 as `HUNDRED`; others mean nothing.
    """
    if isinstance(value, str):
        named = from_word(value)
        if named is not Severity.UNKNOWN:
            return named
        text = value.strip()
        try:
            number = float(text) if len(text) <= 20 else -1.0
        except ValueError:
            return Severity.UNKNOWN
    elif isinstance(value, int | float) and not isinstance(value, bool):
        number = float(value) if abs(value) < 1e6 else -1.0
    else:
        return Severity.UNKNOWN
    if scale is not None and number >= 0:
        return scale.of(number)
    if 0 <= number <= 10:
        return TEN.of(number)
    return HUNDRED.of(number) if 10 < number <= 100 else Severity.UNKNOWN
