"""Small files as people send them, on the page in both languages: what is there, what to do, and what came of it."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from geoportal.imports import uploads
from importers.models import Import, State
from layers.datasets.models import Dataset
from tests.imports.datasets import take_back_datasets
from tests.job_worker import work_off
from tests.people import client_of

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = "新碶小学,{},121.84,29.90\n泰山小学,{},121.85,29.91\n"


def text(content: str, encoding: str = "utf-8") -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        path = folder / "schools.csv"
        path.write_bytes(content.encode(encoding))
        return path

    return write


def empty_geojson(folder: Path) -> Path:
    path = folder / "empty.geojson"
    path.write_text('{"type": "FeatureCollection", "features": []}')
    return path


def undefined_system(folder: Path) -> Path:
    path = folder / "undefined.gpkg"
    geopandas.GeoDataFrame({"name": ["a"]}, geometry=[shapely.Point(121.84, 29.9)]).to_file(
        path, driver="GPKG"
    )
    return path


def cut_zip(folder: Path) -> Path:
    path = folder / "cut.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("schools.csv", "name,lon,lat\na,121.84,29.9\n" * 50)
    path.write_bytes(path.read_bytes()[:120])
    return path


def shapefile_without_table(folder: Path) -> Path:
    frame = geopandas.GeoDataFrame({"name": ["a"]}, geometry=[shapely.Point(121.84, 29.9)], crs="EPSG:4490")
    frame.to_file(folder / "s.shp")
    path = folder / "s.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for ending in (".shp", ".shx", ".prj"):
            archive.write(folder / f"s{ending}", f"s{ending}")
    return path


HEADINGS = "名称,编号,lon,lat\n"
FILES: dict[str, tuple[Callable[[Path], Path], str, str]] = {
    "title": (
        text("2024年学校名录,,,\n" + HEADINGS + ROWS.format(1, 2)),
        "above the headings stands “2024年学校名录”, a title",
        "标题行上方的“2024年学校名录”按题名处理",
    ),
    "quote": (
        text(HEADINGS + '新碶小学,"1,121.84,29.90\n'),
        "a quotation mark that is opened in line 2 is never closed",
        "第 2 行的引号没有闭合",
    ),
    "columns": (text("名称,编号\n甲,1\n"), "No columns hold the position", "没有位置列"),
    "twice": (text("名称,名称,lon,lat\n甲,1,121.84,29.9\n"), "two columns of the same name", "两列同名"),
    "no rows": (text("名称,lon,lat\n"), "holds no rows", "没有任何行"),
    "system": (text(HEADINGS + ROWS.format(1, 2)), "under “Reference system”", "请在“坐标系”中填写"),
    "empty": (empty_geojson, "holds no rows", "没有任何行"),
    "undefined": (undefined_system, "does not say its reference system", "未注明坐标系"),
    "cut": (cut_zip, "cannot be unpacked", "无法解压：文件不完整或已损坏"),
    "part": (shapefile_without_table, "lacks its .dbf; pack .shp, .shx, .dbf and .prj together", "缺少 .dbf"),
    "gbk": (text(HEADINGS + ROWS.format(1, 2), "gb18030"), "How the text reads", "按不同编码读出的文字"),
}


READ = {"title", "columns", "system", "undefined", "gbk"}
"""Those of which rows can be shown, so that what is missing can be answered."""


@pytest.fixture
def admin() -> Any:
    yield client_of("administrator")
    take_back_datasets()


def sent(client: Client, path: Path, name: str = "") -> Import:
    file = SimpleUploadedFile(name or path.name, path.read_bytes())
    assert client.post("/imports/", {"file": file, "layer": "+"}).status_code == 302
    return Import.objects.latest("pk")


def page(client: Client, imported: Import, language: str) -> str:
    response = client.get(
        f"/imports/{imported.pk}/", headers={"accept": "text/html", "accept-language": language}
    )
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("name", FILES)
def test_the_page_says_what_is_there_and_what_to_do(admin: Client, name: str, tmp_path: Path) -> None:
    make, english, chinese = FILES[name]
    imported = sent(admin, make(tmp_path))
    for language, words in (("en", english), ("zh-hans", chinese)):
        shown = page(admin, imported, language)
        assert words in shown, (language, shown[shown.find("problem") :][:600])
        assert ('value="load"' in shown) == ('value="try"' in shown) == (name in READ)
        assert "Traceback" not in shown
        assert str(uploads.folder(imported).parent) not in shown
        assert " --" not in shown.partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize("name", ["title", "system", "gbk"])
def test_what_is_answered_is_loaded(admin: Client, name: str, tmp_path: Path) -> None:
    imported = sent(admin, FILES[name][0](tmp_path))
    form = {
        "action": "load",
        "title": "学校",
        "name": "schools",
        "audience": "0",
        "title_column": "名称",
        "source_crs": "EPSG:4490",
        "heading": ["名称", "编号", "lon", "lat"],
        **{f"keep-{number}": "on" for number in range(4)},
    }
    assert admin.post(f"/imports/{imported.pk}/", form).status_code == 302
    work_off()
    imported.refresh_from_db()
    assert (imported.state, imported.counts["added"]) == (State.LOADED, 2)
    items = json.loads(admin.get("/ogc/collections/schools/items").content)["features"]
    title = next(field["name"] for field in Dataset.objects.get().fields if field["heading"] == "名称")
    assert {each["properties"][title] for each in items} == {"新碶小学", "泰山小学"}


@pytest.mark.parametrize("letters", [60, 120, 240])
def test_a_long_chinese_name_is_kept_with_its_ending(admin: Client, letters: int, tmp_path: Path) -> None:
    path = FILES["system"][0](tmp_path)
    imported = sent(admin, path, "宁波市北仑区" * (letters // 6) + ".csv")
    assert imported.file_name.startswith("宁波市北仑区")
    assert imported.file_name.endswith(".csv")
    assert uploads.is_here(imported)
    assert "坐标系" in page(admin, imported, "zh-hans")


@pytest.mark.parametrize("sender", ["en", "zh-hans"])
def test_a_report_is_told_to_each_reader_in_their_language(
    admin: Client, sender: str, tmp_path: Path
) -> None:
    path = tmp_path / "p.csv"
    path.write_text(
        "名称,类别,备注,lon,lat\n甲,药店,,121.84,29.9\n乙,药店,,here,29.9\n丙,药店,,121.85,29.9\n"
    )
    said = {"accept-language": sender}
    file = SimpleUploadedFile("p.csv", path.read_bytes())
    admin.post("/imports/", {"file": file, "layer": "pois"}, headers=said)
    imported = Import.objects.latest("pk")
    form = {"source_crs": "EPSG:4490", "anywhere": "on"}
    outcomes = {
        "stopped": ({}, "Nothing was loaded: 1 of 3 rows are wrong", "未入库：3 行中有 1 行不合格"),
        "loaded": ({"accept_valid": "on"}, "columns that were not taken: 备注", "未导入的列：备注"),
    }
    for accepted, english, chinese in outcomes.values():
        admin.post(f"/imports/{imported.pk}/", {"action": "load", **form, **accepted}, headers=said)
        work_off()
        told = {language: page(admin, imported, language) for language in ("en", "zh-hans")}
        assert english in told["en"]
        assert chinese not in told["en"]
        assert chinese in told["zh-hans"]
        assert english not in told["zh-hans"]
        assert "is no position" in told["en"]
        assert "不是有效的坐标" in told["zh-hans"]
    report = f"/imports/{imported.pk}/report.csv"
    for language, words in (("en", "is no position"), ("zh-hans", "不是有效的坐标")):
        rows = b"".join(admin.get(report, headers={"accept-language": language}).streaming_content)  # type: ignore[attr-defined]
        assert words in rows.decode()


def test_a_job_s_outcome_is_said_once(admin: Client, tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("名称,类别,lon,lat\n甲,药店,121.84,29.9\n乙,药店,here,29.9\n")
    file = SimpleUploadedFile("p.csv", path.read_bytes())
    admin.post("/imports/", {"file": file, "layer": "pois"})
    imported = Import.objects.latest("pk")
    admin.post(f"/imports/{imported.pk}/", {"action": "load", "source_crs": "EPSG:4490", "anywhere": "on"})
    work_off()
    jobs = admin.get("/jobs/", headers={"accept": "text/html", "accept-language": "zh-hans"}).content.decode()
    assert "未入库 · 未入库" not in jobs
    imported.refresh_from_db()
    assert imported.state == State.STOPPED
    assert imported.reason in jobs
