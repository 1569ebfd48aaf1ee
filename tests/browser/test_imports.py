"""From a file that came by mail to the layer on the map, as an administrator does it."""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas
import shapely
from playwright.sync_api import expect

from layers.base.models import Building
from tests.browser.conftest import WIDTHS, Visit, accessible, resize
from tests.district import LAT, LON, SmallDistrict

Begin = Callable[..., Visit]
FIRST = shapely.box(LON + 0.001, LAT + 0.001, LON + 0.0013, LAT + 0.0013)


def delivery(folder: Path) -> Path:
    """A zipped shapefile in a plane's system with Chinese text of unsaid encoding; one row of three is wrong."""
    shapes = [shapely.affinity.translate(FIRST, n * 0.0005) for n in range(3)]
    columns = {"编号": ["a", "b", "c"], "名称": ["新碶一号楼", "", ""], "层数": ["12", "高层", "3"]}
    frame = geopandas.GeoDataFrame(columns, geometry=shapes, crs=4490).to_crs(4549)
    frame.to_file(folder / "建筑.shp", encoding="GB18030")
    with zipfile.ZipFile(folder / "建筑.zip", "w") as archive:
        for part in folder.glob("建筑.[sdp]*"):
            archive.write(part, part.name)
    return folder / "建筑.zip"


def test_a_file_comes_to_the_map(visit: Begin, committed_district: SmallDistrict, tmp_path: Path) -> None:
    seen: Visit = visit()
    seen.sign_in("administrator")
    page = seen.open("/imports/")
    accessible(page)
    page.get_by_label("文件", exact=True).set_input_files(delivery(tmp_path))
    page.get_by_label("导入图层").select_option("buildings")
    page.get_by_label("数据来源").fill("测绘院")
    page.get_by_role("button", name="上传").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("建筑.zip")
    expect(page.locator(".note").first).to_contain_text("gb18030")
    expect(page.get_by_label("“名称”对应的列")).to_have_value("名称")
    accessible(page)
    page.get_by_role("button", name="试运行（不入库）").click()
    expect(page.get_by_role("alert")).to_contain_text("3 行中有 1 行不合格")
    expect(page.get_by_text("“高层”不是整数")).to_be_visible()
    assert not Building.objects.filter(source="测绘院").exists()
    accessible(page)
    page.get_by_label("合格的行入库，其余留待处理").check()
    page.get_by_role("button", name="入库", exact=True).click()
    expect(page.get_by_role("list", name="计数")).to_contain_text("2 新增")
    assert Building.objects.filter(source="测绘院").count() == 2
    expect(page.locator("#places path").first).to_be_attached()
    assert seen.complaints == []
    page.get_by_role("link", name="2", exact=True).click()
    page.get_by_label("层数").fill("9")
    page.get_by_role("button", name="保存").click()
    page.get_by_role("button", name="重试待处理的行").click()
    expect(page.get_by_text("更正后已入库")).to_be_visible()
    assert Building.objects.get(external_id="b").storeys == 9
    page.get_by_role("link", name="在地图上查看").click()
    expect(page).to_have_url(re.compile("layers=buildings"))
    assert seen.foreign == []


def test_the_page_fits_and_can_be_used_by_everybody(visit: Begin) -> None:
    seen: Visit = visit(locale="en-US")
    seen.sign_in("administrator")
    page = seen.open("/imports/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Imports")
    for width in WIDTHS:
        resize(page, width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        accessible(page)
    assert seen.complaints == []
