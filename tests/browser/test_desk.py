"""An ordinary case at the desk, brought from lead to close by the officers whose turn it is, with a hearing."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import product

import pytest
from django.contrib.gis.geos import Point
from django.utils import timezone
from playwright.sync_api import FilePayload, Page, expect

from layers.agencies.models import Department
from layers.casework.access.actor import Actor
from layers.casework.cases import assignment
from layers.casework.cases.creation import CaseIntake, open_case
from layers.casework.log.event_log import log_flaws
from layers.casework.models import Case, Limit
from layers.casework.procedures.versions import version_in_force
from layers.casework.room_texts import ship_room_texts
from layers.coordinates import STORE_SRID
from layers.enforcement.models import PenaltyDecision
from tests.browser.conftest import AXE_WIDTHS, STEP, WIDTHS, Visit, accessible, resize
from tests.cases.conftest import account_of, picture
from tests.casework.papers import make_papers
from tests.district import LAT, LON, SmallDistrict
from tests.officers import make_officers

Begin = Callable[..., Visit]
SECOND = {"partner": "officer second"}


@pytest.fixture
def staff(committed_district: SmallDistrict) -> dict[str, Actor]:
    ship_room_texts()
    return make_officers()


@pytest.fixture
def lead(staff: dict[str, Actor]) -> Case:
    return open_case(
        CaseIntake(
            "违规户外广告",
            Department.objects.get(code="UM"),
            version_in_force("ordinary"),
            position=Point(LON + 0.0003, LAT + 0.0003, srid=STORE_SRID),
            accuracy=12,
            address="泰山路1号",
            party={"party_kind": "organisation", "party_name": "北仑演示有限公司"},
        ),
        staff["first"],
    )


class Officers:
    """Browsers of several officers, each signed in once."""

    def __init__(self, visit: Begin, staff: dict[str, Actor], **options: object) -> None:
        self.visit, self.staff, self.options = visit, staff, options
        self.visits: dict[str, Visit] = {}

    def page(self, name: str) -> Page:
        if name not in self.visits:
            account_of(self.staff[name])
            self.visits[name] = self.visit(**self.options)
            self.visits[name].sign_in(name)
        return self.visits[name].page

    def at(self, name: str, path: str) -> Page:
        page = self.page(name)
        page.goto(self.visits[name].root + path, timeout=STEP)
        return page

    def take(self, name: str, case: Case, step: str, given: dict[str, str] | None = None) -> Page:
        """Open the case, fill in the step's form and send it."""
        make_papers(case, self.staff["first"], step)
        page = self.at(name, f"/cases/{case.pk}/")
        form = page.locator(f"#step-{step}")
        form.locator("summary").click()
        for field, value in (given or {}).items():
            fill(page, f"{step}-{field}", value)
        form.locator("button[type=submit]").click()
        expect(page.locator(".done")).to_be_visible()
        return page

    def complaints(self) -> list[str]:
        return [words for seen in self.visits.values() for words in (*seen.complaints, *seen.foreign)]


def fill(page: Page, field: str, value: str) -> None:
    found = page.locator(f"[id='{field}']")
    kind = found.evaluate("element => element.type")
    if kind == "checkbox":
        found.check()
    elif kind == "select-one":
        found.select_option(label=value)
    else:
        found.fill(value)


@pytest.fixture
def officers(visit: Begin, staff: dict[str, Actor]) -> Iterator[Officers]:
    found = Officers(visit, staff)
    yield found
    assert found.complaints() == []


def add_photograph(page: Page, title: str) -> None:
    page.get_by_text("添加证据", exact=True).click()
    content = picture("teal" if title == "近景" else "orange").read()
    page.locator("#evidence-file").set_input_files(
        {"name": f"{title}.jpg", "mimeType": "image/jpeg", "buffer": content}
    )
    page.locator("#evidence-name").fill(title)
    page.locator("#evidence").get_by_role("button", name="添加").click()
    expect(page.locator(".done")).to_contain_text("证据已入库")


def test_a_case_goes_its_lawful_way_from_lead_to_close_without_scripts(
    visit: Begin, staff: dict[str, Actor], officers: Officers, lead: Case
) -> None:
    walk(Officers(visit, staff, java_script_enabled=False), lead)
    lead.refresh_from_db()
    assert (lead.state, lead.outcome) == ("closed", "penalised")
    assert PenaltyDecision.objects.get(case=lead).fine == Decimal(60000)
    assert list(log_flaws()) == []
    publish(officers, lead)
    accessible(officers.page("first"))


