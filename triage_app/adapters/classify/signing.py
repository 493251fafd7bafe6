"""Signatures of model files: FastText is only ever given a file that this workspace made."""

import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from triage_app.domain.errors import ModelRefused
from triage_app.domain.labels import ModelId

KEY_BYTES: Final = 32
_PURPOSE: Final = b"triage model file 1"
_PURPOSE_WITH_SIDE: Final = b"triage model file 2"
_MAGIC: Final = (793712314).to_bytes(4, "little")  # FastText's first four bytes (fasttext.cc).
_VERSIONS: Final = (11, 12)
_SMALLEST: Final = 100
_LARGEST: Final = 4 * 1024**3
_CHUNK: Final = 1 << 20
_SIGNATURE: Final = 2 * hashlib.sha256().digest_size


@dataclass(frozen=True, slots=True)
class ModelKey:
    """The workspace's signing key; its value is never shown."""

    value: bytes

    def __repr__(self) -> str:
        return "ModelKey(***)"


def workspace_key(path: Path) -> ModelKey:
    """The key in this file, made at first need: 32 random bytes that only the owner may read.

    Two programs that start at once agree on one key: whoever links first wins, both read what is there then.
    """
    for _ in range(2):
        with suppress(FileNotFoundError):
            return _read_key(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}.new")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(secrets.token_bytes(KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
            _place(fresh, path)
        finally:
            fresh.unlink(missing_ok=True)
    return _read_key(path)


def _place(fresh: Path, path: Path) -> None:
    try:
        path.hardlink_to(fresh)
    except FileExistsError:
        return
    except OSError:
        # A file system without hard links: a rename is as atomic, though on POSIX the later of two racers wins.
        if not path.exists():
            fresh.replace(path)


def _read_key(path: Path) -> ModelKey:
    value = path.read_bytes()
    if len(value) != KEY_BYTES:
        raise ModelRefused(
            f"The signing key {path} has {len(value)} bytes instead of {KEY_BYTES}. "
            "Remove it and train again: a new key and a new model are made."
        )
    return ModelKey(value)


def signature_path(model: Path) -> Path:
    """Where the signature of a model file lies."""
    return model.with_suffix(".sig")


def side_path(model: Path) -> Path:
    """Where the calibration of a model file lies; earlier versions made none."""
    return model.with_suffix(".cal")


def seal(model: Path, dataset: str, model_id: ModelId, key: ModelKey, *, side: Path | None) -> tuple[str, str]:
    """(SHA-256 of the model file, the signature of it and of its side file), both in hexadecimal.

    The signature is HMAC-SHA256 (RFC 2104) over the purpose, dataset, model id and the SHA-256 of each file's content,
    each with its length before it, so that a file cannot pass as another dataset's or another version, and neither can
    be exchanged or left out.
    """
    digest = _digest(model)
    mac = hmac.new(key.value, digestmod=hashlib.sha256)
    parts = [_PURPOSE_WITH_SIDE if side else _PURPOSE, dataset.encode(), model_id.encode(), digest]
    for part in [*parts, _digest(side)] if side else parts:
        mac.update(len(part).to_bytes(8, "little") + part)
    return digest.hex(), mac.hexdigest()


def _digest(path: Path) -> bytes:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.digest()


def verify(model: Path, dataset: str, model_id: ModelId, key: ModelKey) -> str:
    """The SHA-256 of a model file that this key signed, with its side file, for this dataset and version; raises
    ModelRefused.

    Also looks at the size and the first bytes, so that a file of another kind is named as such.
    """
    advice = "Train again, or put an earlier version in force with use-model."
    try:
        size = model.stat().st_size
        with model.open("rb") as content:
            head = content.read(8)
        with signature_path(model).open(encoding="ascii") as file:
            stored = file.read(_SIGNATURE + 1).strip()
        side = side_path(model)
        sha256, expected = seal(model, dataset, model_id, key, side=side if side.exists() else None)
    except FileNotFoundError as error:
        what = "has no signature" if model.exists() else "is missing"
        raise ModelRefused(f"The model {model_id} of {dataset} {what} ({error.filename}). {advice}") from error
    except (OSError, ValueError) as error:
        raise ModelRefused(f"The model {model_id} of {dataset} cannot be read: {error}. {advice}") from error
    if not hmac.compare_digest(stored.encode(), expected.encode()):
        raise ModelRefused(
            f"The model {model_id} of {dataset} was altered or comes from elsewhere: its signature is not of this "
            f"workspace. It was not loaded. {advice}"
        )
    version = int.from_bytes(head[4:8], "little")
    if not _SMALLEST <= size <= _LARGEST or head[:4] != _MAGIC or version not in _VERSIONS:
        raise ModelRefused(f"The file of model {model_id} of {dataset} is not a FastText model. {advice}")
    return sha256


def write_signature(model: Path, signature: str) -> None:
    """Put a signature beside its model, whole or not at all."""
    path = signature_path(model)
    part = path.with_suffix(".sig.part")
    part.write_text(signature + "\n", "ascii")
    part.replace(path)
