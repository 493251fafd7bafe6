from pathlib import Path

import pytest

from triage_app.adapters.secrets.keyring_store import KeyringStore
from triage_app.adapters.secrets.store import ID_FILE, open_secrets
from triage_app.domain.errors import SecretsUnavailable, StorageFailed
from triage_app.domain.secret import Secret
from triage_app.domain.source import SourceName

BOX = SourceName("box")
DESKTOP = {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere/bus"}


def test_a_passphrase_means_the_file_also_on_a_desktop(tmp_path: Path) -> None:
    environment = {**DESKTOP, "TRIAGE_PASSPHRASE": "open sesame"}
    open_secrets(tmp_path, environment, "linux").put(BOX, "password", Secret("hidden"))
    store = open_secrets(tmp_path, environment, "linux")
    assert store.place == "encrypted file"
    assert store.get(BOX, "password") == Secret("hidden")


def test_a_file_without_its_passphrase_is_not_passed_over(tmp_path: Path) -> None:
    open_secrets(tmp_path, {"TRIAGE_PASSPHRASE": "open sesame"}, "linux").put(BOX, "password", Secret("hidden"))
    with pytest.raises(SecretsUnavailable, match="encrypted file"):
        open_secrets(tmp_path, DESKTOP, "linux").get(BOX, "password")


@pytest.mark.parametrize(
    ("platform", "place"), [("linux", "Secret Service"), ("darwin", "Keychain"), ("win32", "Credential Locker")]
)
def test_each_system_has_its_keyring(tmp_path: Path, platform: str, place: str) -> None:
    store = open_secrets(tmp_path, DESKTOP, platform)
    assert isinstance(store, KeyringStore)
    assert store.place == place


@pytest.mark.parametrize("platform", ["linux", "freebsd14"])
def test_without_either_every_answer_says_what_to_do(tmp_path: Path, platform: str) -> None:
    with pytest.raises(SecretsUnavailable, match="TRIAGE_PASSPHRASE"):
        open_secrets(tmp_path, {}, platform).get(BOX, "password")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("environment", [{}, DESKTOP])
def test_somebody_at_a_terminal_is_asked_where_nothing_else_opens_the_file(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    open_secrets(tmp_path, {"TRIAGE_PASSPHRASE": "open sesame"}, "linux").put(BOX, "password", Secret("hidden"))
    store = open_secrets(tmp_path, environment, "linux", lambda _question: "open sesame")
    assert store.get(BOX, "password") == Secret("hidden")
    assert store.place == "encrypted file"


def test_nobody_is_asked_where_there_is_a_keyring(tmp_path: Path) -> None:
    assert isinstance(open_secrets(tmp_path, DESKTOP, "linux", lambda _question: "open sesame"), KeyringStore)


def test_a_workspace_keeps_its_id_and_no_two_share_one(tmp_path: Path) -> None:
    ids = []
    for name in ("one", "two", "one"):
        (tmp_path / name).mkdir(exist_ok=True)
        open_secrets(tmp_path / name, DESKTOP, "linux")
        ids.append((tmp_path / name / ID_FILE).read_text())
    assert ids[0] == ids[2] != ids[1]
    assert len(ids[0]) == 16


def test_a_workspace_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageFailed, match=r"workspace\.id"):
        open_secrets(tmp_path / "gone", DESKTOP, "linux")
