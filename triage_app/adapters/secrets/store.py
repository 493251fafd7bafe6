"""The place for secrets on this machine."""

import secrets
import sys
from collections.abc import Mapping
from pathlib import Path

from triage_app.adapters.secrets import file_store
from triage_app.adapters.secrets.asked_store import Ask, AskedStore
from triage_app.adapters.secrets.file_store import FileStore
from triage_app.adapters.secrets.keyring_store import KeyringStore, is_known
from triage_app.adapters.secrets.nowhere import CLOSED_FILE, Nowhere
from triage_app.domain.errors import StorageFailed
from triage_app.domain.secret import Secret
from triage_app.services.feeds import SecretStore

PASSPHRASE = "TRIAGE_PASSPHRASE"
ID_FILE = "workspace.id"


def open_secrets(
    workspace: Path, environment: Mapping[str, str], platform: str = sys.platform, ask: Ask | None = None
) -> SecretStore:
    """With TRIAGE_PASSPHRASE an encrypted file of the workspace, else the system's keyring; where there is neither, the
    file whose passphrase is asked for, or where nobody can be asked a store whose every answer says what to do.

    Asks nothing and unlocks nothing yet. Raises StorageFailed where the workspace cannot be written.
    """
    passphrase = environment.get(PASSPHRASE, "")
    if passphrase:
        return FileStore(workspace, Secret(passphrase))
    is_closed = (workspace / file_store.NAME).exists()
    has_keyring = is_known(platform) and (platform != "linux" or bool(environment.get("DBUS_SESSION_BUS_ADDRESS")))
    if is_closed or not has_keyring:
        if ask is not None:
            return AskedStore(workspace, ask)
        return Nowhere(CLOSED_FILE) if is_closed else Nowhere()
    return KeyringStore(platform, f"triage {_workspace_id(workspace)}")


def _workspace_id(workspace: Path) -> str:
    """What tells this workspace from others, also after it was moved."""
    path = workspace / ID_FILE
    try:
        try:
            with path.open("x", encoding="ascii") as file:
                file.write(secrets.token_hex(8))
        except FileExistsError:
            pass
        return path.read_text("utf-8", "replace").strip()[:100]
    except OSError as error:
        raise StorageFailed(f"{path} cannot be written or read: {error.strerror}. Check its permissions.") from error
