"""The system's keyring: a real one, with a session of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from triage_app.adapters.secrets.keyring_store import KeyringStore
from triage_app.domain.errors import SecretsUnavailable
from triage_app.domain.secret import Secret
from triage_app.domain.source import SourceName

BOX = SourceName("box")
PROJECT = Path(__file__).resolve().parents[3]

_STORE = """
import os, sys
from pathlib import Path
from triage_app.adapters.secrets.store import open_secrets
from triage_app.domain.secret import Secret
from triage_app.domain.source import SourceName
store = open_secrets(Path(sys.argv[1]), os.environ)
store.put(SourceName("box"), "password", Secret(sys.stdin.readline().strip()))
store.put(SourceName("box"), "token", Secret("soon gone"))
store.remove(SourceName("box"), ["token", "never kept"])
print(store.place, store.get(SourceName("box"), "token"), store.get(SourceName("other"), "password"))
"""
_READ = """
import os, sys
from pathlib import Path
from triage_app.adapters.secrets.store import open_secrets
from triage_app.domain.source import SourceName
secret = open_secrets(Path(sys.argv[1]), os.environ).get(SourceName("box"), "password")
print(secret, sys.argv[2], secret is not None and secret.reveal() == sys.stdin.readline().strip())
"""
_SESSION = """
set -eu
printf 'login password' | gnome-keyring-daemon --unlock --components=secrets >/dev/null
echo "$SECRET" | "$PYTHON" -c "$STORE" "$1"
echo "$SECRET" | "$PYTHON" -c "$READ" "$1" same
echo "$SECRET" | "$PYTHON" -c "$READ" "$2" other
"""


_PARTS = """
from keyring.backends.SecretService import Keyring
from triage_app.adapters.secrets.keyring_store import KeyringStore
from triage_app.domain.secret import Secret
from triage_app.domain.source import SourceName
box, token, ring = SourceName("box"), "abcdefghij" * 5, Keyring()
store = KeyringStore("linux", "parts", most=20)
def entries():
    return [ring.get_password("parts", f"box/token{part}") for part in ("", "#1", "#2", "#3", "#4")]
def held():
    found = store.get(box, "token")
    return found and found.reveal()
store.put(box, "token", Secret(token))
print(held() == token, [len(each or "") for each in entries()][1:], token in entries()[0])
store.put(box, "token", Secret(token[:25]))
print(held() == token[:25], [len(each or "") for each in entries()][1:])
ring.set_password("parts", "box/token#2", "other")
print(held())
store.put(box, "token", Secret("short"))
print(held(), entries())
store.put(box, "token", Secret(token))
store.remove(box, ["token"])
print(entries())
"""
_PARTS_SESSION = """
set -eu
printf 'login password' | gnome-keyring-daemon --unlock --components=secrets >/dev/null
"$PYTHON" -c "$PARTS"
"""


def in_session(folder: Path, script: str, *arguments: str, **variables: str) -> list[str]:
    """The lines that a script prints in a session with a keyring of its own."""
    home = folder / "home"
    home.mkdir(mode=0o700)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(home),
        "XDG_DATA_HOME": str(home),
        "PYTHONPATH": str(PROJECT),
        "PYTHON": sys.executable,
        **variables,
    }
    ran = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", script, "session", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()


@pytest.mark.needs("gnome-keyring-daemon", "dbus-run-session")
def test_a_password_is_stored_and_read_by_another_process(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for each in (one, two):
        each.mkdir(mode=0o700)
    said = in_session(tmp_path, _SESSION, str(one), str(two), STORE=_STORE, READ=_READ, SECRET="correct horse battery")
    assert said == ["Secret Service None None", "*** same True", "None other False"]
    for file in [*tmp_path.rglob("*")]:
        assert not file.is_file() or b"correct horse" not in file.read_bytes(), file


@pytest.mark.needs("gnome-keyring-daemon", "dbus-run-session")
def test_a_token_that_is_longer_than_an_entry_is_kept_in_parts_that_belong_together(tmp_path: Path) -> None:
    assert in_session(tmp_path, _PARTS_SESSION, PARTS=_PARTS) == [
        "True [20, 20, 10, 0] False",
        "True [20, 5, 0, 0]",
        "None",
        "short ['short', None, None, None, None]",
        "[None, None, None, None, None]",
    ]


def test_a_keyring_that_cannot_be_reached_is_told_without_the_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus")
    store = KeyringStore("linux", "triage test")
    with pytest.raises(SecretsUnavailable, match="TRIAGE_PASSPHRASE"):
        store.get(BOX, "password")
    with pytest.raises(SecretsUnavailable, match="Unlock") as refused:
        store.put(BOX, "password", Secret("correct horse"))
    assert "correct horse" not in refused.value.message
