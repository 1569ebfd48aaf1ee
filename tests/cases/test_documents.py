"""Documents: what they say, how they are numbered and kept, and that nothing from outside gets in."""

import re
import shutil
import time
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from pypdf import PdfReader

from geoportal.cases.documents import pdf as printing_papers
from geoportal.cases.documents.location import location_of
from geoportal.cases.documents.pdf import document_renderer, html_to_pdf, render_document
from geoportal.cases.documents.printer import ExternalContent
from layers.casework import room_texts
from layers.casework.access.actor import NotAllowed
from layers.casework.cases.effects import StepInput
from layers.casework.cases.transitions import take_step
from layers.casework.documents import issuance, templates
from layers.casework.documents.rendering import render_texts
from layers.casework.documents.templates import TemplateText
from layers.casework.evidence.content_store import file_path
from layers.casework.models import Document, DocumentTemplate, EventKind
from layers.casework.procedures import DocumentKind
from layers.casework.procedures.versions import procedure_of
from layers.enforcement.models import PenaltyDecision
from layers.registry.text import Text
from tests.cases.case_story import CaseStory
from tests.room_texts import shipped_procedures, template_texts
from tiles import static_map
from tiles.raster.app import reset

pytestmark = pytest.mark.django_db


def made(told: CaseStory, code: str, who: str = "first") -> Document:
    return issuance.issue_document(told.case.pk, code, told.people[who], document_renderer(told.case))


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture is a picture, however slow this machine is just now."""
    monkeypatch.setattr(static_map, "TIMEOUT", 60)


def pages_of(content: bytes) -> PdfReader:
    return PdfReader(BytesIO(content))


def text_of(content: bytes) -> str:
    """The words without the spaces and line breaks of the layout."""
    return re.sub(r"\s", "", "".join(page.extract_text() for page in pages_of(content).pages))


def kept(document: Document) -> bytes:
    return file_path(document.sha256).read_bytes()


def test_every_kind_of_every_shipped_procedure_has_a_template_of_its_own() -> None:
    wanted = {kind.template for each in shipped_procedures().values() for kind in each.documents.values()}
    assert wanted <= set(template_texts())
    kept = DocumentTemplate.objects.values_list("family", "code")
    assert {code for family, code in kept if family == "enforcement"} == set(template_texts())
    assert {code for family, code in kept if family == ""} == set(
        room_texts.template_texts(room_texts.COMMON_FORMS)
    )


def test_the_decision_says_what_the_law_asks_of_it(decided: CaseStory) -> None:
    """Art. 59: party, address; facts and evidence; kind and basis; performance; remedies; agency, date, seal."""
    said = text_of(kept(made(decided, "penalty_decision")))
    for words in (
        "北仑区城市管理局",
        "行政处罚决定书",
        "当事人：北仑演示餐饮有限公司",
        "统一社会信用代码：91350100M000100Y43",
        "法定代表人（负责人）：李某",
        "住所地：北仑区演示路8号",
        "占用公共场地约12平方米",
        "1．桌椅摆放（视听资料）；2．门头招牌（视听资料）",
        "《行政处罚法》第44、45、57、59、62条",
        "罚款人民币叁仟元伍角整（3,000.50元）",
        "当事人表示放弃陈述、申辩和听证。",
        "自收到本决定书之日起十五日内",
        "六十日内向北仑区人民政府申请行政复议",
        "六个月内依法直接向有管辖权的人民法院提起行政诉讼",
        "（印章）",
        "东经121.840300°，北纬29.900300°，定位精度8米",
    ):
        assert re.sub(r"\s", "", words) in said, words
    assert "本地配置" not in said
    assert "草稿" not in said


def test_a_hearing_that_was_not_held_and_a_confiscation_that_was_not_decided_are_on_no_paper(
    story: CaseStory,
) -> None:
    story.to_notice("60000")
    story.take("request_hearing", "first")
    story.take(
        "announce_hearing",
        "chair",
        hearing_date="2099-10-14",
        hearing_time="9时30分",
        hearing_place="本局三楼会议室",
        hearing_chair="chair",
    )
    story.take("end_hearing", "chair", reason="当事人无正当理由拒不出席")
    story.take("conclude_notice", "leader")
    story.take("decide_penalty", "head", penalty="fine", fine="60000", decision_text="处以罚款。")
    said = text_of(kept(made(story, "penalty_decision")))
    assert "举行了听证" not in said
    assert "没收" not in said
    assert "处罚种类：罚款人民币陆万元整（60,000元）。" in said


def test_every_template_of_every_shipped_procedure_comes_out(decided: CaseStory) -> None:
    location = None
    for procedure in shipped_procedures().values():
        for kind in procedure.documents.values():
            paper = issuance.draft_document(decided.case, kind, "")
            content = printing_papers.template_context(decided.case, paper, location)
            chosen = templates.template_for("enforcement", kind.template)
            html = render_texts(chosen.code, templates.template_texts("enforcement"), content)
            assert kind.title.zh in html, kind.code


@pytest.mark.parametrize(
    ("way", "said"),
    [("announcement", ["即视为送达", "演示路 8 号"]), ("electronic", ["甲@示例"]), ("mail", ["演示路 8 号"])],
)
def test_a_receipt_goes_by_the_way_of_delivery_whatever_it_is_called(
    decided: CaseStory, way: str, said: list[str]
) -> None:
    kind = procedure_of(decided.case).documents["delivery_receipt"]
    paper = issuance.draft_document(decided.case, kind, "")
    content = printing_papers.template_context(decided.case, paper, None)
    called = {"name": "method", "title": "方式", "kind": "choice", "code": way, "value": "另一种叫法"}
    content["step"] = {**content["step"], "fields": [called]}
    content["given"]["electronic_address"] = "甲@示例"
    html = render_texts("delivery_receipt", templates.template_texts("enforcement"), content)
    assert "另一种叫法" in html
    assert [each for each in ("即视为送达", "甲@示例", "演示路 8 号") if each in html] == said


def test_fonts_are_in_the_document_and_chinese(decided: CaseStory) -> None:
    fonts: dict[str, Any] = {}
    for page in pages_of(kept(made(decided, "penalty_decision"))).pages:
        fonts |= page["/Resources"]["/Font"]  # type: ignore[index]
    assert fonts
    for font in fonts.values():
        [descendant] = font.get_object()["/DescendantFonts"]
        described = descendant.get_object()["/FontDescriptor"].get_object()
        assert re.search(r"Noto-S(ans|erif)-CJK-SC", described["/FontName"])
        assert "/FontFile3" in described or "/FontFile2" in described


def test_the_map_is_drawn_by_the_portal_with_pin_scale_and_source(decided: CaseStory, patient: None) -> None:
    location = location_of(decided.case)
    assert location is not None
    assert location.picture is not None
    assert location.picture.startswith(b"\x89PNG")
    assert (location.pin, location.bar) == ((0.5, 0.5), 200)
    said = text_of(kept(made(decided, "penalty_decision")))
    assert "200米" in said
    assert "比例尺约1:" in said
    assert "坐标系CGCS2000" in said
    pictures = [
        image for page in pages_of(kept(Document.objects.latest("pk"))).pages for image in page.images
    ]
    assert any(each.image is not None and each.image.size == (1056, 528) for each in pictures)


def test_without_the_raster_service_there_are_coordinates_and_a_sentence(
    decided: CaseStory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda *args, **kwargs: None)
    reset()
    location = location_of(decided.case)
    assert location is not None
    assert location.picture is None
    said = text_of(kept(made(decided, "penalty_decision")))
    assert "位置图暂不能绘制" in said
    assert "东经121.840300°，北纬29.900300°" in said


def test_a_slow_service_is_not_waited_for_and_its_picture_is_there_later(
    decided: CaseStory, patient: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as hurry:
        hurry.setattr(static_map, "TIMEOUT", 0.001)
        location = location_of(decided.case)
    assert location is not None
    assert location.picture is None
    later = location_of(decided.case)
    assert later is not None
    assert later.picture is not None


def test_a_service_that_breaks_while_it_draws_leaves_the_map_out(
    decided: CaseStory, patient: None, own_data_folder: Path
) -> None:
    assert location_of(decided.case)
    [raster] = (own_data_folder / "raster").iterdir()
    shutil.rmtree(raster)
    raster.write_text("a file where the kept pictures should be")
    location = location_of(decided.case)
    assert location is not None
    assert location.picture is None


def test_a_case_without_a_place_has_a_document_without_a_map(decided: CaseStory) -> None:
    decided.case.geom = None
    assert location_of(decided.case) is None
    kind = procedure_of(decided.case).documents["penalty_decision"]
    printed = render_document(decided.case, issuance.draft_document(decided.case, kind, ""), None)
    assert "案件位置" not in text_of(printed.content)


def test_documents_are_numbered_by_their_pattern_one_after_the_other(decided: CaseStory) -> None:
    decision = made(decided, "penalty_decision")
    year = timezone.localdate(decision.made_at).year
    assert decision.number == f"仑综执罚决〔{year}〕0001号"
    assert made(decided, "filing_approval").number == f"仑综执立〔{year}〕0001号"
    assert made(decided, "scene_record").number == ""
    assert PenaltyDecision.objects.get(case=decided.case).decision_number == f"仑综执罚决〔{year}〕0001号"


def test_a_department_without_a_mark_is_named_by_its_code(decided: CaseStory) -> None:
    decided.case.department.mark = ""
    decided.case.department.save()
    assert made(decided, "filing_approval").number.startswith("UM立〔")


def test_a_number_that_is_not_used_is_not_lost(decided: CaseStory) -> None:
    def broken(case: Any, paper: Any) -> Any:
        raise RuntimeError("the printer is out of order")

    with pytest.raises(RuntimeError):
        issuance.issue_document(decided.case.pk, "penalty_decision", decided.people["first"], broken)
    assert made(decided, "penalty_decision").number.endswith("0001号")


def test_made_again_it_is_a_new_version_beside_the_old_one(decided: CaseStory) -> None:
    first, again = (made(decided, "penalty_decision") for _ in range(2))
    assert first.pk != again.pk
    assert first.number == again.number
    assert file_path(first.sha256).exists()
    assert "第2版" in text_of(kept(again))
    versions = [
        event.data["version"]
        for event in decided.case.events.filter(kind=EventKind.DOCUMENT).order_by("pk")
        if event.data["act"] == "made" and event.data["code"] == "penalty_decision"
    ]
    assert versions == [1, 2]


def test_a_decision_after_a_revocation_has_a_number_of_its_own(decided: CaseStory) -> None:
    first = made(decided, "penalty_decision")
    decided.take("deliver", "first", method="direct", delivered_on=str(timezone.localdate()))
    decided.take("revoke", "head", reason="适用依据有误")
    with pytest.raises(NotAllowed):
        made(decided, "penalty_decision")
    decided.take("conclude", "first", proposal="penalise", facts="事实", penalty="fine", fine="1000")
    decided.take("pass_review", "leader", opinion="同意")
    decided.notice("1000")
    decided.take("waive_hearing", "first")
    decided.take("conclude_notice", "leader")
    decided.take("decide_penalty", "head", penalty="fine", fine="1000", decision_text="改为罚款一千元。")
    second = made(decided, "penalty_decision")
    assert second.number != first.number
    assert second.number.endswith("0002号")
    assert "第2版" not in text_of(kept(second))


def test_the_number_that_an_officer_gave_is_the_document_s(story: CaseStory) -> None:
    story.to_decision()
    event = story.case.events.filter(step="decide_penalty").get()
    assert "decision_number" not in event.data["fields"]
    PenaltyDecision.objects.filter(case=story.case).update(decision_number="手工〔2026〕7号")
    assert made(story, "penalty_decision").number == "手工〔2026〕7号"


def test_no_document_before_its_step_and_none_by_others(story: CaseStory) -> None:
    with pytest.raises(NotAllowed) as early:
        made(story, "penalty_decision")
    assert "Decide on a penalty" in early.value.refusals[0].en
    story.take("file", "head")
    with pytest.raises(NotAllowed) as foreign:
        made(story, "filing_approval", "planning")
    assert "not your department" in foreign.value.refusals[0].en
    with pytest.raises(NotAllowed):
        made(story, "no_such_document")
    officer = story.people["first"].officer
    assert officer is not None
    officer.is_active = False
    with pytest.raises(NotAllowed):
        made(story, "filing_approval")
    assert not Document.objects.exists()


def test_what_is_called_for_is_listed_until_it_is_made(story: CaseStory) -> None:
    story.take("file", "head")
    assert [each.kind.code for each in issuance.document_statuses(story.case) if each.is_outstanding] == [
        "filing_approval"
    ]
    made(story, "filing_approval")
    assert not [each for each in issuance.document_statuses(story.case) if each.is_outstanding]


def test_each_record_of_a_repeated_step_says_what_that_step_was_given(story: CaseStory) -> None:
    story.take("file", "head")
    story.take("start_investigation", "first", certificate_shown=True)
    pair = story.people["second"].officer
    said = []
    for record in ("第一次检查所见", "第二次检查所见"):
        take_step(
            story.case.pk, "inspect", story.people["first"], StepInput({"record": record}, partner=pair)
        )
        said.append(text_of(kept(made(story, "scene_record"))))
    assert "第一次检查所见" in said[0]
    assert "第二次检查所见" in said[1]
    assert "第一次检查所见" not in said[1]
    assert "officerfirst（执法证号33first）、officersecond" in said[1]


def test_a_draft_says_so_and_has_no_number(decided: CaseStory) -> None:
    kind = procedure_of(decided.case).documents["penalty_decision"]
    printed = render_document(
        decided.case, issuance.draft_document(decided.case, kind, ""), location_of(decided.case)
    )
    said = text_of(printed.content)
    assert "DRAFT" in said
    assert "草稿" in said
    assert "罚决〔" not in said
    assert not Document.objects.filter(code="penalty_decision").exists()


@pytest.mark.parametrize(
    "markup",
    [
        "<img src='http://localhost:1/x.png'>",
        "<img src='https://example.org/x.png'>",
        "<img src='file:///etc/passwd'>",
        "<img src='/etc/passwd'>",
        "<img src='../settings.py'>",
        "<img src='paper:other.png'>",
        "<img src='data:image/svg+xml;base64,PHN2Zy8+'>",
        "<link rel=stylesheet href='file:///etc/hostname'>",
        "<link rel=attachment href='file:///etc/passwd'>",
        "<a rel=attachment href='file:///etc/passwd'>x</a>",
        "<style>@import 'file:///etc/passwd';</style>",
        "<style>p { background: url(http://localhost:1/) }</style><p>x</p>",
        "<style>@font-face { font-family: x; src: url(file:///etc/passwd) } p { font-family: x }</style><p>x</p>",
        "<object data='file:///etc/passwd'></object>",
        "<embed src='file:///etc/passwd'>",
        "<svg><image href='file:///etc/passwd' width='9' height='9'/></svg>",
    ],
)
def test_no_template_reaches_network_or_files(markup: str) -> None:
    with pytest.raises(ExternalContent):
        html_to_pdf(f"<html><p>文书</p>{markup}</html>", {}, strict=True)
    content = html_to_pdf(f"<html><p>文书</p>{markup}</html>", {})
    assert "root:" not in text_of(content)
    assert not pages_of(content).attachments


def test_a_drawing_shows_nothing_from_another_file() -> None:
    content = html_to_pdf("<html><p>文书</p><svg><use href='file:///etc/passwd#x'/></svg></html>", {})
    assert text_of(content) == "文书"


def test_a_document_takes_less_than_three_seconds(decided: CaseStory) -> None:
    """Of this process's time, whatever else the machine does; the base map is drawn once and then kept."""
    location_of(decided.case)
    began = time.process_time()
    made(decided, "penalty_decision")
    assert time.process_time() - began < 3


