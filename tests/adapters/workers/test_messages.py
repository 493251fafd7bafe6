import pytest

from triage_app.adapters.workers.messages import DIED, STALLED, TOO_LARGE, Bounds, Packed
from triage_app.services.ports import Analysis


@pytest.mark.parametrize(("seconds", "part"), [(5.0, 2.0), (20.0, 8.0), (1.0, 1.0)])
def test_a_part_is_given_up_sooner_than_an_item(seconds: float, part: float) -> None:
    assert Bounds(seconds=seconds).part_seconds == part


def test_reasons_say_what_to_do_next() -> None:
    for failed in (STALLED, TOO_LARGE, DIED):
        assert "ook at the original" in failed.reason
        assert failed.code


def test_analyses_travel_packed_whatever_their_text() -> None:
    for subject in ("grüße", "\ud800 alone", ""):
        sent = (Analysis(subject=subject), Analysis(code="too_large", reason="x"))
        assert Packed.of(sent).open().analyses == sent
