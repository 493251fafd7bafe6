"""Colour arithmetic: OKLCH to sRGB, contrast, and a stable hue for every label."""

import math
import zlib
from collections.abc import Sequence

# The golden angle: neighbours in a list of labels land far apart, however many labels there are.
GOLDEN_ANGLE = 137.50776405
FIRST_HUE = 25.0


def oklch(lightness: float, chroma: float, hue: float) -> str:
    """`#RRGGBB` of an OKLCH colour (lightness 0..1, hue in degrees); out-of-gamut channels are clamped.

    Source: Ottosson, "A perceptual color space for image processing" (2020).
    """
    a = chroma * math.cos(math.radians(hue))
    b = chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
    return "#" + "".join(f"{round(255 * _encode(channel)):02X}" for channel in linear)


def _encode(channel: float) -> float:
    channel = min(1.0, max(0.0, channel))
    return 12.92 * channel if channel <= 0.0031308 else float(1.055 * channel ** (1 / 2.4) - 0.055)


def luminance(colour: str) -> float:
    """Relative luminance 0..1 of `#RRGGBB` (WCAG 2.2)."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two `#RRGGBB` colours, 1..21 (WCAG 2.2, 1.4.3)."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def hue_of(label: str, labels: Sequence[str]) -> float:
    """The hue in degrees of a label: by its place in its dataset, by its name where the dataset does not list it."""
    place = labels.index(label) if label in labels else zlib.crc32(label.encode("utf-8", "surrogatepass")) % 997
    return (FIRST_HUE + GOLDEN_ANGLE * place) % 360
