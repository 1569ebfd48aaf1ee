"""Downloads that jobs made, kept for a day for who asked, one a layer and format and what they might see."""

import hashlib
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model

from layers.registry.audience import Viewer

KEPT = 24 * 3600  # seconds


@dataclass(frozen=True)
class ExportFile:
    """``viewer`` is the key of what its owner might see when it was made: what they see later is another file."""

    owner: int
    name: str
    viewer: str

    @property
    def path(self) -> Path:
        seen = hashlib.sha256(self.viewer.encode()).hexdigest()[:12]
        return _folder() / str(self.owner) / f"{seen}-{self.name}"

    @property
    def draft(self) -> Path:
        """Ends as the file does, by which some formats are known."""
        return self.path.with_name(f"part-{self.path.name}")

    def make_folder(self) -> None:
        """Nobody else of the machine looks into it: some formats are written by libraries, with rights of their own."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.parent.chmod(0o700)


def file_of(owner: int, name: str) -> ExportFile:
    """By what the owner may see now."""
    viewer = Viewer.of(get_user_model()._default_manager.get(pk=owner))
    return ExportFile(owner, name, viewer.key)


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
