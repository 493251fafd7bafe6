from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton

from tests.gui.desks import light_look
from triage_app.bootstrap import resources_dir
from triage_app.gui.actions import ACTIONS
from triage_app.gui.colours import contrast
from triage_app.gui.look import Look, Scheme, Tokens, fill_sheet, read_tokens
from triage_app.gui.views.sidebar import SCREENS, VIEWS

ENOUGH = 4.5
LABELS = tuple(f"Label{number}" for number in range(24))


@pytest.fixture
def tokens() -> Tokens:
    return read_tokens(resources_dir() / "styles" / "tokens.toml")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_can_be_read_on_every_ground_that_it_is_written_on(tokens: Tokens, theme: str) -> None:
    colours = tokens.colours[theme]
    weak = {
        (text, ground): round(contrast(colours[text], colours[ground]), 2)
        for text, grounds in tokens.contrast.items()
        for ground in grounds
        if contrast(colours[text], colours[ground]) < ENOUGH
    }
    assert weak == {}


def test_both_themes_name_the_same_colours(tokens: Tokens) -> None:
    assert tokens.colours["light"].keys() == tokens.colours["dark"].keys()


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
def test_every_chip_can_be_read(look: Look, scheme: Scheme) -> None:
    look.apply(scheme)
    look.set_labels(LABELS)
    weak = [
        label
        for label in (*LABELS, "Other", "something else")
        if contrast(look.chip(label).text.name(), look.chip(label).back.name()) < ENOUGH
    ]
    assert weak == []


def test_chips_of_different_labels_differ(look: Look) -> None:
    look.set_labels(LABELS[:9])
    assert len({look.chip(label).back.name() for label in LABELS[:9]}) == 9


def test_a_sheet_is_filled_with_colours_and_grown_sizes() -> None:
    sheet = fill_sheet(
        "a { color: @text-second; padding: @4px; }", {"text": "#000", "text-second": "#111"}, lambda n: n * 2
    )
    assert sheet == "a { color: #111; padding: 8px; }"


def test_a_sheet_with_an_unknown_name_is_refused() -> None:
    with pytest.raises(KeyError):
        fill_sheet("a { color: @nowhere; }", {"text": "#000"}, lambda n: n)


def test_a_theme_change_reaches_palette_and_buttons(look: Look) -> None:
    button = QPushButton()
    look.dress(button, "check")
    before = button.icon().cacheKey()
    told = []
    look.changed.connect(lambda: told.append(look.theme))
    look.apply(Scheme.DARK)
    assert told == ["dark"]
    assert look.colour("text").name() == look.tokens.colours["dark"]["text"].lower()
    assert button.icon().cacheKey() != before


def test_every_icon_that_is_named_exists_and_paints(look: Look) -> None:
    names = {action.icon for action in ACTIONS if action.icon} | {place.icon for place in (*VIEWS, *SCREENS)}
    for name in names:
        image = look.icon(name).pixmap(32).toImage()
        assert any(image.pixelColor(x, y).alpha() for x in range(image.width()) for y in range(image.height())), name


def test_icons_come_with_their_licence() -> None:
    assert "ISC License" in (resources_dir() / "icons" / "LICENSE").read_text(encoding="utf-8")


def test_icons_hold_nothing_but_lines() -> None:
    for path in sorted(Path(resources_dir() / "icons").glob("*.svg")):
        text = path.read_text(encoding="utf-8")
        assert "currentColor" in text, path
        assert "script" not in text, path
        assert "href" not in text, path


def test_sizes_grow_with_the_scale() -> None:
    small, large = light_look(scale=1.0), light_look(scale=2.0)
    assert large.font.pixelSize() == 2 * small.font.pixelSize()
    assert large.px(32) == 64
