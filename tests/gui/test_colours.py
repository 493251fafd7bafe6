import pytest

from triage_app.gui.colours import contrast, hue_of, luminance, oklch


@pytest.mark.parametrize(
    ("lightness", "chroma", "hue", "colour"),
    [(0.0, 0.0, 0.0, "#000000"), (1.0, 0.0, 0.0, "#FFFFFF"), (0.62796, 0.25768, 29.234, "#FF0000")],
)
def test_oklch_gives_the_known_colours(lightness: float, chroma: float, hue: float, colour: str) -> None:
    assert oklch(lightness, chroma, hue) == colour


def test_contrast_is_one_for_equal_and_twenty_one_for_black_on_white() -> None:
    assert contrast("#123456", "#123456") == pytest.approx(1)
    assert contrast("#000000", "#FFFFFF") == contrast("#FFFFFF", "#000000") == pytest.approx(21)


def test_luminance_rises_with_light() -> None:
    assert luminance("#000000") < luminance("#808080") < luminance("#FFFFFF")


def test_a_label_keeps_its_hue_and_neighbours_differ() -> None:
    labels = ("Phishing", "DeviceLost", "Enrichment", "Spam")
    hues = [hue_of(label, labels) for label in labels]
    assert hue_of("Phishing", (*labels, "Malware")) == hues[0]
    gaps = [abs(a - b) for i, a in enumerate(hues) for b in hues[i + 1 :]]
    assert all(min(gap, 360 - gap) > 40 for gap in gaps)


def test_a_label_that_no_dataset_lists_has_a_hue_of_its_own() -> None:
    assert hue_of("Unheard", ()) == hue_of("Unheard", ("Phishing",))
