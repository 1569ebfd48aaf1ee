"""What the colours of a layer mean, as a picture."""

import io

from PIL import Image, ImageDraw, ImageFont

from layers.registry.declaration.layer import Layer
from tiles.raster.mapfile import font
from tiles.vector.styles import legend

ROW, SWATCH, MARGIN, SIZE = 24, 20, 6, 14
"""Pixels."""
INK = "#3b3a36"


def legend_picture(layers: list[Layer]) -> bytes:
    """A row for each class, in the active language, as PNG."""
    entries = [entry for layer in layers for entry in legend(layer)]
    letters = ImageFont.truetype(str(font()), SIZE)
    widest = max((letters.getlength(entry["label"]) for entry in entries), default=0)
    width = int(widest) + SWATCH + 3 * MARGIN
    picture = Image.new("RGBA", (width, max(ROW, ROW * len(entries))), (255, 255, 255, 0))
    drawing = ImageDraw.Draw(picture)
    for number, entry in enumerate(entries):
        middle = ROW * number + ROW // 2
        _swatch(drawing, entry["shape"], entry["color"], middle)
        place = (SWATCH + 2 * MARGIN, middle)
        drawing.text(place, entry["label"], INK, letters, "lm", stroke_width=1, stroke_fill="white")
    content = io.BytesIO()
    picture.save(content, "PNG")
    return content.getvalue()


def _swatch(drawing: ImageDraw.ImageDraw, shape: str, color: str, middle: int) -> None:
    left, right, half = MARGIN, MARGIN + SWATCH, SWATCH // 2 - 2
    if shape == "line":
        drawing.line((left, middle, right, middle), color, 3)
    elif shape == "fill":
        drawing.rectangle((left, middle - half, right, middle + half), color, INK)
    else:
        drawing.ellipse((left + 2, middle - half, left + 2 + 2 * half, middle + half), color, INK)
