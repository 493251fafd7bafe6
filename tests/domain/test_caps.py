"""The limits that are promised."""

from triage_app.domain.caps import Caps

MEBIBYTE = 1024 * 1024


def test_the_limits_are_those_that_are_documented() -> None:
    caps = Caps()

    assert (caps.parts, caps.depth, caps.header_bytes) == (500, 20, 64 * 1024)
    assert (caps.body_bytes, caps.attachment_bytes, caps.html) == (10 * MEBIBYTE, 50 * MEBIBYTE, 256 * 1024)
