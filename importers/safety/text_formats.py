"""Formats of text: JSON, XML and tables, none of which may declare, fetch or hide anything."""

import json
import re
from pathlib import Path

from django.utils.translation import gettext_noop

from importers import encoding
from importers.errors import ImporterError
from layers.sentences.sentence import gettext
from layers.sentences.sentence import gettext as _

from .archives import Limits

HEAD = 1 << 20
WINDOW = 1 << 16
SHAPES = b"\0\0\x27\x0a"
SIGNATURES = (
    (b"PK\x03\x04", gettext_noop("a zip archive or an Excel workbook")),
    (b"PK\x05\x06", gettext_noop("an empty zip archive")),
    (b"\xd0\xcf\x11\xe0", gettext_noop("an old Office document or one with a password")),
    (b"SQLite format 3\0", gettext_noop("an SQLite database")),
    (b"\x1f\x8b", gettext_noop("a gzip archive")),
    (b"Rar!", gettext_noop("a RAR archive")),
    (b"7z\xbc\xaf", gettext_noop("a 7z archive")),
    (b"PAR1", gettext_noop("Parquet")),
    (b"fgb", gettext_noop("FlatGeobuf")),
    (SHAPES, gettext_noop("a shapefile")),
    (b"II*\0", gettext_noop("TIFF")),
    (b"MM\0*", gettext_noop("TIFF")),
    (b"%PDF", gettext_noop("a PDF")),
    (b"MZ", gettext_noop("a Windows program")),
    (b"\x7fELF", gettext_noop("a program")),
    (b"<", gettext_noop("XML or HTML")),
    (b"{", gettext_noop("JSON")),
)
ENCODINGS = re.compile(
    r"utf-?8|utf-?16(le|be)?|(us-)?ascii|gb2312|gbk|gb18030|big5|iso-8859-\d+|windows-125\d|cp125\d|latin-?1",
    re.I,
)
"""Those in which < and ! are themselves; in others a declaration could hide."""
CRS = re.compile(
    rb'"(?:c|\\u00[46]3)(?:r|\\u00[57]2)(?:s|\\u00[57]3)"\s*(?P<next>\Z|:\s*(?:\S|\Z))',
    re.IGNORECASE,
)
"""A key in whatever case and escapes, as GDAL finds it, and how its value begins."""
PROLOG = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
ELEMENT = re.compile(r"<([^\s/>!?<]+)")


def mismatch(label: str, kind: str, head: bytes) -> ImporterError:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    found = next(
        (said for mark, said in SIGNATURES if head.startswith(mark) or start.startswith(mark)),
        gettext_noop("something else"),
    )
    return ImporterError(
        _("{label} is not {kind} but {found}; give it its right ending or export it again.").format(
            label=label, kind=kind, found=gettext(found)
        )
    )


