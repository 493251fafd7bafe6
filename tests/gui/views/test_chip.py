from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from triage_app.domain.ticket import Severity
from triage_app.gui.look import Look, Scheme
from triage_app.gui.views.chip import Bar, Chip, SeverityMark


def test_a_chip_is_as_wide_as_its_label_and_follows_the_theme(look: Look, qtbot: QtBot) -> None:
    chip = Chip(look)
    qtbot.addWidget(chip)
    chip.set_label("Spam")
    narrow = chip.sizeHint().width()
    chip.set_label("Vulnerability")
    assert chip.sizeHint().width() > narrow
    assert chip.accessibleName() == "Category Vulnerability"
    chip.resize(chip.sizeHint())
    light = chip.grab().toImage()
    look.apply(Scheme.DARK)
    assert chip.grab().toImage() != light


def filled(bar: Bar, look: Look) -> int:
    bar.resize(72, 24)
    image = bar.grab().toImage()
    wanted = look.colour("text-second").rgb()
    return sum(image.pixel(x, 13) == wanted for x in range(image.width()))


def test_a_bar_is_filled_by_its_share(look: Look, qtbot: QtBot) -> None:
    bar = Bar(look, "Confidence")
    qtbot.addWidget(bar)
    lengths = []
    for share in (0.0, 0.3, 0.6, 1.0):
        bar.set_share(share)
        lengths.append(filled(bar, look))
    assert lengths[0] == 0
    assert lengths == sorted(set(lengths))
    bar.set_share(7.0)
    assert filled(bar, look) == lengths[-1]


def test_each_severity_has_a_shape_of_its_own(look: Look, qtbot: QtBot) -> None:
    mark = SeverityMark(look)
    qtbot.addWidget(mark)
    shapes: list[QImage] = []
    for severity in list(Severity)[1:]:
        mark.set_severity(severity)
        mark.resize(mark.sizeHint())
        image = mark.grab().toImage().copy(0, 0, 12, 18)
        ground = image.pixel(0, 0)
        mask = QImage(12, 18, QImage.Format.Format_Mono)
        for x in range(12):
            for y in range(18):
                mask.setPixel(x, y, int(image.pixel(x, y) != ground))
        assert mask not in shapes
        shapes.append(mask)
        assert severity.word in mark.accessibleName()


def test_an_unknown_severity_takes_no_room(look: Look, qtbot: QtBot) -> None:
    mark = SeverityMark(look)
    qtbot.addWidget(mark)
    mark.set_severity(Severity.UNKNOWN)
    assert mark.isHidden()
