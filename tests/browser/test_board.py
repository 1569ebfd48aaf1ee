"""Board, statistics and work record as a leader uses them: figures lead to cases, the map is shaded, all can use it."""

import re
from collections.abc import Callable
from datetime import timedelta
from itertools import product

import pytest
from django.contrib.gis.geos import Point
from django.utils import timezone
from playwright.sync_api import expect

from geoportal.accounts.models import User
from layers.agencies.models import Department
from layers.casework.cases import assignment
from layers.casework.cases.creation import CaseIntake, open_case
from layers.casework.cases.transitions import take_step
from layers.casework.models import Case
from layers.casework.procedures.versions import ship_versions, version_in_force
from layers.casework.room_texts import SHIPPED
from layers.coordinates import STORE_SRID
from tests.browser.conftest import WIDTHS, Visit, accessible, resize
from tests.district import LAT, LON, SmallDistrict
from tests.officers import make_officers
from tests.people import make_person
from tests.room_texts import procedure_texts

Begin = Callable[..., Visit]


@pytest.fixture
def led(committed_district: SmallDistrict) -> None:
    """A leader with an account, and three cases of the department of which one is overdue."""
    ship_versions(procedure_texts(), SHIPPED)
    people = make_officers()
    leader = make_person("officer")
    User.objects.filter(pk=leader.pk).update(officer=people["leader"].officer)
    for number in range(3):
        found = CaseIntake(
            title=f"占道经营 {number}",
            department=Department.objects.get(code="UM"),
            version=version_in_force("ordinary"),
            position=Point(LON + 0.0003, LAT + 0.0003, srid=STORE_SRID),
        )
        case = open_case(found, people["first"])
    take_step(case.pk, "check_lead", people["first"])
    assignment.add_note(case.pk, "班组长已阅", people["leader"])
    Case.objects.filter(pk=case.pk).update(due=timezone.now() - timedelta(days=1))


def test_a_leader_goes_from_the_board_to_the_overdue_cases(visit: Begin, led: None) -> None:
    seen: Visit = visit()
    seen.sign_in("officer")
    page = seen.open("/cases/board/")
    expect(page.get_by_role("heading", level=1)).to_have_text("督办看板")
    expect(page.locator(".choropleth path").first).to_be_attached()
    accessible(page)
    page.get_by_label("已逾期", exact=True).check()
    expect(page.locator(".choropleth-legend")).to_contain_text("已逾期")
    row = page.get_by_role("row", name=re.compile("officer first"))
    row.get_by_role("link", name=re.compile("已逾期: 1$")).click()
    expect(page.get_by_role("status")).to_contain_text("1")
    expect(page.locator("main")).to_contain_text("占道经营 2")
    assert seen.complaints == []
    assert seen.foreign == []


def test_a_rate_is_seen_as_number_bar_and_table(visit: Begin, led: None) -> None:
    seen: Visit = visit()
    seen.sign_in("officer")
    page = seen.open("/cases/statistics/?by=grid&rate=filing")
    expect(page.get_by_role("heading", level=1)).to_have_text("统计")
    expect(page.locator(".chart rect.share").first).to_be_attached()
    expect(page.locator(".choropleth path").first).to_be_attached()
    accessible(page)
    page.get_by_label("分组").select_option("month")
    page.get_by_role("button", name="查看").click()
    expect(page).to_have_url(re.compile("by=month"))
    with page.expect_download() as download:
        page.get_by_role("link", name="全部数字（CSV）").click()
    assert download.value.suggested_filename == "cases-by-month.csv"
    assert seen.complaints == []


def test_a_day_is_read_and_corrected(visit: Begin, led: None) -> None:
    seen: Visit = visit()
    seen.sign_in("officer")
    page = seen.open("/cases/days/")
    expect(page.locator(".day")).to_contain_text("班组长已阅")
    expect(page.locator("#places path").first).to_be_attached()
    accessible(page)
    page.get_by_label("更正内容").fill("当日另到现场复查一次")
    page.get_by_role("button", name="添加").click()
    expect(page.locator(".correction")).to_contain_text("当日另到现场复查一次")
    page.locator("[name=officer]").select_option("first")
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("officer first")
    expect(page.get_by_role("button", name="添加")).to_have_count(0)
    assert seen.complaints == []


def test_pages_fit_and_can_be_used_by_everybody(visit: Begin, led: None) -> None:
    seen: Visit = visit(locale="en-US")
    seen.sign_in("officer")
    for door, width in product(("/cases/board/", "/cases/statistics/?by=grid", "/cases/days/"), WIDTHS):
        resize(seen.page, width)
        page = seen.open(door)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator("path.leaflet-interactive").first).to_be_attached()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        accessible(page)
    assert seen.complaints == []