def check_text(path: Path, head: bytes, label: str, limits: Limits) -> None:
    """Text in an encoding of bytes, or in UTF-16."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if re.match(rb"<[!?/a-z]|%PDF|PK\x03\x04", start, re.IGNORECASE):
        raise mismatch(label, _("text"), head)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) and not head.startswith(b"\xff\xfe\0\0"):
        return
    if encoding.unmarked_utf_16(head):
        return
    with path.open("rb") as file:
        while chunk := file.read(HEAD):
            if b"\0" in chunk:
                raise mismatch(label, _("text"), head)


def check_json(path: Path, head: bytes, label: str, limits: Limits) -> None:
    if not head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\x1e \t\r\n").startswith((b"{", b"[")):
        raise mismatch(label, _("JSON in UTF-8"), head)
    carried = b""
    with path.open("rb") as file:
        while chunk := file.read(HEAD):
            if b"\0" in chunk:
                raise ImporterError(
                    _("{label} holds zero bytes, which JSON in UTF-8 does not; export it again.").format(
                        label=label
                    )
                )
            carried = _check_links(carried + chunk, label, last=False)
    _check_links(carried, label, last=True)


def _check_links(content: bytes, label: str, *, last: bool) -> bytes:
    """Refuse a reference system that GDAL would fetch from an address; what must be looked at again with more."""
    for found in CRS.finditer(content):
        if not last and found.start() > len(content) - WINDOW:
            return content[found.start() :]
        if found["next"].endswith(b"{") and _is_link(content, found.end() - 1, label):
            raise ImporterError(
                _("{label} points to an address for its reference system; name it by its EPSG code.").format(
                    label=label
                )
            )
        if not found["next"][1:].strip() and not last:
            raise _unreadable(label)
    return content[-64:]


def _is_link(content: bytes, start: int, label: str) -> bool:
    """Whether an object says, in whatever case and escapes, that it is a link; of equal keys each counts."""
    for window in (1024, WINDOW):
        try:
            text = content[start : start + window].decode(errors="replace")
            pairs = json.JSONDecoder(object_pairs_hook=list).raw_decode(text)[0]
        except (ValueError, RecursionError):
            continue
        return any(key.lower() == "type" and str(value).lower() in {"link", "url"} for key, value in pairs)
    raise _unreadable(label)


def _unreadable(label: str) -> ImporterError:
    return ImporterError(
        _("{label} names its reference system in an unreadable way; export it again.").format(label=label)
    )


def root_element(head: bytes, label: str) -> tuple[str, str]:
    """The local name of the first element and the text from there; no declaration of a type or an entity before it."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        content = head.decode("utf-16", errors="ignore")
    elif head.startswith((b"<\0", b"\0<")):
        content = head.decode("utf-16-le" if head.startswith(b"<") else "utf-16-be", errors="ignore")
    else:
        content = head.removeprefix(b"\xef\xbb\xbf").decode("latin-1")
    position = 0
    while skipped := PROLOG.match(content, position):
        position = skipped.end()
        said = re.search(r"^<\?xml\s[^>]*encoding\s*=\s*[\"']([^\"']*)", skipped[0])
        if said and not ENCODINGS.fullmatch(said[1]):
            raise ImporterError(
                _("{label} is written in {value}, which is not taken; save it as UTF-8.").format(
                    label=label, value=said[1][:20]
                )
            )
    if re.compile("<!(?!--)").match(content, position):
        raise ImporterError(
            _(
                "{label} declares a document type or entities, which could be harmful; export it without."
            ).format(label=label)
        )
    element = ELEMENT.match(content, position)
    if not element:
        raise ImporterError(_("{label} is not well-formed XML; export it again.").format(label=label))
    return element[1].rpartition(":")[2], content[position:]


def check_kml(path: Path, head: bytes, label: str, limits: Limits) -> None:
    name, content = root_element(head, label)
    if name != "kml":
        raise mismatch(label, "KML", head)
    if "NetworkLink" in content and not _holds_placemark(path):
        raise ImporterError(
            _("{label} holds only links to other files; deliver the KML that they lead to.").format(
                label=label
            )
        )


def _holds_placemark(path: Path) -> bool:
    before = b""
    with path.open("rb") as file:
        while chunk := file.read(HEAD):
            if b"Placemark" in (before + chunk).replace(b"\0", b""):
                return True
            before = chunk[-32:]
    return False


def check_gpx(path: Path, head: bytes, label: str, limits: Limits) -> None:
    if root_element(head, label)[0] != "gpx":
        raise mismatch(label, "GPX", head)


def check_osm(path: Path, head: bytes, label: str, limits: Limits) -> None:
    """An extract as protocol buffers or as XML."""
    if path.suffix.lower() == ".osm":
        if root_element(head, label)[0] != "osm":
            raise mismatch(label, _("an OpenStreetMap extract"), head)
    elif not head.startswith(b"\0\0") or b"OSMHeader" not in head[:32]:
        raise mismatch(label, _("an OpenStreetMap extract"), head)


def check_gml(path: Path, head: bytes, label: str, limits: Limits) -> None:
    content = root_element(head, label)[1]
    if not re.search(r"opengis\.net/(gml|citygml)", content[:WINDOW]):
        raise mismatch(label, "GML", head)
