"""What the colours of a layer mean, as a picture."""

import io
from collections.abc import Sequence
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from layers.registry.declaration.layer import Layer
from tiles.raster.mapfile import font
from tiles.vector.styles import legend

ROW, SWATCH, MARGIN, SIZE = 24, 20, 6, 14
"""Pixels."""
INK = "#3b3a36"


def legend_size(layers: Sequence[Layer]) -> tuple[int, int]:
    """Width and height in pixels of the picture in the active language."""
    entries, letters = _entries(layers), _letters()
    widest = max((letters.getlength(entry["label"]) for entry in entries), default=0)
    return int(widest) + SWATCH + 3 * MARGIN, max(ROW, ROW * len(entries))


def legend_picture(layers: Sequence[Layer]) -> bytes:
    """A row for each class, in the active language, as PNG."""
    entries, letters = _entries(layers), _letters()
    picture = Image.new("RGBA", legend_size(layers), (255, 255, 255, 0))
    drawing = ImageDraw.Draw(picture)
    for number, entry in enumerate(entries):
        middle = ROW * number + ROW // 2
        _swatch(drawing, entry["shape"], entry["color"], middle)
        place = (SWATCH + 2 * MARGIN, middle)
        drawing.text(place, entry["label"], INK, letters, "lm", stroke_width=1, stroke_fill="white")
    content = io.BytesIO()
    picture.save(content, "PNG")
    return content.getvalue()


def _entries(layers: Sequence[Layer]) -> list[dict[str, Any]]:
    return [entry for layer in layers for entry in legend(layer)]


def _letters() -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(font()), SIZE)


def _swatch(drawing: ImageDraw.ImageDraw, shape: str, color: str, middle: int) -> None:
    left, right, half = MARGIN, MARGIN + SWATCH, SWATCH // 2 - 2
    if shape == "line":
        drawing.line((left, middle, right, middle), color, 3)
    elif shape == "fill":
        drawing.rectangle((left, middle - half, right, middle + half), color, INK)
    else:
        drawing.ellipse((left + 2, middle - half, left + 2 + 2 * half, middle + half), color, INK)
