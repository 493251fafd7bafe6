from pathlib import Path

import numpy as np
import pytest

from tests.adapters.classify.conftest import BIG, BIG_ID, Trained
from triage_app.adapters.classify.side_file import KIND, Side, read_side, steps_of, to_bytes
from triage_app.adapters.classify.signing import side_path
from triage_app.domain.errors import ModelRefused
from triage_app.domain.likeness import units_of


def test_what_was_written_is_read_and_written_the_same(calibrated: Trained) -> None:
    path = side_path(calibrated.path)
    side = read_side(path, BIG_ID)
    assert sorted(side.labels) == sorted(BIG.labels)
    assert side.measured is not None
    assert side.measured.quality == calibrated.quality
    assert to_bytes(side) == path.read_bytes()


def test_without_a_calibration_only_the_labels_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "m.cal"
    path.write_bytes(to_bytes(Side(("Größe 大小", "B"), None)))
    assert read_side(path, "m") == Side(("Größe 大小", "B"), None)


@pytest.mark.parametrize(
    "content", [b"", b"x", KIND, KIND + b"{}\n", KIND + b"[1\n", b"other 1\n{}\n", KIND + b'{"labels": 1}\n']
)
def test_what_is_no_side_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "m.cal"
    path.write_bytes(content)
    with pytest.raises(ModelRefused, match="m cannot be read"):
        read_side(path, "m")


def test_likeness_is_the_share_of_held_back_texts_that_are_at_most_as_familiar(calibrated: Trained) -> None:
    side = read_side(side_path(calibrated.path), BIG_ID)
    assert side.measured is not None
    units = units_of(["verify account password", "qzx wvj", ""])
    familiar, likeness = side.measured.likeness(units)
    assert familiar[0] > familiar[1]
    assert likeness[0] == (side.measured.steps <= familiar[0]).mean()
    assert likeness[1] == likeness[2] == 0


def test_steps_part_the_texts_into_equal_shares() -> None:
    assert steps_of(np.array([0.3, 0.1])).tolist() == pytest.approx([0.15, 0.25])
    many = steps_of(np.linspace(0, 1, 10_000))
    assert len(many) == 200
    assert np.allclose(np.diff(many), 1 / 200)
