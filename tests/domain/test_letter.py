"""A letter stands by itself: nothing is shared between two."""

from triage_app.domain.item import Defect, Form
from triage_app.domain.letter import Letter


def test_defects_are_not_shared() -> None:
    first, second = Letter(Form.MAIL), Letter(Form.MSG)

    first.defects.append(Defect("x", "y"))

    assert second.defects == []