def walk(officers: Officers, lead: Case) -> None:
    today, later = (timezone.localdate() + timedelta(days=days) for days in (0, 40))
    page = officers.at("head", "/cases/inbox/?box=post")
    page.get_by_label("搜索").fill(lead.number)
    page.locator(".filters").get_by_role("button").click()
    expect(page.get_by_role("link", name="违规户外广告")).to_be_visible()
    officers.take("first", lead, "check_lead", {"facts": "擅自设置落地式广告牌。"})
    officers.take("head", lead, "file")
    officers.take("first", lead, "start_investigation", {"certificate_shown": "x", **SECOND})
    for title in ("远景", "近景"):
        add_photograph(officers.at("first", f"/cases/{lead.pk}/"), title)
    page = officers.page("first")
    expect(page.locator(".exhibit")).to_have_count(2)
    page.get_by_text("添加记录", exact=True).click()
    page.locator("#note-text").fill("远景摄于马路对面")
    page.locator("#handling").get_by_role("button", name="添加").click()
    expect(page.locator("#timeline")).to_contain_text("远景摄于马路对面")
    officers.take("first", lead, "inspect", {"record": "广告牌高 6 米。", **SECOND})
    proposal = {
        "proposal": "给予处罚",
        "facts": "擅自设置落地式广告牌，高 6 米。",
        "penalty": "罚款、没收",
        "fine": "60000",
        "public_influence": "x",
    }
    officers.take("first", lead, "conclude", {**proposal, **SECOND})
    page = officers.at("first", f"/cases/{lead.pk}/")
    expect(page.locator("#steps")).to_contain_text("只有中队（科室）负责人可以办理")
    officers.take("leader", lead, "pass_review", {"opinion": "事实清楚，证据充分。"})
    notice = {
        "rights_text": "拟罚款 60000 元。",
        "noticed_penalty": "罚款、没收",
        "noticed_fine": "60000",
        "noticed_confiscation": "0",
    }
    delivery = {"method": "直接送达", "delivered_on": str(today)}
    officers.take("first", lead, "issue_notice", {**notice, **SECOND})
    officers.take("first", lead, "serve_notice", {**delivery, **SECOND})
    officers.take("legal", lead, "request_hearing")
    page = officers.at("leader", f"/cases/{lead.pk}/")
    expect(page.locator("#steps")).to_contain_text("举行听证")
    called = {
        "hearing_date": str(later),
        "hearing_time": "9时30分",
        "hearing_place": "本局三楼会议室",
        "hearing_chair": "officer chair · 城市管理局",
    }
    officers.take("chair", lead, "announce_hearing", called)
    officers.take("first", lead, "serve_hearing_notice", delivery)
    # The day of the hearing has come.
    Limit.objects.filter(case=lead, code="hearing_notice").update(due=timezone.now())
    lead.refresh_from_db()
    fields = {**lead.fields, "hearing_date": str(today)}
    Case.objects.filter(pk=lead.pk).update(facts={**lead.facts, "fields": fields})
    officers.take("chair", lead, "hold_hearing", {"record": "当事人到场陈述。", "full_record": "x"})
    officers.take("chair", lead, "submit_hearing")
    officers.take("legal", lead, "pass_legal_review", {"opinion": "程序合法。"})
    decision = {"penalty": "罚款、没收", "fine": "60000", "decision_text": "罚款 60000 元。"}
    officers.take("head", lead, "decide_penalty", decision)
    officers.take("first", lead, "deliver", {**delivery, **SECOND})
    paid = {"paid": "60000", "receipt_number": "330206-1", "channel": "代收银行"}
    officers.take("first", lead, "record_payment", paid)
    officers.take("first", lead, "record_fulfilment", {"fulfilment": "罚款已缴清，广告牌已拆除。"})
    page = officers.take("head", lead, "close")
    expect(page.locator(".case-number")).to_contain_text("结案")


