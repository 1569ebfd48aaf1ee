"""A case names its violation and grade from the library: kept as they were, printed, and held against the amount."""

import re
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.utils import timezone
from pypdf import PdfReader

from layers.agencies.models import Department
from layers.casework.access.actor import NotAllowed
from layers.enforcement.models import DiscretionGrade, Grade, Violation
from tests.cases.case_story import CaseStory
from tests.cases.conftest import SignIn, entered

pytestmark = pytest.mark.django_db


def violation(code: str, department: str = "UM", **given: object) -> Violation:
    made = Violation.objects.create(
        code=code,
        name=f"违法行为{code}",
        department=Department.objects.get_or_create(code=department, defaults={"name": department})[0],
        violated="《示例条例》第三条",
        penalised="《示例条例》第九条第一款",
        valid_from=date(2020, 1, 1),
        **given,
    )
    for grade, least, most in ((Grade.LIGHTER, 0, 2000), (Grade.HEAVIER, 2000, 5000)):
        DiscretionGrade.objects.create(
            violation=made, grade=grade, circumstances="示例情形", least=least, most=most
        )
    return made


def test_what_was_chosen_in_english_is_printed_in_chinese(story: CaseStory, sign_in: SignIn) -> None:
    found = violation("UM-1", name_en="An example")
    client = sign_in("head")
    client.cookies["django_language"] = "en"
    assert entered(client, story.case, "steps/file/", {"field-violation": link(found)})[0] == 302
    story.case.refresh_from_db()
    assert story.case.fields["violation"]["title"] == "违法行为UM-1"


def link(what: Violation | DiscretionGrade) -> str:
    return f"{'violations' if isinstance(what, Violation) else 'discretion'}/{what.pk}"


def concluded(told: CaseStory, sign_in: SignIn, found: Violation, grade: Grade) -> None:
    """Filed for the violation and concluded in one of its grades, both chosen at the desk."""
    filed = entered(sign_in("head"), told.case, "steps/file/", {"field-violation": link(found)})
    assert filed[0] == 302
    told.take("start_investigation", "first", certificate_shown=True)
    told.take("inspect", "first", record="现场摆放桌椅八套。", full_record=True)
    second = told.people["second"].officer
    assert second is not None
    form = {
        "partner": second.pk,
        "field-proposal": "penalise",
        "field-facts": "占用公共场地约 12 平方米。",
        "field-penalty": "fine",
        "field-fine": "1500",
        "field-grade": link(found.grades.get(grade=grade)),
    }
    status, page = entered(sign_in("first"), told.case, "steps/conclude/", form)
    assert status == 302, page
    told.case.refresh_from_db()


def test_the_desk_offers_what_the_department_punishes_today_and_the_grades_of_what_was_chosen(
    story: CaseStory, sign_in: SignIn
) -> None:
    found = violation("UM-1")
    violation("UM-0", valid_until=timezone.localdate() - timedelta(days=1))
    violation("PL-1", "PL")
    page = sign_in("head").get(f"/cases/{story.case.pk}/").content.decode()
    assert f'value="{link(found)}"' in page
    assert "field-violation.link" not in page  # the map shows no violation whose address could be copied
    assert "违法行为UM-0" not in page
    assert "违法行为PL-1" not in page
    other = violation("UM-2").grades.get(grade=Grade.LIGHTER)
    story.take(
        "file",
        "head",
        violation={"layer": "violations", "feature": found.pk, "title": found.name, "code": "UM-1"},
    )
    story.take("start_investigation", "first", certificate_shown=True)
    page = sign_in("first").get(f"/cases/{story.case.pk}/").content.decode()
    assert f'value="{link(found.grades.get(grade=Grade.HEAVIER))}"' in page
    assert f'value="{link(other)}"' not in page
    assert f'value="{link(found)}" selected' in " ".join(page.split())
    second = story.people["second"].officer
    assert second is not None
    form = {"partner": second.pk, "field-grade": link(other)}
    status, page = entered(sign_in("first"), story.case, "steps/conclude/", form)
    assert status == 422
    assert "“裁量档次”与“违法行为UM-1”不相符" in page


def test_what_was_chosen_stays_as_it_was_and_is_printed(story: CaseStory, sign_in: SignIn) -> None:
    found = violation("UM-1", least=Decimal(0), most=Decimal(5000))
    concluded(story, sign_in, found, Grade.LIGHTER)
    Violation.objects.update(penalised="《示例条例》第九条第二款")
    kept = story.case.fields["violation"]
    assert (kept["penalised"], Decimal(kept["most"])) == ("《示例条例》第九条第一款", Decimal(5000))
    draft = sign_in("first").get(f"/cases/{story.case.pk}/documents/penalty_notice/draft.pdf").content
    said = "违反了《示例条例》第三条，依照《示例条例》第九条第一款应予处罚；裁量档次：从轻"
    assert said in re.sub(r"\s", "", "".join(page.extract_text() for page in PdfReader(BytesIO(draft)).pages))


def test_a_fine_outside_its_grade_needs_the_collective_discussion(story: CaseStory, sign_in: SignIn) -> None:
    concluded(story, sign_in, violation("UM-1"), Grade.LIGHTER)
    story.take("pass_review", "leader", opinion="同意")
    story.notice("4000")
    story.take("waive_hearing", "first")
    story.take("conclude_notice", "leader")
    decision = {"penalty": "fine", "decision_text": "处以罚款。"}
    with pytest.raises(NotAllowed, match="集体讨论"):
        story.take("decide_penalty", "head", fine="2000.01", **decision)
    story.take("decide_penalty", "head", fine="2000", **decision)
    assert story.case.penaltydecision.fine == 2000


def test_a_case_cites_no_item_of_another_department(story: CaseStory) -> None:
    item = {"layer": "violations", "feature": 1, "title": "无证经营食品", "code": "MS-1"}
    with pytest.raises(NotAllowed, match="“无证经营食品”不属于本案办理部门的“违法事项”"):
        story.take("file", "head", violation={**item, "department_code": "MS"})
    story.case.joint = ["MS"]
    story.case.save()
    story.take("file", "head", violation={**item, "department_code": "MS"})


def test_the_item_is_kept_with_the_code_of_its_department(story: CaseStory, sign_in: SignIn) -> None:
    concluded(story, sign_in, violation("UM-1"), Grade.LIGHTER)
    assert story.case.fields["violation"]["department_code"] == "UM"
