"""What a photographed page has drawn on its canvases, told by the picture's colours."""

from collections import Counter
from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:  # a library of development: pages do without it
    from playwright.sync_api import Page

FEWEST, MOST_ALIKE = 24, 0.98
"""Points by which a canvas is judged, and the share of them that have one colour where nothing is drawn."""
POINTS = """() => {
  const found = new Map(), step = 16;
  for (let y = step / 2; y < innerHeight; y += step)
    for (let x = step / 2; x < innerWidth; x += step) {
      const shown = document.elementFromPoint(x, y);
      if (shown instanceof HTMLCanvasElement) found.set(shown, [...(found.get(shown) ?? []), [x, y]]);
    }
  return [...found.values()];
}"""
"""CSS pixels of the window at which a canvas lies on top, by canvas."""

Colors = list[list[object]]


def canvas_colors(page: "Page", picture: bytes) -> Colors:
    """By canvas, those of the picture, a PNG of the page's window."""
    points = page.evaluate(POINTS)
    with Image.open(BytesIO(picture)) as image:
        scale = image.width / page.evaluate("innerWidth")
        return [[image.getpixel((int(x * scale), int(y * scale))) for x, y in canvas] for canvas in points]


def has_blank(colors: Colors) -> bool:
    return any(
        len(canvas) >= FEWEST and max(Counter(canvas).values()) >= MOST_ALIKE * len(canvas)
        for canvas in colors
    )
