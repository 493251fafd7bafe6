from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from triage_app.adapters.secrets.asked_store import AskedStore
from triage_app.adapters.secrets.file_store import FileStore
from triage_app.domain.errors import SecretsUnavailable
from triage_app.domain.secret import Secret
from triage_app.domain.source import SourceName

BOX = SourceName("box")
PASSPHRASE = "open sesame"


class Person:
    """Gives these answers, one after the other, and then none."""

    def __init__(self, *answers: str) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, question: str) -> str:
        self.asked.append(question)
        return self._answers.pop(0) if self._answers else ""


def test_a_new_passphrase_is_asked_for_twice_and_opens_the_file_from_then_on(tmp_path: Path) -> None:
    # given a workspace without secrets, for which nobody is asked anything
    person = Person(PASSPHRASE, PASSPHRASE)
    store = AskedStore(tmp_path, person)
    assert store.get(BOX, "password") is None
    store.remove(BOX, ["password"])
    assert person.asked == []
    # when two are kept and read
    store.put(BOX, "password", Secret("hidden"))
    store.put(BOX, "token", Secret("another"))
    assert store.get(BOX, "password") == Secret("hidden")
    # then the passphrase was asked for, and once more against a slip, and it is the file's
    assert len(person.asked) == 2
    assert FileStore(tmp_path, Secret(PASSPHRASE)).get(BOX, "token") == Secret("another")


def test_the_passphrase_of_a_file_is_asked_for_once_however_many_need_it(tmp_path: Path) -> None:
    FileStore(tmp_path, Secret(PASSPHRASE)).put(BOX, "password", Secret("hidden"))
    person = Person(PASSPHRASE)
    store = AskedStore(tmp_path, person)
    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(lambda _: store.get(BOX, "password"), range(8)))
    store.remove(BOX, ["password"])
    assert found == {Secret("hidden")}
    assert len(person.asked) == 1
    assert FileStore(tmp_path, Secret(PASSPHRASE)).get(BOX, "password") is None


@pytest.mark.parametrize(
    ("answers", "said"), [((), "No passphrase was given"), ((PASSPHRASE, "open seasme"), "not the same")]
)
def test_nothing_is_kept_without_a_passphrase_that_is_meant(
    tmp_path: Path, answers: tuple[str, ...], said: str
) -> None:
    with pytest.raises(SecretsUnavailable, match=said):
        AskedStore(tmp_path, Person(*answers)).put(BOX, "password", Secret("hidden"))
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_passphrase_is_told_and_not_asked_for_again(tmp_path: Path) -> None:
    FileStore(tmp_path, Secret(PASSPHRASE)).put(BOX, "password", Secret("hidden"))
    person = Person("wrong", "wrong again")
    store = AskedStore(tmp_path, person)
    for _ in range(2):
        with pytest.raises(SecretsUnavailable, match="does not open"):
            store.get(BOX, "password")
    assert len(person.asked) == 1
