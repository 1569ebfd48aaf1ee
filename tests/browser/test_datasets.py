"""From a file that fits no layer to a layer of its own on the map, as an administrator does it; and away again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from layers.datasets.models import Dataset
from layers.registry.audience import Audience
from tests.browser.conftest import STEP, WIDTHS, Visit, accessible, resize
from tests.browser.test_imports import Begin
from tests.district import LAT, LON, SmallDistrict
from tests.imports.datasets import take_back_datasets
from tests.waiting import eventually

STOPS = f"""站名,线路,候车人数,内部备注,lon,lat
泰山路口,101,12,不公开,{LON},{LAT}
中河路,102,3.5,不公开,{LON + 0.001},{LAT}
新碶,101,,不公开,{LON + 0.002},{LAT}
"""
DRAWN = """color => [...document.querySelectorAll('#map2d canvas')].some(c => {
  const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
  for (let i = 0; i < d.length; i += 4) {
    if (d[i] === r && d[i + 1] === g && d[i + 2] === b && d[i + 3] === 255) return true;
  }
  return false;
})"""
"""Whether any dot has the layer's colour."""


@pytest.fixture(autouse=True)
def clean(transactional_db: None) -> Iterator[None]:
    yield
    take_back_datasets()


@pytest.fixture
def stops(tmp_path: Path) -> Path:
    path = tmp_path / "公交站.csv"
    path.write_text(STOPS, encoding="gb18030")
    return path


def test_a_file_becomes_a_layer_on_the_map(
    visit: Begin, committed_district: SmallDistrict, stops: Path
) -> None:
    seen: Visit = visit()
    seen.sign_in("administrator")
    page = seen.open("/imports/")
    page.get_by_label("文件", exact=True).set_input_files(stops)
    page.get_by_label("导入图层").select_option(label="都不合适：新建一个图层")
    page.get_by_role("button", name="上传").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("公交站.csv")
    expect(page.get_by_role("alert")).to_contain_text("EPSG:4490")
    page.get_by_label("坐标系").fill("EPSG:4490")
    page.get_by_role("button", name="重新查看").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.get_by_label("地址中的名称")).to_have_value("gongjiaozhan")
    expect(page.get_by_role("row", name="候车人数").last).to_contain_text("数值")
    accessible(page)
    page.get_by_label("英文标题").fill("Bus stops")
    page.get_by_label("地址中的名称").fill("bus-stops")
    page.get_by_label("可见范围").select_option(label="公开")
    page.get_by_label("采用“内部备注”").uncheck()
    page.get_by_label("“线路”的英文标签").fill("Line")
    page.get_by_role("button", name="试运行（不发布）").click()
    expect(page.get_by_role("list", name="计数")).to_contain_text("3 新增")
    assert not Dataset.objects.exists()
    accessible(page)
    page.get_by_role("button", name="发布图层").click()
    expect(page.get_by_role("link", name="在地图上查看")).to_be_visible()
    accessible(page)
    made = Dataset.objects.get()
    assert (made.name, made.title, made.title_en, made.audience) == ("bus-stops", "公交站", "Bus stops", 0)
    assert [(field["label"], field["label_en"]) for field in made.fields] == [
        ("站名", "站名"),
        ("线路", "Line"),
        ("候车人数", "候车人数"),
    ]
    page.get_by_role("link", name="在地图上查看").click()
    expect(page.get_by_role("checkbox", name="公交站")).to_be_checked()
    page.wait_for_function(DRAWN, arg=made.color)
    assert seen.complaints == []
    assert seen.foreign == []


def test_its_pages_are_in_english_and_fit(
    visit: Begin, committed_district: SmallDistrict, stops: Path
) -> None:
    seen: Visit = visit(locale="en-US")
    seen.sign_in("administrator")
    page = seen.open("/imports/")
    page.get_by_label("File", exact=True).set_input_files(stops)
    page.get_by_label("For the layer").select_option(label="None fits: make a new layer of it")
    page.get_by_role("button", name="Send").click()
    page.get_by_label("Reference system").fill("EPSG:4490")
    page.get_by_role("button", name="Look again").click()
    expect(page.get_by_text("The layer is made of points.")).to_be_visible()
    fits(page)
    page.get_by_label("English title").fill("Bus stops")
    page.get_by_label("Who may see it").select_option(label="Public")
    page.get_by_role("button", name="Publish the layer").click()
    page.get_by_role("link", name="Change or withdraw the layer").click(timeout=STEP)
    expect(page.get_by_role("heading", level=1)).to_have_text("Bus stops")
    fits(page)
    page.get_by_label("English title").fill("Bus halts")
    page.get_by_label("Who may see it").select_option(label="Department")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bus halts")
    assert Dataset.objects.get().audience == Audience.DEPARTMENT
    page.get_by_text("Withdraw the layer", exact=True).click()
    fits(page)
    page.get_by_role("button", name="Withdraw it with all its rows").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Imports")
    assert not Dataset.objects.filter(is_published=True).exists()
    eventually(lambda: not Dataset.objects.exists())
    assert seen.complaints == []


def fits(page: Page) -> None:
    """On a phone and on a desk, and can be used by everybody there."""
    for width in WIDTHS:
        resize(page, width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        accessible(page)
