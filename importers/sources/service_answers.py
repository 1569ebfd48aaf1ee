"""Files that are one page of what a service has: WFS, OGC API – Features and ArcGIS say so in their answers."""

import re
from pathlib import Path

from importers.errors import ImporterError
from layers.sentences.sentence import gettext as _

ENDINGS = {".json", ".geojson", ".gml", ".xml"}
LOOKED_AT = 8192
"""Bytes at both ends, where services say it."""

MATCHED = re.compile(
    rb"""["\s](?:numberMatched|totalFeatures|numberOfFeatures)(?:"\s*:|\s*=)\s*["']?(\d{1,15})\b"""
)
GOES_ON = re.compile(rb'"exceededTransferLimit"\s*:\s*true|"rel"\s*:\s*"next"')


def refuse_page(path: Path, rows: int | None) -> None:
    """Raises ImporterError where the service has more rows than these."""
    if path.suffix.lower() not in ENDINGS or rows is None:
        return
    with path.open("rb") as file:
        ends = file.read(LOOKED_AT)
        file.seek(max(file.tell(), path.stat().st_size - LOOKED_AT))
        ends += file.read()
    matched = max(map(int, MATCHED.findall(ends)), default=0)
    if matched > rows:
        raise ImporterError(
            _(
                "{path} holds {rows:,} of {matched:,} rows that its service has; ask the service for all of them and deliver those."
            ).format(path=path.name, rows=rows, matched=matched)
        )
    if GOES_ON.search(ends):
        raise ImporterError(
            _(
                "{path} holds {rows:,} rows and says that its service has more; ask the service for all of them and deliver those."
            ).format(path=path.name, rows=rows)
        )
