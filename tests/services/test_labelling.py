import pytest

from triage_app.domain.errors import InvalidInput
from triage_app.domain.labels import Dataset
from triage_app.services.labelling import own_label

LANGUAGE = Dataset("language", "Language", ("Deutsch", "Straße", "日本語"), "Deutsch")


@pytest.mark.parametrize(("said", "label"), [("deutsch", "Deutsch"), (" STRASSE ", "Straße"), ("日本語", "日本語")])
def test_a_label_has_the_spelling_of_its_dataset(said: str, label: str) -> None:
    assert own_label(LANGUAGE, said) == label


def test_a_label_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(InvalidInput, match=r"language has no label 'Dansk'\. It has: Deutsch, Straße, 日本語\."):
        own_label(LANGUAGE, "Dansk")
