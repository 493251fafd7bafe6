import stat
import threading
from pathlib import Path

import pytest

from triage_app.adapters.secrets.file_store import FileStore
from triage_app.domain.errors import SecretsUnavailable
from triage_app.domain.secret import Secret
from triage_app.domain.source import SourceName

BOX, OTHER = SourceName("box"), SourceName("other box")
PASSPHRASE = Secret("a long passphrase")
PASSWORD = Secret("pässword in the dark")


def test_a_secret_comes_back_in_another_program_and_no_file_shows_it(tmp_path: Path) -> None:
    FileStore(tmp_path, PASSPHRASE).put(BOX, "password", PASSWORD)
    FileStore(tmp_path, PASSPHRASE).put(OTHER, "token", Secret("another one"))

    later = FileStore(tmp_path, PASSPHRASE)
    assert later.get(BOX, "password") == PASSWORD
    assert later.get(OTHER, "token") == Secret("another one")
    assert later.get(BOX, "token") is None
    for file in tmp_path.iterdir():
        content = file.read_bytes()
        assert not any(each in content for each in (b"password in the dark", b"another one", b"passphrase", b"box"))
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_another_program_changed_is_seen(tmp_path: Path) -> None:
    here, there = FileStore(tmp_path, PASSPHRASE), FileStore(tmp_path, PASSPHRASE)
    here.put(BOX, "password", PASSWORD)
    assert there.get(BOX, "password") == PASSWORD
    here.put(BOX, "password", Secret("changed"))
    assert there.get(BOX, "password") == Secret("changed")
    there.remove(BOX, ["password", "never kept"])
    assert here.get(BOX, "password") is None


def test_a_wrong_passphrase_opens_and_changes_nothing(tmp_path: Path) -> None:
    FileStore(tmp_path, PASSPHRASE).put(BOX, "password", PASSWORD)
    before = (tmp_path / "secrets").read_bytes()

    wrong = FileStore(tmp_path, Secret("guessed"))
    with pytest.raises(SecretsUnavailable, match="passphrase does not open"):
        wrong.get(BOX, "password")
    with pytest.raises(SecretsUnavailable, match="TRIAGE_PASSPHRASE"):
        wrong.put(BOX, "password", Secret("mine"))
    assert (tmp_path / "secrets").read_bytes() == before


@pytest.mark.parametrize("place", [0, 20, 40, -1])
def test_an_altered_file_is_refused(tmp_path: Path, place: int) -> None:
    FileStore(tmp_path, PASSPHRASE).put(BOX, "password", PASSWORD)
    content = bytearray((tmp_path / "secrets").read_bytes())
    content[place] ^= 1
    (tmp_path / "secrets").write_bytes(content)
    with pytest.raises(SecretsUnavailable):
        FileStore(tmp_path, PASSPHRASE).get(BOX, "password")


def test_the_same_secrets_are_never_written_the_same_way_twice(tmp_path: Path) -> None:
    store = FileStore(tmp_path, PASSPHRASE)
    store.put(BOX, "password", PASSWORD)
    first = (tmp_path / "secrets").read_bytes()
    store.put(BOX, "password", PASSWORD)
    assert (tmp_path / "secrets").read_bytes()[33:] != first[33:]


def test_writers_beside_each_other_lose_nothing(tmp_path: Path) -> None:
    FileStore(tmp_path, PASSPHRASE).put(BOX, "first", PASSWORD)

    def write(name: str) -> None:
        store = FileStore(tmp_path, PASSPHRASE)
        for number in range(5):
            store.put(BOX, f"{name}{number}", Secret(name))

    threads = [threading.Thread(target=write, args=(name,)) for name in "abc"]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    store = FileStore(tmp_path, PASSPHRASE)
    assert all(store.get(BOX, f"{name}{number}") == Secret(name) for name in "abc" for number in range(5))


def test_a_workspace_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(SecretsUnavailable, match="cannot be used"):
        FileStore(tmp_path / "gone", PASSPHRASE).put(BOX, "password", PASSWORD)
