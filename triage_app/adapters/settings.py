"""The workspace's `settings.toml`: what the user configured."""

import getpass
import tomllib
from pathlib import Path
from typing import Any

from triage_app.domain.errors import InvalidInput
from triage_app.services.ports import Settings

FILE_NAME = "settings.toml"


def read_settings(workspace: Path) -> Settings:
    """The settings of a workspace; defaults where there is no file.

    Raises InvalidInput that names the file and the key for a value that cannot be used.
    """
    path = workspace / FILE_NAME
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        values = {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} is not valid TOML: {error}. Mend the file or remove it.") from error
    unknown = sorted(set(values) - {"user", "own_domains", "own_addresses", "database"})
    if unknown:
        raise InvalidInput(f"{path} has a key that does not exist: {unknown[0]}. See docs/settings.md for the keys.")
    return Settings(
        user=_text(values, "user", getpass.getuser(), path),
        own_domains=_texts(values, "own_domains", path),
        own_addresses=_texts(values, "own_addresses", path),
        database=_text(values, "database", f"sqlite:///{workspace / 'triage.db'}", path),
    )


def _text(values: dict[str, Any], key: str, default: str, path: Path) -> str:
    value = values.get(key, default)
    if not isinstance(value, str) or not value.strip():
        raise InvalidInput(f"{path}: {key} must be a text that is not empty.")
    return value


def _texts(values: dict[str, Any], key: str, path: Path) -> tuple[str, ...]:
    value = values.get(key, [])
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise InvalidInput(f'{path}: {key} must be a list of texts, such as ["example.com"].')
    return tuple(value)
