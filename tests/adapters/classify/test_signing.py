import os
import shutil
import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.adapters.classify.conftest import DATASET, MODEL_ID, Trained
from triage_app.adapters.classify.signing import (
    KEY_BYTES,
    ModelKey,
    seal,
    side_path,
    signature_path,
    verify,
    workspace_key,
    write_signature,
)
from triage_app.domain.errors import ModelRefused
from triage_app.domain.labels import ModelId


@pytest.fixture
def model(trained: Trained, tmp_path: Path) -> Path:
    """A copy of a signed model that the test may spoil."""
    path = tmp_path / trained.path.name
    shutil.copy(trained.path, path)
    for path_of in (signature_path, side_path):
        shutil.copy(path_of(trained.path), path_of(path))
    return path


@pytest.fixture
def key(trained: Trained) -> ModelKey:
    return trained.models.key()


def test_a_signed_model_is_accepted(model: Path, key: ModelKey, trained: Trained) -> None:
    assert verify(model, DATASET.name, MODEL_ID, key) == trained.model.file_sha256


@pytest.mark.parametrize("place", [0, 8, 5_000, -1])
def test_one_changed_bit_is_refused(model: Path, key: ModelKey, place: int) -> None:
    content = bytearray(model.read_bytes())
    content[place] ^= 1
    model.write_bytes(content)
    with pytest.raises(ModelRefused, match="altered"):
        verify(model, DATASET.name, MODEL_ID, key)


@pytest.mark.parametrize("length", [0, 50, 10_000])
def test_a_shortened_model_is_refused(model: Path, key: ModelKey, length: int) -> None:
    model.write_bytes(model.read_bytes()[:length])
    with pytest.raises(ModelRefused):
        verify(model, DATASET.name, MODEL_ID, key)


def test_one_changed_letter_of_the_signature_is_refused(model: Path, key: ModelKey) -> None:
    text = signature_path(model).read_text()
    signature_path(model).write_text(("0" if text[0] != "0" else "1") + text[1:])
    with pytest.raises(ModelRefused, match="altered"):
        verify(model, DATASET.name, MODEL_ID, key)


@pytest.mark.parametrize("text", [b"", b"\xff\xfe", b"0" * 64, b"x" * 100_000])
def test_nonsense_in_place_of_the_signature_is_refused(model: Path, key: ModelKey, text: bytes) -> None:
    signature_path(model).write_bytes(text)
    with pytest.raises(ModelRefused):
        verify(model, DATASET.name, MODEL_ID, key)


def test_a_missing_signature_or_model_is_named(model: Path, key: ModelKey) -> None:
    signature_path(model).unlink()
    with pytest.raises(ModelRefused, match=r"has no signature.*Train again"):
        verify(model, DATASET.name, MODEL_ID, key)
    model.unlink()
    with pytest.raises(ModelRefused, match="is missing"):
        verify(model, DATASET.name, MODEL_ID, key)


def test_a_signature_is_of_one_dataset_one_version_and_one_workspace(
    model: Path, key: ModelKey, tmp_path: Path
) -> None:
    with pytest.raises(ModelRefused):
        verify(model, "other", MODEL_ID, key)
    with pytest.raises(ModelRefused):
        verify(model, DATASET.name, ModelId("small-2"), key)
    with pytest.raises(ModelRefused):
        verify(model, DATASET.name, MODEL_ID, workspace_key(tmp_path / "keys" / "models.key"))


def test_names_cannot_be_shifted_into_each_other(model: Path, key: ModelKey) -> None:
    one, other = (
        seal(model, *names, key, side=side_path(model))[1] for names in (("ab", ModelId("c")), ("a", ModelId("bc")))
    )
    assert one != other


@pytest.mark.parametrize("bit", range(8))
def test_a_changed_bit_beside_the_model_is_refused(model: Path, key: ModelKey, bit: int) -> None:
    side = side_path(model)
    content = bytearray(side.read_bytes())
    content[bit * len(content) // 8] ^= 1 << bit
    side.write_bytes(content)
    with pytest.raises(ModelRefused, match="altered"):
        verify(model, DATASET.name, MODEL_ID, key)


def test_a_model_without_what_was_signed_beside_it_is_refused(model: Path, key: ModelKey) -> None:
    side_path(model).unlink()
    with pytest.raises(ModelRefused, match="altered"):
        verify(model, DATASET.name, MODEL_ID, key)


def test_a_model_of_an_earlier_version_has_nothing_beside_it_and_cannot_be_given_it(model: Path, key: ModelKey) -> None:
    # given
    side = side_path(model).read_bytes()
    side_path(model).unlink()
    sha256, signature = seal(model, DATASET.name, MODEL_ID, key, side=None)
    write_signature(model, signature)
    assert verify(model, DATASET.name, MODEL_ID, key) == sha256
    # when somebody adds a calibration
    side_path(model).write_bytes(side)
    # then
    with pytest.raises(ModelRefused, match="altered"):
        verify(model, DATASET.name, MODEL_ID, key)


@pytest.mark.parametrize("content", [b"\x7fELF" + b"\0" * 1000, b"\xba\x16\x4f\x2f\x63\0\0\0" + b"\0" * 1000, b"x"])
def test_a_signed_file_that_is_no_fasttext_model_is_refused(tmp_path: Path, key: ModelKey, content: bytes) -> None:
    path = tmp_path / "m.bin"
    path.write_bytes(content)
    write_signature(path, seal(path, "d", ModelId("m"), key, side=None)[1])
    with pytest.raises(ModelRefused, match="not a FastText model"):
        verify(path, "d", ModelId("m"), key)


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "models.key"
    key = workspace_key(path)
    assert workspace_key(path) == key
    assert len(path.read_bytes()) == KEY_BYTES
    assert [each.name for each in path.parent.iterdir()] == ["models.key"]
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_many_that_need_a_key_at_once_agree_on_one(tmp_path: Path) -> None:
    path = tmp_path / "models.key"
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: workspace_key(path), range(32)))
    assert keys == {workspace_key(path)}


def test_a_damaged_key_is_named(tmp_path: Path) -> None:
    path = tmp_path / "models.key"
    path.write_bytes(b"short")
    with pytest.raises(ModelRefused, match="5 bytes"):
        workspace_key(path)


def test_a_key_is_never_shown() -> None:
    key = ModelKey(os.urandom(KEY_BYTES))
    assert repr(key) == f"{key}" == "ModelKey(***)"
