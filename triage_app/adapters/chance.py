"""Chance: the one place that draws random texts."""

import secrets

BYTES = 32


def random_text() -> str:
    """256 random bits as text that is safe in an address, a header and a file name."""
    return secrets.token_urlsafe(BYTES)