def test_a_newer_template_is_used_and_the_older_is_kept(decided: CaseStory) -> None:
    old = made(decided, "filing_approval")
    newer = templates.save_template(
        "enforcement",
        "filing_approval",
        TemplateText(Text("立案审批表", "Filing approval"), "<p>新版式 {{ case.number }}</p>"),
        "admin",
    )
    new = made(decided, "filing_approval")
    assert (old.template, new.template) == (
        "filing_approval 1, layout 1",
        f"filing_approval {newer.version}, layout 1",
    )
    assert "新版式" in text_of(kept(new))
    assert "新版式" not in text_of(kept(old))
    templates.ship_templates("enforcement", template_texts(), "geoportal")
    assert templates.template_for("enforcement", "filing_approval") == newer


def test_a_document_without_a_template_of_its_own_takes_the_common_form(decided: CaseStory) -> None:
    kind = DocumentKind("own_form", Text("自定文书", "Own form"), "", "own_form")
    printed = render_document(decided.case, issuance.draft_document(decided.case, kind, ""), None)
    assert printed.template.startswith("form ")
    assert "自定文书" in text_of(printed.content)


def test_documents_are_proved_like_evidence(decided: CaseStory) -> None:
    made(decided, "penalty_decision")
    out = StringIO()
    call_command("verify_evidence", stdout=out)
    assert "All 8 files" in out.getvalue()
