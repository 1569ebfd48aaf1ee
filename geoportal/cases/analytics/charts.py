"""Bars of shares as numbers for an SVG; the same figures stand in the table beside it."""

from collections.abc import Sequence
from typing import Any

WIDTH, LABEL, ROW, TEXT = 720, 190, 26, 62
"""Of the drawing: its width, the room for names, the height of a row, the room for the percentage."""
LONGEST = 16
"""Characters of a name that fit, Chinese ones counted twice."""


def bar_chart(shares: Sequence[tuple[str, float | None]]) -> dict[str, Any]:
    """One bar a share; those that there are not are said, not drawn."""
    room = WIDTH - LABEL - TEXT
    return {
        "width": WIDTH,
        "height": len(shares) * ROW + 8,
        "label": LABEL - 10,
        "left": LABEL,
        "room": room,
        "text_at": WIDTH - 4,
        "rows": [
            {
                "name": _short_name(name),
                "y": 4 + number * ROW,
                "middle": 4 + number * ROW + ROW // 2 + 4,
                "width": 0 if share is None else round(share * room, 1),
                "text": "–" if share is None else f"{share * 100:.1f} %",
            }
            for number, (name, share) in enumerate(shares)
        ],
    }


def _short_name(name: str) -> str:
    width, kept = 0, ""
    for letter in name:
        width += 2 if ord(letter) > 0x2E80 else 1
        if width > LONGEST * 1.6:
            return f"{kept}…"
        kept += letter
    return kept
