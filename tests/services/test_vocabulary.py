"""What was read a moment ago is good enough; later it is read again."""

from datetime import UTC, datetime, timedelta

from triage_app.domain.query_completion import Vocabulary
from triage_app.services.vocabulary import KEPT, VocabularyMemory

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_what_was_read_lately_is_known() -> None:
    # given
    memory = VocabularyMemory()
    assert memory.known(NOW) is None
    # when
    words = Vocabulary(categories=("Phishing",))
    memory.keep(words, NOW)
    # then
    assert memory.known(NOW) is words
    assert memory.known(NOW + KEPT - timedelta(seconds=1)) is words
    assert memory.known(NOW + KEPT) is None
    assert memory.known(NOW - timedelta(seconds=1)) is None, "a clock that was set back keeps nothing for long"
