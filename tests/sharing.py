"""How two workers share the tests: whole files, the longest first, each with a browser of its own."""

from pathlib import Path

from xdist.scheduler import LoadFileScheduling

TESTS = Path(__file__).resolve().parent
LONGEST = (
    "browser",
    "launch/test_start.py",
    "contracts/room",
    "contracts/test_reading_writes_nothing.py",
    "tiles/test_outages.py",
    "imports/test_making.py",
    "demo",
    "importers/test_workers.py",
    "importers/test_full_disk.py",
    "importers/test_real_files.py",
    "cases/test_documents.py",
    "cases/test_document_pages.py",
    "clients/test_qgis.py",
    "launch/test_web_workers.py",
    "imports/test_datasets.py",
    "imports/test_jobs.py",
    "tiles/test_vector.py",
    "importers/test_terrain.py",
)
"""Begun late, they would keep one worker waiting for the other."""

WHOLE = ("browser/test_field", "browser/", "demo/", "contracts/room/")
"""How files begin whose tests go to one worker: they share a browser, a district or an installation that takes long to
build. One worker begins with the phone, the other with the desk."""


class Sharing(LoadFileScheduling):  # type: ignore[misc]
    def _split_scope(self, nodeid: str) -> str:
        file = str(super()._split_scope(nodeid))
        return next((f"tests/{whole}" for whole in WHOLE if file.startswith(f"tests/{whole}")), file)


def turn(path: Path) -> int:
    """The longest first; all others keep their order."""
    name = path.relative_to(TESTS).as_posix()
    return next((n for n, longest in enumerate(LONGEST) if name.startswith(longest)), len(LONGEST))