def publish(officers: Officers, case: Case) -> None:
    page = officers.at("first", f"/cases/{case.pk}/")
    page.get_by_text("提出公示", exact=True).click()
    page.locator("#publication").get_by_role("button", name="提交审核").click()
    expect(page.locator(".done")).to_contain_text("等待审核")
    page = officers.at("publisher", "/cases/publications/")
    accessible(page)
    page.get_by_role("button", name="公示", exact=True).click()
    expect(page.locator(".done")).to_contain_text("已公示")
    expect(page.get_by_role("region", name="公示中")).to_contain_text(case.number)


def test_the_map_shows_the_case_corrects_it_and_stands_as_it_was(officers: Officers, lead: Case) -> None:
    page = officers.at("first", f"/cases/{lead.pk}/")
    expect(page.locator("#case-map path.leaflet-interactive").first).to_be_visible()
    page.get_by_text("更正位置", exact=True).click()
    page.locator("#case-map").click(position={"x": 120, "y": 90})
    expect(page.locator("#position-lon")).to_have_value(re.compile(r"^121\.8\d+$"))
    page.locator("#position-reason").fill("门牌有误")
    page.locator("#correct-position").get_by_role("button").click()
    expect(page.locator(".done")).to_contain_text("位置已更正")
    moved = Case.objects.get(pk=lead.pk)
    assert moved.geom is not None
    assert lead.geom is not None
    assert moved.geom.distance(lead.geom) > 1e-5
    page.get_by_role("link", name="当时的地图").click()
    expect(page.locator("#as-of-map path").first).to_be_attached()
    expect(page.get_by_text("快照未变")).to_be_visible()
    accessible(page)


def test_who_is_overtaken_reads_what_happened_and_sends_again(
    officers: Officers, staff: dict[str, Actor], lead: Case
) -> None:
    page = officers.at("first", f"/cases/{lead.pk}/")
    page.locator("#step-check_lead > summary").click()
    page.locator("#check_lead-facts").fill("写了很久的案情")
    assert lead.geom is not None
    assignment.correct_position(lead.pk, lead.geom, "同事先更正了位置", staff["second"])
    page.locator("#step-check_lead").get_by_role("button").click()
    expect(page.get_by_role("alert")).to_contain_text("同事先更正了位置")
    expect(page.locator("#check_lead-facts")).to_have_value("写了很久的案情")
    accessible(page)
    page.locator("#step-check_lead").get_by_role("button").click()
    expect(page.locator(".done")).to_be_visible()
    assert Case.objects.get(pk=lead.pk).description == "写了很久的案情"
    officers.visits["first"].complaints.clear()  # the browser notes the answer 409


def test_the_history_is_asked_from_the_map(officers: Officers, lead: Case) -> None:
    page = officers.at("first", f"/cases/search/?lon={LON + 0.0003}&lat={LAT + 0.0003}&radius=300")
    expect(page.get_by_role("cell", name="违规户外广告")).to_be_visible()
    page.get_by_role("button", name="绘制范围").click()
    for x, y in ((80, 60), (560, 60), (560, 400), (80, 400)):
        page.locator("#history-map").click(position={"x": x, "y": y})
    expect(page.locator("[name=area]")).not_to_have_value("")
    page.locator("#history").get_by_role("button", name="搜索").click()
    expect(page.get_by_role("cell", name="违规户外广告")).to_be_visible()
    expect(page.locator("#history-map path").first).to_be_attached()
    accessible(page)


RECORD = """async () => {
  const canvas = document.createElement('canvas');
  const drawn = canvas.getContext('2d');
  const recorder = new MediaRecorder(canvas.captureStream(10), {mimeType: 'video/webm'});
  const parts = [];
  recorder.ondataavailable = ({data}) => parts.push(data);
  recorder.start();
  for (let n = 0; n < 8; n++) {
    drawn.fillStyle = `hsl(${n * 40} 80% 50%)`;
    drawn.fillRect(0, 0, 300, 150);
    await new Promise(done => setTimeout(done, 100));
  }
  await new Promise(done => { recorder.onstop = done; recorder.stop(); });
  return Array.from(new Uint8Array(await new Blob(parts).arrayBuffer()));
}"""


