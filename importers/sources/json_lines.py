"""Files of a GeoJSON feature in each line, which GDAL reads without leaving days as they are written."""

import codecs
import json
from pathlib import Path

from importers.errors import ImporterError
from layers.sentences.sentence import gettext as _

ENDINGS = {".geojsonl", ".ndjson", ".geojsons"}
AROUND = b"\x1e\r\n\t "
"""What stands between features."""


def collect(path: Path) -> Path:
    """The same features as one collection, each still in its line, in a folder within that of the file; the file
    itself where a line is something else than a feature. Raises ImporterError for one that is no JSON."""
    folder = path.parent / "collected"
    folder.mkdir(exist_ok=True)
    made = folder / f"{path.stem}.geojson"
    with path.open("rb") as lines, made.open("wb") as file:
        before = b'{"type":"FeatureCollection","features":['
        for number, line in enumerate(lines, 1):
            feature = line.removeprefix(codecs.BOM_UTF8).strip(AROUND)
            if feature and not _is_feature(path, number, feature):
                return path
            file.write((before if feature else b"") + feature + b"\n")
            before = b"," if feature else before
        file.write(b"]}")
    return path if before.startswith(b"{") else made


def _is_feature(path: Path, number: int, line: bytes) -> bool:
    try:
        found = json.loads(line)
    except UnicodeDecodeError:
        raise ImporterError(
            _("{path} is not written in UTF-8; save it as UTF-8.").format(path=path.name)
        ) from None
    except (ValueError, RecursionError) as problem:
        raise ImporterError(
            _("{path}: line {line:,} is no JSON ({reason}); put it right and deliver the file again.").format(
                path=path.name, line=number, reason=getattr(problem, "msg", problem)
            )
        ) from None
    return isinstance(found, dict) and found.get("type") == "Feature"
