import pytest

from triage_app.gui import wording
from triage_app.gui.views.plots import Axis


@pytest.mark.parametrize(
    ("low", "high", "most", "ticks"),
    [
        (0.0, 1.0, 5, [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        (0.85, 1.0, 5, [0.85, 0.9, 0.95, 1.0]),
        (0.0, 100.0, 10, [10.0 * place for place in range(11)]),
        (0.0, 0.37, 4, [0.0, 0.1, 0.2, 0.3]),
        (3.0, 3.0, 5, [3.0]),
    ],
)
def test_an_axis_has_round_values(low: float, high: float, most: int, ticks: list[float]) -> None:
    axis = Axis("x", low, high, wording.percent)
    assert list(axis.ticks(most)) == pytest.approx(ticks)
    assert len(axis.ticks(most)) <= most + 1


def test_what_lies_outside_an_axis_is_at_its_end() -> None:
    axis = Axis("x", 1.0, 3.0, wording.percent)
    assert (axis.share(0), axis.share(2), axis.share(9)) == (0.0, 0.5, 1.0)
    assert Axis("x", 1.0, 1.0, wording.percent).share(1.0) == 0.0
