"""Whether a file is what its ending says, holds its data itself, and hides nothing for the reader to run or fetch."""

import re
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

from django.utils.translation import gettext_noop

from importers.errors import ImporterError
from layers.sentences.sentence import gettext
from layers.sentences.sentence import gettext as _

from .archives import BoundedReader, Budget, Limits, explain_damage, zip_members
from .geopackage import check_geopackage
from .text_formats import (
    HEAD,
    SHAPES,
    WINDOW,
    check_gml,
    check_gpx,
    check_json,
    check_kml,
    check_osm,
    check_text,
    mismatch,
    root_element,
)

POINTERS = re.compile(
    rb"<OGRVRT|<VRTDataset|<OGRWFS|<GDAL_WMS|<GDAL_WMTS|<WMS_Tile|<WMT_MS_Cap|<WMS_Cap|<TileMap\b|<OGRAPISPY|<WCS_GDAL"
    rb"|gdal_streamed_alg|<Product_Observational",
    re.IGNORECASE,
)
"""What makes GDAL open other files or addresses than the one delivered, wherever it stands at the beginning."""
CONNECTION = re.compile(
    rb"(pg|pgeo|odbc|mssql|mysql|mongodb|oci|wfs|oapif|ogcapi|wms|wmts|csw|carto)\d?:[^\n]*(=|//)|/vsi\w+/",
    re.IGNORECASE,
)
TYPE_OF_BIN = re.compile(rb'<default [^>]*extension="bin"[^>]*>')
DBASE = {2, 3, 4, 5, 0x30, 0x31, 0x32, 0x43, 0x63, 0x7B, 0x83, 0x8B, 0x8E, 0xCB, 0xE5, 0xF5, 0xFB}
"""Versions in the first byte of a .dbf."""
TAB_REACHES_OUT = re.compile(
    rb'^[ \t]*(open[ \t]+table|create[ \t]+view)|\btype[ \t]+"?(linked|odbc|access|raster|wms|wfs|tileserver|seamless)\b'
    rb'|file[ \t]+"[^"]*[/\\]',
    re.IGNORECASE | re.MULTILINE,
)


def check(path: Path, label: str, kind: str, limits: Limits) -> None:
    """Refuse a file, called by its label, that is no sound file of its kind."""
    size = path.stat().st_size
    if not size:
        raise ImporterError(_("{label} is empty; deliver it again.").format(label=label))
    if size > limits.max_bytes:
        raise ImporterError(
            _("{label} is larger than {max_bytes:,} bytes; deliver it in parts.").format(
                label=label, max_bytes=limits.max_bytes
            )
        )
    with path.open("rb") as file:
        head = file.read(HEAD)
    if POINTERS.search(head) or CONNECTION.match(head.lstrip(b"\xef\xbb\xbf \t\r\n\"'")):
        raise ImporterError(
            _("{label} only points to data elsewhere; deliver the file that holds them.").format(label=label)
        )
    CHECKS[kind](path, head, label, limits)


Check = Callable[[Path, bytes, str, Limits], None]


def _begins(kind: str, *marks: bytes) -> Check:
    def begins(path: Path, head: bytes, label: str, limits: Limits) -> None:
        if not head.startswith(marks):
            raise mismatch(label, gettext(kind), head)

    return begins


def _workbook(path: Path, head: bytes, label: str, limits: Limits) -> None:
    """A workbook without macros; links to other workbooks are never followed, so they may stay."""
    if not head.startswith(b"PK\x03\x04"):
        raise mismatch(label, _("an Excel workbook"), head)
    with explain_damage(label), BoundedReader(path, limits) as file, zipfile.ZipFile(file) as book:
        members = zip_members(book, label, Budget(label, path.stat().st_size, limits))
        parts = {str(place).lower(): info for info, place in members}
        if len(parts) < len(members):
            raise ImporterError(_("{label} holds a part twice; save it again.").format(label=label))
        types = parts.get("[content_types].xml")
        if types is None or not any(part.startswith("xl/workbook.") for part in parts):
            raise ImporterError(
                _(
                    "{label} is a zip archive, but no Excel workbook; open it in a spreadsheet and save it as .xlsx."
                ).format(label=label)
            )
        declared = book.open(types).read(4 * HEAD).lower()
        if not any(part.endswith(".bin") for part in parts):
            declared = TYPE_OF_BIN.sub(
                b"", declared
            )  # some programs name one for parts that they do not write
        if (
            b"vbaproject" in declared
            or b"macroenabled" in declared
            or any("vbaproject" in part for part in parts)
        ):
            raise ImporterError(_("{label} holds macros; save it as .xlsx without them.").format(label=label))
        for part, info in parts.items():
            if part.endswith((".xml", ".rels")) and info.file_size:
                root_element(book.open(info).read(WINDOW), f"{part} in {label}")


