"""The outcome of an import: every row that was read is accounted for."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from importers.options import with_flags
from importers.sources.source import ProblemRow
from layers.sentences.sentence import ngettext

from .row_ranges import RowRanges

OWN = re.compile(r"\[[-+\d. e]+\]|“[^”]*”|^\d+(?= vert)|\b(?:row \d+|(?:node|way|relation)/\d+)\b")
"""What a reason says of its own row only: where GEOS finds the geometry wrong, a value, the name of another row."""


class UnaccountedRows(AssertionError):
    """Rows were lost on the way: a mistake in the importer, not in the file."""


@dataclass(frozen=True)
class LoadResult:
    """``absent`` are rows of the source that the delivery no longer has, ``removed`` those of them taken away."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    absent: int = 0
    removed: int = 0
    bounds: tuple[float, float, float, float] | None = None
    added_rows: str = "{}"
    """The primary keys, as PostgreSQL writes an int8multirange."""
    transaction: str = ""
    """What the rows carry that the import wrote, as long as nobody writes them again."""


@dataclass
class ImportReport:
    """``read`` = added + updated + unchanged + held, and every held row is noted with its reasons.

    ``refusal`` says why nothing was loaded at all.
    """

    layer: str
    read: int = 0
    loaded: LoadResult | None = None
    problem_rows: list[ProblemRow] = field(default_factory=list)
    source_crs: str = ""
    without_position: int = 0
    headings: dict[str, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    bulk_repairs: dict[tuple[str, str], RowRanges] = field(default_factory=dict)
    """What is so of many rows and what was done, with those rows."""

    refusal: str = ""
    import_id: int | None = None

    @property
    def held(self) -> int:
        return sum(each.held for each in self.problem_rows)

    def counts(self) -> dict[str, int]:
        loaded = self.loaded or LoadResult()
        found = {
            "read": self.read,
            "added": loaded.added,
            "updated": loaded.updated,
            "unchanged": loaded.unchanged,
            "held": self.held,
        }
        if self.loaded and self.read != sum(found[n] for n in ("added", "updated", "unchanged", "held")):
            raise UnaccountedRows(f"{self.layer}: {found}")
        return {
            **found,
            "repaired": len(self.problem_rows) - self.held,
            "without_position": self.without_position,
            "absent": loaded.absent,
            "removed": loaded.removed,
        }

    def as_json(self) -> dict[str, Any]:
        return {
            "layer": self.layer,
            "source_crs": self.source_crs,
            "counts": self.counts(),
            "bounds": self.loaded.bounds if self.loaded else None,
            "headings": self.headings,
            "notes": [*self.notes, *self._bulk_lines()],
            "refused": self.refusal,
            "import": self.import_id,
        }

    def rows_as_json(self) -> list[dict[str, Any]]:
        return [
            {
                "row": each.row,
                "label": each.label,
                "loaded": not each.held,
                "problems": [vars(problem) for problem in each.problems],
                "values": dict(each.values),
            }
            for each in self.problem_rows
        ]

    def lines(self) -> Iterator[str]:
        """For people: counts, where it landed, and the noted rows, those of one reason together."""
        counts = (f"{number:,} {name.replace('_', ' ')}" for name, number in self.counts().items() if number)
        yield f"{self.layer}: {', '.join(counts) or 'nothing read'}"
        if self.loaded and self.loaded.bounds:
            west, south, east, north = self.loaded.bounds
            yield f"  lies between {west:.4f}, {south:.4f} and {east:.4f}, {north:.4f}" + (
                f" (from {self.source_crs})" if self.source_crs else ""
            )
        yield from (f"  {with_flags(note)}" for note in [*self.notes, *self._bulk_lines()])
        yield from group_by_reason(self.problem_rows)
        if self.loaded and self.loaded.absent > self.loaded.removed:
            yield "  Stored rows of this source that the file no longer has were kept; --remove-absent takes them away."
        if self.refusal:
            yield f"  {with_flags(self.refusal)}"

    def _bulk_lines(self) -> list[str]:
        return [
            ngettext(
                "{wrong} — {done}: {count:,} row ({rows})",
                "{wrong} — {done}: {count:,} rows ({rows})",
                len(rows),
            ).format(wrong=wrong, done=done, count=len(rows), rows=rows.abbreviated())
            for (wrong, done), rows in self.bulk_repairs.items()
        ]


def group_by_reason(problem_rows: Iterable[ProblemRow], most: int = 12) -> Iterator[str]:
    """Rows with problems for people, those of one reason together."""
    alike: dict[tuple[bool, str], list[ProblemRow]] = {}
    for each in problem_rows:
        alike.setdefault((not each.held, OWN.sub("…", each.reason)), []).append(each)
    ranked = sorted(alike.items(), key=lambda item: (item[0][0], -len(item[1])))
    for (loaded, reason), notes in ranked[:most]:
        yield _line(notes, reason, loaded=loaded)
    if len(ranked) > most:
        yield f"  … and {len(ranked) - most:,} more reasons; --json FILE writes every row."


def _line(notes: Sequence[ProblemRow], reason: str, *, loaded: bool) -> str:
    first = notes[0]
    done = ", ".join(dict.fromkeys(problem.done for problem in first.problems if problem.done))
    end = f" — {done}" if loaded else " — held back"
    others = f" and {len(notes) - 1:,} more: {reason}" if len(notes) > 1 else f": {first.reason}"
    return f"  {first.name}{others}{end}"