def test_a_video_is_kept_and_played_at_the_desk(officers: Officers, lead: Case) -> None:
    page = officers.page("first")
    page.goto("about:blank")
    recorded = bytes(page.evaluate(RECORD))
    page = officers.at("first", f"/cases/{lead.pk}/")
    page.get_by_text("添加证据", exact=True).click()
    video: FilePayload = {"name": "现场.webm", "mimeType": "video/webm", "buffer": recorded}
    page.locator("#evidence-file").set_input_files(video)
    page.locator("#evidence").get_by_role("button", name="添加").click()
    expect(page.locator(".exhibit-kind")).to_have_text("录像")
    expect(page.locator(".finding")).to_have_text("未读取文件自身记录的时间和位置。")
    page.locator(".exhibit-picture").click()
    expect(page.locator("video")).to_have_js_property("videoWidth", 300)
    expect(page.locator("video")).to_have_js_property("error", None)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_chosen_file_outlives_the_refusal_of_its_form(
    visit: Begin, staff: dict[str, Actor], lead: Case, scripts: bool
) -> None:
    seen = Officers(visit, staff, java_script_enabled=scripts)
    page = seen.at("first", f"/cases/{lead.pk}/")
    page.get_by_text("添加证据", exact=True).click()
    empty: FilePayload = {"name": "空.txt", "mimeType": "text/plain", "buffer": b""}
    photo: FilePayload = {"name": "近景.jpg", "mimeType": "image/jpeg", "buffer": picture("teal").read()}
    page.locator("#evidence-file").set_input_files([photo, empty])
    page.locator("#evidence-name").fill("广告牌近景")
    page.locator("#evidence-partner").select_option(label="officer second")
    page.locator("#evidence-name").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("“空.txt”是空文件")
    expect(page.locator("#evidence-name")).to_have_value("广告牌近景")
    expect(page.locator("#evidence-partner option:checked")).to_have_text("officer second")
    waiting = page.locator(".waiting li")
    expect(waiting).to_contain_text("近景.jpg")
    expect(waiting.get_by_role("checkbox")).to_be_checked()
    if scripts:
        accessible(page)
    page = seen.at("first", f"/cases/{lead.pk}/")
    expect(waiting.get_by_role("checkbox")).not_to_be_checked()
    waiting.get_by_role("checkbox").check()
    page.locator("#evidence-name").fill("广告牌近景")
    page.locator("#evidence").get_by_role("button", name="添加").click()
    expect(page.locator(".done")).to_contain_text("证据已入库：1 个文件")
    expect(page.locator(".exhibit")).to_contain_text("广告牌近景")
    expect(waiting).to_have_count(0)
    assert lead.evidence.filter(original=None).count() == 1


def test_a_waiting_file_is_removed_and_the_rest_of_the_form_stays(officers: Officers, lead: Case) -> None:
    page = officers.at("first", f"/cases/{lead.pk}/")
    page.get_by_text("添加证据", exact=True).click()
    photo: FilePayload = {"name": "近景.jpg", "mimeType": "image/jpeg", "buffer": picture("teal").read()}
    empty: FilePayload = {"name": "空.txt", "mimeType": "text/plain", "buffer": b""}
    page.locator("#evidence-file").set_input_files([photo, empty])
    page.locator("#evidence").get_by_role("button", name="添加").click()
    page.locator("#evidence-name").fill("写了一半")
    page.get_by_role("button", name="移除").click()
    expect(page.locator(".done")).to_contain_text("“近景.jpg”已移除")
    expect(page.locator(".waiting")).to_have_count(0)
    expect(page.locator("#evidence-name")).to_have_value("写了一半")
    officers.visits["first"].complaints.clear()  # the browser notes the answer 422


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_the_pages_fit_and_can_be_used_by_everybody(
    visit: Begin, staff: dict[str, Actor], lead: Case, locale: str
) -> None:
    seen = Officers(visit, staff, locale=locale)
    event = lead.events.get().pk
    paths = (
        f"/cases/{lead.pk}/",
        "/cases/inbox/",
        "/cases/notices/",
        "/cases/search/?q=广告",
        f"/cases/{lead.pk}/events/{event}/",
        "/cases/",
    )
    page = seen.at("first", "/")
    for width, path in product(WIDTHS, paths):
        resize(page, width)
        page = seen.at("first", path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        page.evaluate(
            "document.querySelectorAll('main details').forEach(each => { each.name = ''; each.open = true })"
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        if width == AXE_WIDTHS[locale]:
            accessible(page)
    assert seen.complaints() == []
