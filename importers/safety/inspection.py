"""Deciding, before any reader sees an uploaded file, that it is what it says and holds nothing harmful."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

import pyogrio
from django.utils.translation import gettext_noop

from importers.errors import ImporterError
from layers.sentences.sentence import gettext
from layers.sentences.sentence import gettext as _

from .archives import Budget, Limits, archive_ending, safe_name, unpack
from .content_types import check
from .folders import own_folder
from .geopackage import merge_log

KINDS = {
    ".shp": "shp",
    ".gpkg": "gpkg",
    ".geojson": "json",
    ".json": "json",
    ".geojsonl": "json",
    ".ndjson": "json",
    ".geojsons": "json",
    ".fgb": "fgb",
    ".parquet": "parquet",
    ".geoparquet": "parquet",
    ".kml": "kml",
    ".gpx": "gpx",
    ".dxf": "dxf",
    ".tab": "mapinfo",
    ".mif": "mapinfo",
    ".gml": "gml",
    ".xml": "gml",
    ".pbf": "osm",
    ".osm": "osm",
    ".tif": "tiff",
    ".tiff": "tiff",
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".xlsx": "xlsx",
}
PACKED = {".zip": "zip", ".kmz": "zip", ".tar": "tar", ".gz": "gzip", ".tar.gz": "gzip", ".tgz": "gzip"}
SIDECARS = {
    ".dbf": ".shp", ".shx": ".shp", ".prj": ".shp", ".cpg": ".shp",
    ".dat": ".tab", ".map": ".tab", ".id": ".tab", ".mid": ".mif", ".gpkg-wal": ".gpkg",
}  # fmt: skip
GEODATABASE = {".gdbtable", ".gdbtablx", ".gdbindexes", ".freelist", ".horizon", ".atx", ".spx"}
FIRST_TABLE = "a00000001.gdbtable"
BESIDE_DATA = {".txt", ".xml"}
"""Endings that beside other data are words about them."""
ABOUT = ("readme", "licen", "copying", "说明", "metadata")
"""How the names of texts begin that are no data."""
NEVER = {
    **dict.fromkeys((".vrt", ".url", ".lnk", ".webloc", ".ovf"), gettext_noop("only points to data elsewhere; deliver the file that holds them")),
    **dict.fromkeys((".xlsm", ".xlsb", ".xls", ".xltm", ".xlam"), gettext_noop("may hold macros; save it as .xlsx")),
    **dict.fromkeys((".rar", ".7z"), gettext_noop("is packed in a way that is not taken; pack it as .zip")),
    **dict.fromkeys(
        (".exe", ".dll", ".so", ".dylib", ".bat", ".cmd", ".com", ".scr", ".msi", ".ps1", ".vbs", ".js", ".jar", ".sh", ".py", ".hta"),
        gettext_noop("is a program; deliver only the data"),
    ),
}  # fmt: skip
INSTEAD = {
    **dict.fromkeys((".ods", ".et", ".numbers"), gettext_noop("is a workbook of a kind that is not taken; save it as .xlsx")),
    **dict.fromkeys((".dwg", ".dgn"), gettext_noop("is a drawing that only its own program reads; save it as .dxf")),
    **dict.fromkeys((".mdb", ".accdb"), gettext_noop("is a database; export its table as .csv or .xlsx")),
    **dict.fromkeys((".doc", ".docx", ".pdf", ".wps"), gettext_noop("is a text for people to read; deliver its table as .xlsx")),
}  # fmt: skip
"""What holds data that is taken as another kind of file; in an archive it may lie beside data."""
TAKEN = gettext_noop(
    ".shp (zipped with .shx, .dbf, .prj), .gpkg, .gdb (zipped), .geojson, .json, .geojsonl, .ndjson, .geojsons, .fgb, .parquet,"
    " .geoparquet, .kml, .kmz, .gpx, .dxf, .tab, .mif, .gml, .osm.pbf, .city.json, .tif, .tiff, .csv, .tsv, .txt, .xlsx,"
    " and .zip, .tar, .tar.gz, .tgz, .gz of these"
)
DEEPEST = 2
"""Archives within one another."""
LIMITS = Limits()


GDAL = {
    "GML_DOWNLOAD_SCHEMA": False,  # else it asks the address of the schema that a file names
    "GML_FIELDTYPES": "ALWAYS_STRING",  # else it takes 1E2 and 2020-02-30 for numbers and days of its own making
    "OGR_GEOJSON_DATE_AS_STRING": "YES",
    "OGR_GPKG_NUM_THREADS": "1",  # else it reads ahead on all cores, on which the rows are checked
}


@contextmanager
def open_checked(path: Path, limits: Limits = LIMITS) -> Iterator[list[Path]]:
    """Regular files to read, from a plain file or a zip/tar/gz/kmz archive unpacked into a temporary folder that ends with the block.

    A shapefile or MapInfo table is its main file, its sidecars beside it; a File Geodatabase is its folder.
    Raises ImporterError with one sentence naming the file or member.
    """
    pyogrio.set_gdal_config_options(GDAL)
    path = _regular(path)
    with own_folder() as folder:
        if archive_ending(path.name):
            yield _unpack_datasets(path, folder, limits)
        else:
            yield [_named_by_us(path, folder, limits)]


def _named_by_us(path: Path, folder: Path, limits: Limits) -> Path:
    """A link to a plain file under a name in which readers find no meaning; what they write beside it ends with it."""
    log = path.with_name(f"{path.name}-wal")
    inside = folder / safe_name(path.name)
    if log.exists():
        shutil.copyfile(path, inside)
        shutil.copyfile(log, inside.with_name(f"{inside.name}-wal"))
        merge_log(inside)
    else:
        inside.symlink_to(path)
    for each in path.parent.iterdir():
        if (
            each.stem == path.stem
            and SIDECARS.get(each.suffix.lower()) == path.suffix.lower()
            and each != log
        ):
            inside.with_suffix(each.suffix).symlink_to(each)
    _check_plain(inside, limits)
    return inside


def checked_path(path: Path) -> Path:
    """The absolute path of a plain file that may be read."""
    path = _regular(path)
    _check_plain(path, LIMITS)
    return path


def _regular(path: Path) -> Path:
    try:
        found = path.resolve(strict=True)
    except (OSError, ValueError, RuntimeError):
        found = path
    if str(path).startswith("/vsi") or not found.is_file():
        raise ImporterError(_("{path} is no file; deliver a file.").format(path=path))
    if not os.access(found, os.R_OK):
        raise ImporterError(_("{path} may not be read here; give the right to read it.").format(path=path))
    return found


def _check_plain(path: Path, limits: Limits) -> None:
    ending = path.suffix.lower()
    _reject_harmful(PurePosixPath(path.name), path.name)
    if ending in INSTEAD:
        raise _refusal(path.name, INSTEAD[ending])
    if ending == ".dbf":
        raise ImporterError(
            _(
                "{path} is only the table of a shapefile; deliver it in one zip with its {name}.shp, or a table without places as .csv or .xlsx."
            ).format(path=path.name, name=path.stem)
        )
    if ending in SIDECARS:
        raise ImporterError(
            _("{path} is only a part; deliver it in one zip with its {path2}{value}.").format(
                path=path.name, path2=path.stem, value=SIDECARS[ending]
            )
        )
    if ending not in KINDS:
        raise ImporterError(
            _("{path} is not of a kind that is taken; taken are {TAKEN}.").format(
                path=path.name, TAKEN=gettext(TAKEN)
            )
        )
    check(path, path.name, KINDS[ending], limits)


def _reject_harmful(place: PurePosixPath, label: str) -> None:
    if (reason := NEVER.get(place.suffix.lower())) is not None:
        raise _refusal(label, reason)


def _refusal(label: str, reason: str) -> ImporterError:
    return ImporterError(_("{label} {reason}.").format(label=label, reason=gettext(reason)))


def _unpack_datasets(path: Path, root: Path, limits: Limits) -> list[Path]:
    budget = Budget(path.name, path.stat().st_size, limits)
    held = _unpack(path, path.name, root, budget, 1)
    datasets = _datasets(root)
    if not datasets:
        some = ", ".join(held[:5]) + ("…" if len(held) > 5 else "")
        raise ImporterError(
            _("{path} holds nothing that can be read, only {value}; taken are {TAKEN}.").format(
                path=path.name, value=some or "nothing", TAKEN=gettext(TAKEN)
            )
        )
    for dataset in datasets:
        label = f"{dataset.name} in {path.name}"
        if dataset.suffix == ".gpkg":
            merge_log(dataset)
        if dataset.is_dir():
            check(dataset / FIRST_TABLE, label, "gdb", limits)
        else:
            check(dataset, label, KINDS[dataset.suffix], limits)
    return datasets


def _unpack(path: Path, label: str, root: Path, budget: Budget, depth: int) -> list[str]:
    """Everything of an archive and the archives in it that may belong to a dataset; the names of all it holds."""
    if depth > DEEPEST:
        raise ImporterError(
            _("{label} is an archive in an archive in an archive; pack the data once.").format(label=label)
        )
    check(path, label, PACKED[archive_ending(path.name) or ""], budget.limits)
    into = root / f"{sum(1 for _ in root.iterdir()):04}"
    into.mkdir()
    held = unpack(path, into, budget, lambda place: _is_data(place, label))
    for inner in sorted(into.rglob("*")):
        if inner.is_file() and archive_ending(inner.name):
            held += _unpack(inner, f"{inner.name} in {label}", root, budget, depth + 1)
            inner.unlink()
    return held


def _is_data(place: PurePosixPath, archive: str) -> bool:
    """Whether a member can belong to a dataset; all else stays packed."""
    if any(part.startswith((".", "~$")) or part == "__MACOSX" for part in place.parts):
        return False
    _reject_harmful(place, f"{archive}: {place.name}")
    ending = place.suffix.lower()
    if any(part.lower().endswith(".gdb") for part in place.parts[:-1]):
        return ending in GEODATABASE or place.name in {"gdb", "timestamps"}
    return ending in KINDS or ending in SIDECARS or archive_ending(place.name) is not None


def _datasets(root: Path) -> list[Path]:
    found = sorted(root.rglob("*"))
    folders = [
        first.parent for first in found if first.name == FIRST_TABLE and first.parent.suffix.lower() == ".gdb"
    ]
    files = [file for file in found if file.is_file() and file.suffix in KINDS and file.parent not in folders]
    data = [file for file in files if file.suffix not in BESIDE_DATA]
    about = [file for file in files if file not in data and not file.stem.lower().startswith(ABOUT)]
    texts = [file for file in about if file.suffix == ".txt"]
    return folders + data or texts or about
