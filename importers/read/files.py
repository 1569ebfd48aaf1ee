"""Opening a delivered file by its kind."""

from pathlib import Path

from ..delivery import Delivery, Refused
from . import table, vector

TABLES = {".csv", ".tsv", ".xlsx"}


def read(path: Path, file_layer: str | None = None, encoding: str | None = None) -> Delivery:
    """The delivery of a regular local file; anything else is refused before a reader sees its name."""
    if not path.is_file():
        raise Refused(f"{path} is no file; give the path of a file on this machine.")
    if path.stat().st_size == 0:
        raise Refused(f"{path.name} is empty.")
    ending = path.suffix.lower()
    if ending in TABLES:
        return table.read(path, encoding)
    if ending == ".parquet":
        return vector.read_parquet(path)
    return vector.read(path, file_layer, encoding)
