"""Templates of documents in the administration: tried on a case, compared, kept as a new version."""

from typing import Any

import pytest
from django.test import Client

from layers.casework.documents import templates
from layers.casework.models import DocumentTemplate
from layers.registry.models import AccessLogEntry
from tests.cases.case_story import CaseStory, story
from tests.casework.conftest import people
from tests.people import client_of

pytestmark = pytest.mark.django_db

ADD = "/admin/casework/documenttemplate/add/"
TRY = "/admin/casework/documenttemplate/try/"
__all__ = ["people", "story"]


@pytest.fixture
def admin(story: CaseStory) -> Client:
    return client_of("administrator")


def form(text: str, code: str = "filing_approval", **more: str) -> dict[str, str]:
    return {
        "family": "enforcement",
        "code": code,
        "title_zh": "立案审批表",
        "title_en": "Filing approval",
        "text": text,
        **more,
    }


def sent(admin: Client, text: str, code: str = "filing_approval", button: str = "_keep", **more: str) -> Any:
    return admin.post(ADD, form(text, code, **{button: "1"}, **more))


GOOD = '{% extends "form" %}\n{% block facts %}<tr><th>新栏</th><td colspan="3">{{ case.title }}</td></tr>{% endblock %}\n'


def test_a_new_version_is_used_and_the_old_one_stays(admin: Client) -> None:
    old = templates.latest_template("enforcement", "filing_approval")
    assert old is not None
    assert sent(admin, GOOD, based_on=str(old.pk)).status_code == 302
    newer = templates.latest_template("enforcement", "filing_approval")
    assert newer is not None
    assert (newer.version, newer.made_by, newer.text) == (2, "administrator", GOOD)
    assert DocumentTemplate.objects.get(pk=old.pk).text == old.text


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("一\n{{ nothing_such }}\n", 2),
        ("一\n二\n{% for %}\n", 3),
        ("{{ case.__class__.__mro__ }}\n", 1),
        ('{% extends "no_such" %}\n', 0),
        ("<img src='https://example.org/a.png'>\n", 0),
        ("<img src='file:///etc/passwd'>\n", 0),
    ],
)
def test_a_template_that_does_not_work_is_refused_with_its_line(text: str, line: int, admin: Client) -> None:
    page = sent(admin, text).content.decode()
    wrong = page[page.index('class="version-found"') :].split("</ul>")[0]
    if line:
        assert f"第 {line} 行" in wrong
    assert DocumentTemplate.objects.filter(code="filing_approval").count() == 1
    assert (
        text.split("\n")[0]
        .replace("'", "&#x27;")
        .replace('"', "&quot;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        in page
    )


def test_a_layout_that_would_break_a_document_is_refused(admin: Client) -> None:
    page = sent(
        admin, "<html>{{ document.title }}{% block other %}{% endblock %}</html>", "parts", family=""
    ).content.decode()
    assert "penalty_decision" in page[page.index('class="version-found"') :]
    assert templates.latest_template("", "parts").version == 1  # type: ignore[union-attr]


def test_a_draft_is_shown_on_a_case_and_the_reading_is_on_record(admin: Client) -> None:
    before = AccessLogEntry.objects.count()
    response = admin.post(TRY, form(GOOD))
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF")
    assert AccessLogEntry.objects.count() == before + 1
    bad = admin.post(TRY, form("{{ nothing_such }}"))
    assert bad.status_code == 400
    assert bad.json()["error"]
    assert admin.post(TRY, {}).status_code == 400


def test_a_kept_version_is_shown_on_a_case(admin: Client) -> None:
    kept = templates.latest_template("enforcement", "penalty_decision")
    assert kept is not None
    page = admin.get(f"/admin/casework/documenttemplate/{kept.pk}/change/").content.decode()
    address = f"/admin/casework/documenttemplate/{kept.pk}/specimen/"
    assert address in page
    assert admin.get(address).content.startswith(b"%PDF")
    assert admin.get("/admin/casework/documenttemplate/999999/specimen/").status_code == 404


def test_checking_compares_with_the_version_in_use(admin: Client) -> None:
    page = sent(admin, GOOD, button="_check").content.decode()
    assert 'class="version-difference"' in page
    assert "新栏" in page
    assert DocumentTemplate.objects.filter(code="filing_approval").count() == 1


def test_only_administrators_reach_it(story: CaseStory) -> None:
    for name in ("public", "citizen", "officer", "planner"):
        assert client_of(name).post(TRY, form(GOOD)).status_code == 302


def test_a_family_prints_by_its_own_and_others_by_what_all_share(admin: Client) -> None:
    assert sent(admin, "<p>本类版式 {{ case.number }}</p>", "layout").status_code == 302
    assert templates.latest_template("enforcement", "layout").made_by == "administrator"  # type: ignore[union-attr]
    assert templates.latest_template("letters", "layout").made_by == "geoportal"  # type: ignore[union-attr]
