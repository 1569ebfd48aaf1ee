"""Files of a GeoJSON feature in each line, which GDAL reads without leaving days as they are written."""

from pathlib import Path

ENDINGS = {".geojsonl", ".ndjson", ".geojsons"}
AROUND = b"\x1e\r\n\t "
"""What stands between features."""


def collect(path: Path) -> Path:
    """The same features as one collection, each still in its line, in a folder within that of the file; the file
    itself where a line is no feature."""
    folder = path.parent / "collected"
    folder.mkdir(exist_ok=True)
    made = folder / f"{path.stem}.geojson"
    with path.open("rb") as lines, made.open("wb") as file:
        before = b'{"type":"FeatureCollection","features":['
        for line in lines:
            feature = line.strip(AROUND)
            if feature and not (
                feature.startswith(b"{") and feature.endswith(b"}") and b'"Feature"' in feature
            ):
                return path
            file.write((before if feature else b"") + feature + b"\n")
            before = b"," if feature else before
        file.write(b"]}")
    return path if before.startswith(b"{") else made
