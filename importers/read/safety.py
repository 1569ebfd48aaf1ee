"""What may be opened: files that hold their own content, are what their name says, and do nothing when read."""

import zipfile
from collections.abc import Callable
from pathlib import Path

from django.utils.translation import gettext as _

from ..delivery import Refused

BEGINNING = 65_536
MOST_PIXELS = 500_000_000

POINTERS = (
    b"<ogrvrt",
    b"<vrtdataset",
    b"<ogrwfs",
    b"<ogrwfsdatasource",
    b"<gdal_wms",
    b"<wms_capabilities",
    b"<wmt_ms",
    b"<wms_tile",
    b"<gdal_wcs",
    b"<wcs_gdal",
    b"<ograpispy",
    b"<csw",
    b"/vsi",
)
"""How text begins that only points GDAL to other files or addresses."""

TEXTS = {".csv", ".tsv", ".txt"}
JSON = {".geojson", ".json", ".geojsonl", ".ndjson", ".geojsons"}
MARKUP = {".kml", ".gml", ".gpx", ".osm"}


def _is_json(head: bytes) -> bool:
    return head.lstrip(b"\xef\xbb\xbf\x1e \t\r\n")[:1] in {b"{", b"["}


def _is_markup(head: bytes) -> bool:
    return b"<" in head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00")[:2]


def _is_text(head: bytes) -> bool:
    return b"\0" not in head or head[:2] in {b"\xff\xfe", b"\xfe\xff"}


def _is_dxf(head: bytes) -> bool:
    return head.startswith(b"AutoCAD Binary DXF") or head.split()[:1] in ([b"0"], [b"999"])


CONTENT: dict[str, Callable[[bytes], bool]] = {
    ".shp": lambda head: head[:4] == b"\x00\x00\x27\x0a",
    ".gpkg": lambda head: head.startswith(b"SQLite format 3\0"),
    ".fgb": lambda head: head.startswith(b"fgb"),
    ".parquet": lambda head: head.startswith(b"PAR1"),
    ".geoparquet": lambda head: head.startswith(b"PAR1"),
    ".pbf": lambda head: b"OSMHeader" in head[:64],
    ".tif": lambda head: head[:4] in {b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"},
    ".tiff": lambda head: head[:4] in {b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"},
    ".xlsx": lambda head: head.startswith(b"PK\x03\x04"),
    ".dxf": _is_dxf,
    ".tab": lambda head: head.lstrip().lower().startswith(b"!table"),
    ".mif": lambda head: head.lstrip().lower().startswith(b"version"),
    **dict.fromkeys(JSON, _is_json),
    **dict.fromkeys(MARKUP, _is_markup),
    **dict.fromkeys(TEXTS, _is_text),
}
"""How a file of each ending begins; there are no others."""


def safe(path: Path) -> Path:
    """The absolute path of a file that may be read; raises Refused with a sentence."""
    found = _regular(path)
    ending = found.suffix.lower()
    head = _head(found)
    if not head:
        raise Refused(_("{path} is empty.").format(path=path.name))
    start = head[:4096].lower().replace(b"\0", b"")
    if (
        ending not in {".csv", ".tsv"}
        and any(pointer in start for pointer in POINTERS)
        and _is_text_like(head)
    ):
        raise Refused(
            _("{path} only points to data elsewhere; give the file that holds them.").format(path=path.name)
        )
    if ending in {".xlsm", ".xls", ".xlsb"}:
        raise Refused(_("{path} may hold macros; save it as .xlsx or CSV.").format(path=path.name))
    if ending not in CONTENT:
        raise Refused(
            _("{path} is of no kind that is taken; these are: {names}.").format(
                path=path.name, names=", ".join(sorted(CONTENT))
            )
        )
    if not CONTENT[ending](head):
        raise Refused(
            _("{path} is not what its name says: its content is no {ending} file.").format(
                path=path.name, ending=ending
            )
        )
    if ending == ".xlsx":
        _workbook(found)
    if ending in MARKUP:
        _markup(found)
    return found


def _regular(path: Path) -> Path:
    """A name is never taken for a command of GDAL's, and a link is not followed out of sight."""
    try:
        if path.is_symlink():
            raise Refused(_("{path} is a link; give the file itself.").format(path=path.name))
        found = path.resolve(strict=True)
        if not found.is_file() or str(found).startswith("/vsi"):
            raise FileNotFoundError
    except (FileNotFoundError, NotADirectoryError, ValueError, RuntimeError):
        raise Refused(
            _("{path} is no file; give the path of a file on this machine.").format(path=path)
        ) from None
    except OSError as problem:
        raise Refused(
            _("{path} cannot be read: {strerror}.").format(path=path, strerror=problem.strerror)
        ) from None
    return found


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(BEGINNING)
    except OSError as problem:
        raise Refused(
            _("{path} cannot be read: {strerror}.").format(path=path.name, strerror=problem.strerror)
        ) from None


def _is_text_like(head: bytes) -> bool:
    return _is_markup(head) or _is_text(head[:1024])


def _workbook(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as book:
            names = book.namelist()
            size = sum(member.file_size for member in book.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise Refused(_("{path} is no Excel workbook (.xlsx).").format(path=path.name)) from None
    if "[Content_Types].xml" not in names:
        raise Refused(
            _("{path} is not what its name says: it is an archive, no Excel workbook.").format(path=path.name)
        )
    if any("vbaproject" in name.lower() or "macrosheets" in name.lower() for name in names):
        raise Refused(_("{path} holds macros; save it without them.").format(path=path.name))
    if size > 200 * max(path.stat().st_size, 1_000_000):
        raise Refused(
            _("{path} would unpack to {size:,} bytes, far more than a workbook of its size holds.").format(
                path=path.name, size=size
            )
        )


def _markup(path: Path) -> None:
    """Documents that define entities can grow without end or read other files; no format here needs them."""
    with path.open("rb") as file:
        tail = b""
        while piece := file.read(1_000_000):
            plain = (tail + piece).replace(b"\0", b"").lower()
            if b"<!doctype" in plain or b"<!entity" in plain:
                raise Refused(
                    _(
                        "{path} defines entities (DOCTYPE), which is not taken; export it again without."
                    ).format(path=path.name)
                )
            if b"<networklink" in plain and b"<placemark" not in plain and not tail:
                raise Refused(
                    _("{path} only links to data elsewhere; give the file that holds them.").format(
                        path=path.name
                    )
                )
            tail = piece[-32:]
