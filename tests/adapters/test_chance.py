import re

from triage_app.adapters.chance import random_text


def test_each_text_is_new_has_256_bits_and_is_safe_anywhere() -> None:
    texts = {random_text() for _ in range(1_000)}
    assert len(texts) == 1_000
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", each) for each in texts)