def _shapefile(path: Path, head: bytes, label: str, limits: Limits) -> None:
    """The .shp as long as it says, with the .shx and .dbf that belong to it."""
    _sized(path, head, label)
    beside = {found.name.lower(): found for found in path.parent.iterdir() if found.is_file()}
    for ending in (".shx", ".dbf"):
        sidecar = beside.get(path.stem.lower() + ending)
        if sidecar is None or not sidecar.stat().st_size:
            raise ImporterError(
                _("{label} lacks its {ending}; pack .shp, .shx, .dbf and .prj together in one zip.").format(
                    label=label, ending=ending
                )
            )
        with sidecar.open("rb") as file:
            start = file.read(32)
        if ending == ".shx":
            _begins(gettext_noop("a shapefile index"), SHAPES)(
                sidecar, start, _("the .shx of {label}").format(label=label), limits
            )
        elif len(start) < 32 or start[0] not in DBASE:
            raise ImporterError(
                _("the .dbf of {label} is no dBase table; export the shapefile again.").format(label=label)
            )


def _sized(path: Path, head: bytes, label: str) -> None:
    if not head.startswith(SHAPES) or len(head) < 100:
        raise mismatch(label, _("a shapefile"), head)
    said, size = 2 * struct.unpack(">I", head[24:28])[0], path.stat().st_size
    if said > size:
        raise ImporterError(
            _("{label} is cut off: {size:,} of {said:,} bytes are there; deliver it again.").format(
                label=label, size=size, said=said
            )
        )


def _parquet(path: Path, head: bytes, label: str, limits: Limits) -> None:
    with path.open("rb") as file:
        file.seek(-min(4, path.stat().st_size), 2)
        if not head.startswith(b"PAR1"):
            raise mismatch(label, "Parquet", head)
        if file.read() != b"PAR1":
            raise ImporterError(
                _("{path} is cut off; it is shorter than it says. Copy the files again.").format(path=label)
            )


def _tar(path: Path, head: bytes, label: str, limits: Limits) -> None:
    if head[257:262] != b"ustar":
        raise mismatch(label, _("a tar archive"), head)


def _dxf(path: Path, head: bytes, label: str, limits: Limits) -> None:
    if head.startswith(b"AutoCAD Binary DXF"):
        raise ImporterError(_("{label} is a binary DXF; save it as an ASCII DXF.").format(label=label))
    lines = [line.strip() for line in head.removeprefix(b"\xef\xbb\xbf").splitlines()]
    pairs = zip(lines[::2], lines[1::2], strict=False)
    if next((pair for pair in pairs if pair[0] != b"999"), None) != (b"0", b"SECTION"):
        raise mismatch(label, "DXF", head)
    check_text(path, head, label, limits)


def _mapinfo(path: Path, head: bytes, label: str, limits: Limits) -> None:
    mark = b"!table" if path.suffix.lower() == ".tab" else b"version"
    if not head.lower().lstrip().startswith(mark):
        raise mismatch(label, _("a MapInfo table"), head)
    check_text(path, head, label, limits)
    if mark == b"!table" and TAB_REACHES_OUT.search(head):
        raise ImporterError(
            _("{label} only points to data elsewhere; save it as a native MapInfo table.").format(label=label)
        )


CHECKS: dict[str, Check] = {
    "csv": check_text,
    "json": check_json,
    "kml": check_kml,
    "gpx": check_gpx,
    "gml": check_gml,
    "gpkg": check_geopackage,
    "xlsx": _workbook,
    "shp": _shapefile,
    "parquet": _parquet,
    "osm": check_osm,
    "dxf": _dxf,
    "mapinfo": _mapinfo,
    "fgb": _begins("FlatGeobuf", b"fgb"),
    "tiff": _begins("TIFF", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"),
    "zip": _begins(gettext_noop("a zip archive"), b"PK\x03\x04"),
    "gzip": _begins(gettext_noop("a gzip archive"), b"\x1f\x8b"),
    "tar": _tar,
    "gdb": _begins(gettext_noop("a File Geodatabase"), b"\3\0\0\0", b"\4\0\0\0"),
}
