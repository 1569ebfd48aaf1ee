"""The pages of jobs as an administrator uses them: watch an import, cancel it, read what befell it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, transaction
from playwright.sync_api import Page, expect

from layers.base.models import Building
from layers.jobs.models import Job
from tests.browser.conftest import WIDTHS, accessible, resize
from tests.browser.test_imports import Begin, delivery
from tests.district import SmallDistrict


@contextmanager
def layer_locked(table: str) -> Iterator[None]:
    """What is loaded into the layer meanwhile waits."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {connection.ops.quote_name(table)} IN EXCLUSIVE MODE")
        yield


def uploaded(page: Page, root: str, file: Path) -> None:
    page.goto(f"{root}/imports/")
    page.get_by_label("文件", exact=True).set_input_files(file)
    page.get_by_label("导入图层").select_option("buildings")
    page.get_by_label("数据来源").fill("测绘院")
    page.get_by_role("button", name="上传").click()
    page.get_by_label("合格的行入库，其余留待处理").check()


def press_by_keyboard(page: Page, role: str, name: str) -> None:
    """Found with the tabulator alone, and pressed."""
    page.locator("body").focus()
    for _ in range(40):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if focused.evaluate("node => node.textContent").strip() == name:
            assert focused.evaluate("node => node.tagName") == {"link": "A", "button": "BUTTON"}[role]
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"no key leads to {name}")


def well_made(page: Page) -> None:
    for width in WIDTHS:
        resize(page, width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        accessible(page)


def test_an_import_is_watched_and_cancelled_by_keyboard(
    visit: Begin, committed_district: SmallDistrict, tmp_path: Path
) -> None:
    seen = visit()
    seen.sign_in("administrator")
    page = seen.page
    uploaded(page, seen.root, delivery(tmp_path))
    with layer_locked(Building._meta.db_table):
        page.get_by_role("button", name="入库", exact=True).click()
        expect(page.locator("[data-part=state]")).to_have_text("进行中")
        page.goto(f"{seen.root}/jobs/?state=active")
        row = page.locator("table.listing tbody tr")
        expect(row).to_have_count(1)
        expect(row).to_contain_text("建筑.zip")
        well_made(page)
        press_by_keyboard(page, "link", "导入文件")
        expect(page.get_by_role("heading", level=1)).to_have_text("导入文件")
        expect(page.get_by_role("progressbar", name="进度")).to_be_visible()
        expect(page.locator("[data-part=said]")).not_to_be_empty()
        well_made(page)
        press_by_keyboard(page, "button", "取消任务")
        expect(page.get_by_role("heading", level=1)).to_have_text("建筑.zip")
        # The page sees by itself that the job has ended.
        expect(page.get_by_role("alert")).to_contain_text("administrator 取消了任务。", timeout=60_000)
    assert not Building.objects.filter(source="测绘院").exists()
    page.goto(f"{seen.root}/jobs/{Job.objects.get().pk}/")
    expect(page.locator(".lead .badge")).to_have_text("已取消")
    expect(page.get_by_role("list", name="日志").get_by_role("listitem").last).to_contain_text(
        "administrator 取消了任务。"
    )
    expect(page.get_by_role("button", name="取消任务")).to_have_count(0)
    well_made(page)
    assert (seen.complaints, seen.foreign) == ([], [])


def test_a_job_page_shows_by_itself_what_came_of_it(
    visit: Begin, committed_district: SmallDistrict, tmp_path: Path
) -> None:
    seen = visit()
    seen.sign_in("administrator")
    page = seen.page
    uploaded(page, seen.root, delivery(tmp_path))
    with layer_locked(Building._meta.db_table):
        page.get_by_role("button", name="入库", exact=True).click()
        expect(page.locator("[data-part=state]")).to_have_text("进行中")
        page.goto(f"{seen.root}/jobs/{Job.objects.get().pk}/")
        expect(page.locator("[data-part=state]")).to_have_text("进行中")
    expect(page.locator(".lead .badge")).to_have_text("已完成", timeout=60_000)
    expect(page.get_by_role("progressbar")).to_have_count(0)
    accessible(page)
    page.get_by_role("link", name="建筑.zip").click()
    expect(page.get_by_role("list", name="计数")).to_contain_text("2 新增")
    assert Building.objects.filter(source="测绘院").count() == 2
