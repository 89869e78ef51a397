"""Words and points drawn by Pillow, larger than they are shown so that edges are smooth when made smaller."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import numpy as np

from gancore.figures import FAKE
from gancore.figures.grid import REAL_PALE
from gancore.figures.placing import FAINT, GREY, INK, one_line
from gancore.figures.scatter import Units
from gancore.figures.ticks import labelled
from gancore.recording.window import Window

if TYPE_CHECKING:
    from PIL import Image
    from PIL.ImageFont import FreeTypeFont as Font

SHARP = 2
"""Everything is drawn this much larger."""
SMALL, LARGE = 11, 15
"""Font sizes in pixels of what is shown."""
LINE = SMALL + 3
"""Pixels from line to line."""
FONTS = ("DejaVuSans.ttf", "Arial Unicode.ttf", "Arial.ttf", "arial.ttf")
"""Fonts of the machine with more characters than Pillow's own, where there is one."""


def draw_points(
    draw: Any, points: np.ndarray, corner: tuple[int, int], side: int, window: Window, radius: float, colour: str
) -> None:
    """Dots inside a panel that shows this window; what lies outside is left out."""
    inside = window.to_unit(points[window.holds(points)])
    x = corner[0] + (inside[:, 0] + 1) / 2 * side
    y = corner[1] + (1 - inside[:, 1]) / 2 * side
    r = radius * SHARP
    for box in np.stack([x - r, y - r, x + r, y + r], axis=1).tolist():
        draw.ellipse(box, fill=colour)


def draw_words(
    draw: Any, text: str, corner: tuple[float, float], width: float, most: int, colour: str, middle: bool = False
) -> None:
    """Text in at most so many lines, at the foot of the room for them, to the left or in the middle of the width."""
    font = font_for(SMALL, text)
    lines = lines_of(text, width, most)
    for i, line in enumerate(lines):
        x = corner[0] * SHARP + (width * SHARP - font.getlength(line) if middle else 0) / 2
        draw.text((x, (corner[1] + (most - len(lines) + i) * LINE) * SHARP), line, colour, font)


def draw_axes(draw: Any, corner: tuple[int, int], side: int, window: Window, units: Units | None) -> None:
    """Numbers to the left of a panel and below it, in ``units`` (centre and length along x and y) where there are some.

    Of those below, one that would run into the one before is left out.
    """
    font = font_for(SMALL, "")
    ends = 0.0
    for axis, domain in enumerate(window.domains):
        centre, length = (0.0, 1.0) if units is None else (float(both[axis]) for both in units)
        for place, label in sorted(labelled(domain, centre, length)):
            share = (place - domain[0]) / (domain[1] - domain[0])
            width = font.getlength(label)
            if axis == 0:
                x, y = (corner[0] + share * side) * SHARP, (corner[1] + side) * SHARP
                draw.line((x, y, x, y + 3 * SHARP), FAINT, SHARP)
                if x - width / 2 > ends:
                    draw.text((x - width / 2, y + 3 * SHARP), label, GREY, font)
                    ends = x + width / 2 + 4 * SHARP
            else:
                x, y = corner[0] * SHARP, (corner[1] + (1 - share) * side) * SHARP
                draw.line((x - 3 * SHARP, y, x, y), FAINT, SHARP)
                draw.text((x - 5 * SHARP - width, y - SMALL * SHARP * 0.6), label, GREY, font)


def lines_of(text: str, width: float, most: int) -> list[str]:
    """Text in at most so many lines, the last one cut where there is more."""
    font = font_for(SMALL, text)
    lines = [""]
    for word in one_line(text).split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > width * SHARP and len(lines) < most:
            lines.append(word)
        else:
            lines[-1] = longer
    return [fitted(line, font, width * SHARP) for line in lines]


def fitted(text: str, font: Font, width: float) -> str:
    """Text that fits, with three dots where some is left out."""
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(f"{text}...") > width:
        text = text[:-1]
    return f"{text}..."


def font_for(size: int, text: str) -> Font:
    """Pillow's own font, which has little more than ASCII, or one of the machine's for other text."""
    from PIL import ImageFont

    if not text.isascii():
        for name in FONTS:
            with contextlib.suppress(OSError):
                return ImageFont.truetype(name, size * SHARP)
    return ImageFont.load_default(size * SHARP)  # type: ignore[return-value]  (Pillow is built with FreeType)


def video_palette() -> Image.Image:
    """The colours drawn, and those between each pair of neighbours, as an image that others are quantized by."""
    from PIL import Image, ImageColor

    image = Image.new("P", (1, 1))
    pairs = [("white", colour) for colour in (REAL_PALE, FAKE, INK, GREY, FAINT)] + [(REAL_PALE, FAKE), (FAINT, FAKE)]
    ends = [np.array([ImageColor.getrgb(colour) for colour in pair], float) for pair in pairs]
    between = [start + (end - start) * share for start, end in ends for share in np.linspace(0, 1, 9)]
    image.putpalette(np.round(between).astype(int).ravel().tolist())
    return image
