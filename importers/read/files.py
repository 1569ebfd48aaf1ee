"""Opening a delivered file by its kind."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..delivery import Delivery, Refused
from . import parquet, table, vector

TEXTS = {".csv", ".tsv", ".txt"}
POINTERS = (b"<OGRVRT", b"<VRTDataset", b"<OGRWFS", b"<GDAL_WMS", b"<WMS_Tile", b"<OGRAPISPY")
"""How files begin that only point GDAL to other files or addresses."""


@contextmanager
def opened(path: Path, file_layer: str | None = None, encoding: str | None = None) -> Iterator[Delivery]:
    """The delivery of a file, to be read within the block."""
    yield read(path, file_layer, encoding)


def read(path: Path, file_layer: str | None = None, encoding: str | None = None) -> Delivery:
    """The delivery of a regular local file; anything else is refused before a reader sees its name."""
    path = regular(path)
    ending = path.suffix.lower()
    if ending in TEXTS:
        return table.read_text(path, encoding)
    if ending in {".xlsx", ".xlsm"}:
        return table.read_excel(path, file_layer)
    if ending in {".parquet", ".geoparquet"}:
        return parquet.read(path)
    return vector.read(path, file_layer, encoding)


def regular(path: Path) -> Path:
    """The absolute path of an existing file that holds its own content, so that no name is taken for a command."""
    try:
        found = path.resolve(strict=True)
        if not found.is_file() or str(found).startswith("/vsi"):
            raise FileNotFoundError
        with found.open("rb") as file:
            beginning = file.read(4096)
    except (FileNotFoundError, NotADirectoryError, ValueError, RuntimeError):
        raise Refused(f"{path} is no file; give the path of a file on this machine.") from None
    except OSError as problem:
        raise Refused(f"{path} cannot be read: {problem.strerror}.") from None
    if not beginning:
        raise Refused(f"{path.name} is empty.")
    if any(pointer in beginning for pointer in POINTERS):
        raise Refused(f"{path.name} only points to data elsewhere; give the file that holds them.")
    return found
