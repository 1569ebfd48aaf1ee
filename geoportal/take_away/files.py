"""Downloads that jobs made, kept for a day for who asked, one a layer and format."""

import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

KEPT = 24 * 3600  # seconds


@dataclass(frozen=True)
class ExportFile:
    owner: int
    name: str

    @property
    def path(self) -> Path:
        return _folder() / str(self.owner) / self.name

    @property
    def draft(self) -> Path:
        """Ends as the file does, by which some formats are known."""
        return self.path.with_name(f"part-{self.name}")

    def make_folder(self) -> None:
        """Nobody else of the machine looks into it: some formats are written by libraries, with rights of their own."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.parent.chmod(0o700)


def _folder() -> Path:
    return Path(settings.DATA) / "exports"


def forget_old(**kwargs: Any) -> None:
    limit = time.time() - KEPT
    for path in _folder().glob("*/*"):
        if path.stat().st_mtime >= limit:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
