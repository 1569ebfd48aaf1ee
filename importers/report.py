"""The outcome of an import: every row that was read is accounted for."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from .delivery import Listed
from .load import Loaded

MOST_LISTED = 1000
OWN = re.compile(r"\[[-+\d. e]+\]|\b(?:row \d+|(?:node|way|relation)/\d+)\b")
"""What a reason says of its own row only: where GEOS finds the geometry wrong, the name of another row."""


class Unaccounted(AssertionError):
    """Rows were lost on the way: a mistake in the importer, not in the file."""


@dataclass
class Report:
    """``read`` = added + updated + unchanged + skipped, and every skipped row is listed with its reason."""

    layer: str
    read: int
    loaded: Loaded
    listed: list[Listed] = field(default_factory=list)
    source_crs: str = ""
    without_position: int = 0
    headings: dict[str, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def skipped(self) -> int:
        return sum(not note.loaded for note in self.listed)

    def counts(self) -> dict[str, int]:
        found = {
            "read": self.read,
            "added": self.loaded.added,
            "updated": self.loaded.updated,
            "unchanged": self.loaded.unchanged,
            "skipped": self.skipped,
        }
        if found["read"] != sum(found[name] for name in ("added", "updated", "unchanged", "skipped")):
            raise Unaccounted(f"{self.layer}: {found}")
        repaired = sum(note.loaded for note in self.listed)
        return {**found, "repaired": repaired, "without_position": self.without_position}

    def as_json(self) -> dict[str, Any]:
        return {
            "layer": self.layer,
            "source_crs": self.source_crs,
            "counts": self.counts(),
            "bounds": self.loaded.bounds,
            "headings": self.headings,
            "notes": self.notes,
            "listed": [asdict(note) for note in self.listed[:MOST_LISTED]],
            "listed_in_all": len(self.listed),
        }

    def lines(self) -> Iterator[str]:
        """For people: counts, where it landed, and the listed rows, those of one reason together."""
        counts = (f"{number:,} {name.replace('_', ' ')}" for name, number in self.counts().items() if number)
        yield f"{self.layer}: {', '.join(counts) or 'nothing read'}"
        if self.loaded.bounds:
            west, south, east, north = self.loaded.bounds
            yield f"  lies between {west:.4f}, {south:.4f} and {east:.4f}, {north:.4f}" + (
                f" (from {self.source_crs})" if self.source_crs else ""
            )
        yield from (f"  {note}" for note in self.notes)
        yield from grouped(self.listed)


def grouped(listed: Sequence[Listed], most: int = 12) -> Iterator[str]:
    """Listed rows for people, those of one reason together."""
    alike: dict[str, list[Listed]] = {}
    for note in listed:
        alike.setdefault(OWN.sub("…", note.reason), []).append(note)
    ranked = sorted(alike.items(), key=lambda item: (item[1][0].loaded, -len(item[1])))
    for reason, notes in ranked[:most]:
        first, end = notes[0], "" if notes[0].loaded else " — not loaded"
        others = f" and {len(notes) - 1:,} more: {reason}" if len(notes) > 1 else f": {first.reason}"
        yield f"  {first.name}{others}{end}"
    if len(ranked) > most:
        yield f"  … and {len(ranked) - most:,} more reasons; --json FILE writes every row."


def fingerprint(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
