"""Files as somebody might upload them, good and bad, and the sentence with which one is refused."""

import io
import tarfile
import zipfile
from pathlib import Path

import geopandas
import openpyxl
import pytest
import shapely

from importers.errors import ImporterError
from importers.safety.archives import Limits
from importers.safety.inspection import open_checked

CSV = "name,lon,lat\n新碶,121.8,29.9\n".encode()
POINT = '{"type": "Point", "coordinates": [121.8, 29.9]}'
GEOJSON = f'{{"type": "Feature", "properties": {{"a": 1}}, "geometry": {POINT}}}'.encode()
KML = b'<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Placemark/></kml>'
GML = b'<?xml version="1.0"?><FeatureCollection xmlns:gml="http://www.opengis.net/gml"/>'
DTD = b'<?xml version="1.0"?><!-- <kml> --><!DOCTYPE kml [<!ENTITY a "aaaa">]>'
SMALL = Limits(max_bytes=1_000_000, max_members=20)


class ChineseName(zipfile.ZipInfo):
    """A member named in GBK without saying so, as Windows in China packs it."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


def zipped(path: Path, *members: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def tarred(path: Path, *members: tuple[tarfile.TarInfo | str, bytes]) -> Path:
    with tarfile.open(path, "w:gz" if path.suffix in {".gz", ".tgz"} else "w") as archive:
        for name, content in members:
            info = tarfile.TarInfo(name) if isinstance(name, str) else name
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def workbook(*more: tuple[str, bytes]) -> bytes:
    content = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["name", "lon", "lat"])
    book.save(content)
    with zipfile.ZipFile(content, "a") as archive:
        for name, part in more:
            archive.writestr(name, part)
    return content.getvalue()


def macro_workbook() -> bytes:
    """A workbook whose macros lie in a part of another name."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as book, zipfile.ZipFile(content, "w") as changed:
        for info in book.infolist():
            changed.writestr(
                info, book.read(info).replace(b"spreadsheetml.sheet.main", b"sheet.macroEnabled.main")
            )
        changed.writestr("xl/theme.bin", b"x")
    return content.getvalue()


def shapefile(folder: Path, name: str) -> list[Path]:
    folder.mkdir(exist_ok=True)
    frame = geopandas.GeoDataFrame({"名称": [name]}, geometry=[shapely.Point(121.8, 29.9)], crs="EPSG:4326")
    frame.to_file(folder / f"{name}.shp", encoding="gb18030", engine="pyogrio")
    return sorted(folder.glob(f"{name}.*"))


def table(driver: str, path: Path) -> Path:
    geopandas.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(121.8, 29.9)], crs="EPSG:4326").to_file(
        path, driver=driver, engine="pyogrio"
    )
    return path


def refusal(path: Path, limits: Limits | None = None) -> str:
    with pytest.raises(ImporterError) as refused, open_checked(path, *([limits] if limits else [])):
        pass
    said = str(refused.value)
    assert said.endswith(".")
    assert "\n" not in said
    return said
