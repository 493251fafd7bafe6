"""The file beside a model: its calibration, what words and pairs it was taught, and how good it is on texts held back.

A first line that names the kind, a second one of JSON, then the table of known words and pairs as it is.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from triage_app.domain.calibrating import Calibration
from triage_app.domain.errors import ModelRefused
from triage_app.domain.evaluation import Quality
from triage_app.domain.likeness import Bits, Units, familiarity
from triage_app.domain.wording import PREPARATION

KIND: Final = b"triage calibration 1\n"
STRANGE: Final = 0.02
"""The share of the held-back texts that are less familiar than what is called strange."""

_STEPS: Final = 200
_DIGITS: Final = ".9g"


@dataclass(frozen=True, slots=True)
class Measured:
    """What was learnt from the texts held back.

    `steps` are familiarities in rising order that part the held-back texts into equal shares; a text below `least` is
    strange. `known` is the table that familiarity is measured by.
    """

    calibration: Calibration
    steps: NDArray[np.float64]
    least: float
    known: Bits
    quality: Quality

    def likeness(self, units: Units) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(familiarity, share of the held-back texts that are at most as familiar) of each text, both 0..1."""
        familiar = familiarity(self.known, units)
        share: NDArray[np.float64] = np.searchsorted(self.steps, familiar, side="right") / len(self.steps)
        return familiar, share


@dataclass(frozen=True, slots=True)
class Side:
    """What a model file lacks: `labels` are the columns of the calibration; `measured` is None where the examples were
    too few to hold any back.
    """

    labels: tuple[str, ...]
    measured: Measured | None


def steps_of(familiar: NDArray[np.float64]) -> NDArray[np.float64]:
    """At most 200 familiarities of the held-back texts, in rising order, at equal distances in rank."""
    count = min(len(familiar), _STEPS)
    return np.quantile(familiar, (np.arange(count) + 0.5) / count)


def to_bytes(side: Side) -> bytes:
    """The same bytes for the same content."""
    head: dict[str, Any] = {"labels": side.labels, "preparation": PREPARATION}
    table = b""
    if side.measured:
        found = side.measured
        head["calibration"] = {name: _written(part) for name, part in _parts(found.calibration).items()}
        head["steps"] = _written(found.steps)
        head["least"] = float(format(found.least, _DIGITS))
        head["quality"] = asdict(found.quality)
        table = found.known.tobytes()
    return KIND + json.dumps(head, sort_keys=True).encode() + b"\n" + table


def read_side(path: Path, name: str) -> Side:
    """The content of a file whose signature the caller has verified; raises ModelRefused for what is none."""
    try:
        kind, head, table = path.read_bytes().split(b"\n", 2)
        if kind + b"\n" != KIND:
            raise ValueError(f"it begins with {kind[:40]!r}")
        said = json.loads(head)
        labels = tuple(map(str, said["labels"]))
        if "calibration" not in said:
            return Side(labels, None)
        parts = {key: np.array(values, np.float64) for key, values in said["calibration"].items()}
        return Side(
            labels,
            Measured(
                Calibration(**parts), np.array(said["steps"], np.float64), float(said["least"]),
                np.frombuffer(table, np.uint8), Quality(**said["quality"]),
            ),
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelRefused(f"The calibration of model {name} cannot be read: {error}. Train again.") from error


def _parts(calibration: Calibration) -> dict[str, NDArray[np.float64]]:
    return {
        "scale": calibration.scale,
        "shift": calibration.shift,
        "means": calibration.means,
        "deviations": calibration.deviations,
        "weights": calibration.weights,
    }


def _written(values: NDArray[np.float64]) -> list[float]:
    # Nine digits: what lies beyond depends on how a machine orders its sums.
    return [float(format(value, _DIGITS)) for value in values.tolist()]
