"""The workspace's `settings.toml`: what the user configured."""

import getpass
import tomllib
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from triage_app.domain.allowing import AllowList
from triage_app.domain.errors import InvalidInput, InvalidObservable
from triage_app.domain.learning import LearningRules, Promotion
from triage_app.services.ports import Settings

FILE_NAME = "settings.toml"
KEYS = frozenset({"user", "own_domains", "own_addresses", "allowed", "database", "learning", "zone"})
MOST_RETRAIN = 1_000_000
LEARNING = {
    "promotion": '"automatic" or "person"',
    "margin": "a number from 0 to 1",
    "retrain_days": "a whole number, 0 for never",
    "retrain_after": "a whole number, 0 for never",
    "largest_share": "a number from 0 to 1",
    "second_looks": "a number from 0 to 1",
}
"""The keys of `[learning]` and what each may be."""


def read_settings(workspace: Path, here: tzinfo = UTC) -> Settings:
    """The settings of a workspace; defaults where there is no file. Times are named in the zone `here`, unless they say
    otherwise.

    Raises InvalidInput that names the file and the key for a value that cannot be used.
    """
    path = workspace / FILE_NAME
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        values = {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} is not valid TOML: {error}. Mend the file or remove it.") from error
    unknown = sorted(set(values) - KEYS)
    if unknown:
        raise InvalidInput(f"{path} has a key that does not exist: {unknown[0]}. See docs/settings.md for the keys.")
    return Settings(
        user=_text(values, "user", getpass.getuser(), path),
        own_domains=_texts(values, "own_domains", path),
        own_addresses=_texts(values, "own_addresses", path),
        allowed=_allowed(values, path),
        database=_text(values, "database", f"sqlite:///{workspace / 'triage.db'}", path),
        learning=_learning(values.get("learning", {}), path),
        zone=_zone(values, here, path),
    )


def _learning(table: object, path: Path) -> LearningRules:
    if not isinstance(table, dict):
        raise InvalidInput(f"{path}: learning must be a section, [learning], with its keys below it.")
    unknown = sorted(set(table) - set(LEARNING))
    if unknown:
        raise InvalidInput(f"{path}: learning has no key {unknown[0]}. It has {', '.join(LEARNING)}.")
    for key, value in table.items():
        if key == "promotion":
            right = value in tuple(Promotion)
        elif key.startswith("retrain"):
            right = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_RETRAIN
        else:
            right = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1
        if not right:
            raise InvalidInput(f"{path}: learning.{key} is {value!r}; it must be {LEARNING[key]}.")
    promotion = Promotion(table.get("promotion", Promotion.AUTOMATIC))
    return LearningRules(**{**table, "promotion": promotion})


def _zone(values: dict[str, Any], here: tzinfo, path: Path) -> tzinfo:
    if "zone" not in values:
        return here
    name = _text(values, "zone", "", path)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidInput(
            f"{path}: there is no time zone {name!r}. Name one such as Europe/Berlin, or leave zone out."
        ) from error


def _text(values: dict[str, Any], key: str, default: str, path: Path) -> str:
    value = values.get(key, default)
    if not isinstance(value, str) or not value.strip():
        raise InvalidInput(f"{path}: {key} must be a text that is not empty.")
    return value


def _allowed(values: dict[str, Any], path: Path) -> tuple[str, ...]:
    found = _texts(values, "allowed", path)
    try:
        AllowList.of(found)
    except InvalidObservable as error:
        raise InvalidInput(f"{path}: allowed: {error.message}") from error
    return found


def _texts(values: dict[str, Any], key: str, path: Path) -> tuple[str, ...]:
    value = values.get(key, [])
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise InvalidInput(f'{path}: {key} must be a list of texts, such as ["example.com"].')
    return tuple(value)
