"""The outcome of an import: every row that was read is accounted for."""

import hashlib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from .delivery import Listed
from .load import Loaded

MOST_LISTED = 1000


class Unaccounted(AssertionError):
    """Rows were lost on the way: a mistake in the importer, not in the file."""


@dataclass
class Report:
    """``read`` = added + updated + unchanged + repeated + skipped."""

    layer: str
    read: int
    loaded: Loaded
    listed: list[Listed] = field(default_factory=list)
    repeated: int = 0
    source_crs: str = ""

    @property
    def skipped(self) -> int:
        return len({note.row for note in self.listed if not note.loaded})

    def counts(self) -> dict[str, int]:
        found = {
            "read": self.read,
            "added": self.loaded.added,
            "updated": self.loaded.updated,
            "unchanged": self.loaded.unchanged,
            "repeated": self.repeated,
            "skipped": self.skipped,
            "repaired": len({note.row for note in self.listed if note.loaded}),
        }
        if found["read"] != sum(found[k] for k in ("added", "updated", "unchanged", "repeated", "skipped")):
            raise Unaccounted(f"{self.layer}: {found}")
        return found

    def as_json(self) -> dict[str, Any]:
        listed = [asdict(note) for note in self.listed[:MOST_LISTED]]
        return {"layer": self.layer, "source_crs": self.source_crs, "counts": self.counts(), "listed": listed}


def fingerprint(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
