"""Procedures in the administration: every version is kept, a new one is checked and compared before it is in force."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from layers.casework.models import ProcedureVersion
from layers.casework.procedures.versions import procedure_of, version_in_force
from tests.casework.conftest import Open, People, open_ordinary, people
from tests.people import client_of
from tests.room_texts import procedure_texts

pytestmark = pytest.mark.django_db

ADD = "/admin/casework/procedureversion/add/"
__all__ = ["open_ordinary", "people"]


@pytest.fixture
def admin(people: People) -> Client:
    return client_of("administrator")


def sent(admin: Client, text: str, button: str = "_keep", language: str = "zh", **more: str) -> Any:
    given = {"text": text.replace("\n", "\r\n"), button: "1", **more}
    return admin.post(ADD, given, headers={"accept-language": language})


def changed(text: str) -> str:
    assert "zh: 批准立案" in text
    return text.replace("zh: 批准立案", "zh: 立案审批")


def test_the_list_names_codes_versions_and_running_cases(admin: Client, open_ordinary: Open) -> None:
    open_ordinary()
    page = admin.get("/admin/casework/procedureversion/?code=ordinary").content.decode()
    assert "ordinary" in page
    assert re.search(r'field-running">1<', page)


def test_one_version_is_shown_with_its_lines_and_cannot_be_changed(admin: Client, people: People) -> None:
    kept = version_in_force("ordinary")
    address = reverse("admin:casework_procedureversion_change", args=[kept.pk])
    page = admin.get(address).content.decode()
    assert f'id="line-{len(kept.text.splitlines())}"' in page
    assert "<textarea" not in page
    admin.post(address, {"text": "code: other"})
    assert ProcedureVersion.objects.get(pk=kept.pk).text == kept.text
    delete = admin.post(reverse("admin:casework_procedureversion_delete", args=[kept.pk]), {"post": "yes"})
    assert delete.status_code == 403


def test_a_new_version_is_in_force_and_running_cases_keep_theirs(admin: Client, open_ordinary: Open) -> None:
    case, old = open_ordinary(), version_in_force("ordinary")
    response = sent(admin, changed(old.text), based_on=str(old.pk))
    newer = version_in_force("ordinary")
    assert response["Location"] == reverse("admin:casework_procedureversion_change", args=[newer.pk])
    assert (newer.version, newer.made_by) == (old.version + 1, "administrator")
    assert "\r" not in newer.text
    old.refresh_from_db()
    assert not old.is_current
    assert "zh: 批准立案" in old.text
    assert procedure_of(case).steps["file"].title.zh == "批准立案"
    later = open_ordinary()
    assert procedure_of(later).steps["file"].title.zh == "立案审批"


def test_checking_compares_and_keeps_nothing(admin: Client, people: People) -> None:
    count = ProcedureVersion.objects.count()
    page = sent(admin, changed(procedure_texts()["ordinary"]), "_check").content.decode()
    assert '<span class="del">-    title: {zh: 批准立案' in page
    assert '<span class="add">+    title: {zh: 立案审批' in page
    assert ProcedureVersion.objects.count() == count


@pytest.mark.parametrize(("language", "line"), [("zh", "第 {} 行"), ("en", "line {}")])
def test_everything_that_is_wrong_is_shown_with_its_line_in_the_reader_s_language(
    language: str, line: str, admin: Client, people: People
) -> None:
    lines = changed(procedure_texts()["ordinary"]).splitlines()
    wizard = next(n for n, line in enumerate(lines) if line.strip() == "by: [head]")
    lines[wizard] = "    by: [wizard]"
    nowhere = next(n for n, line in enumerate(lines) if line.strip() == "to: review")
    lines[nowhere] = "    to: nowhere"
    text = "\n".join(lines) + "\n"
    page = sent(admin, text, language=language).content.decode()
    for number in (wizard + 1, nowhere + 1):
        assert line.format(number) in page, number
    found = re.findall(r"<li>.*?</li>", page, re.DOTALL)
    said = " ".join(each for each in found if "wizard" in each)
    assert bool(re.search(r"[\u4e00-\u9fff]", said)) == (language == "zh")
    assert bool(re.search(r"[a-z]{3,} [a-z]{2,}", re.sub("<[^>]*>", "", said))) == (language == "en")
    assert "by: [wizard]" in said
    assert "nowhere" in page.split("<textarea")[1]
    assert version_in_force("ordinary").version == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "[",
        "code: x",
        "\t- :",
        "code: !!python/object:os.system x",
        "extends: nothing\n",
        "x" * 300_000,
    ],
)
def test_nonsense_is_refused_in_words_and_stays_in_the_form(text: str, admin: Client, people: People) -> None:
    response = sent(admin, text)
    assert response.status_code == 200
    page = response.content.decode()
    of_the_field = not text or len(text) > 100_000
    assert ("errorlist" if of_the_field else "version-found") in page
    if len(text) < 1000:
        assert text.strip() in page.replace("&#x27;", "'")


def test_roles_that_nobody_holds_are_named_by_department(admin: Client, people: People) -> None:
    assert people["archivist"].officer
    people["archivist"].officer.posts = []
    people["archivist"].officer.save()
    page = sent(admin, changed_variation(), "_check").content.decode()
    warned = page[page.index("version-found warnings") :]
    assert "城市管理局：无人担任角色“档案管理员”" in warned
    assert "Nobody holds the role" not in warned
    english = sent(admin, changed_variation(), "_check", "en").content.decode()
    assert "Urban Management: Nobody holds the role Archivist" in english
    assert re.search("城市管理局：案件到了“[^”]+”便无法办结：无人可办立卷归档。", warned)
    assert "规划分局" not in warned.split("</ul>")[0]


def changed_variation() -> str:
    text = procedure_texts()["ordinary-um"]
    assert "zh: 责令改正" in text
    return text.replace("zh: 责令改正,", "zh: 责令限期改正,")


def test_a_variation_extends_the_base_that_is_in_force(admin: Client, people: People) -> None:
    sent(admin, changed(procedure_texts()["ordinary"]))
    assert "zh: 批准立案" in version_in_force("ordinary-um").bases["ordinary"]
    sent(admin, changed_variation())
    assert "zh: 立案审批" in version_in_force("ordinary-um").bases["ordinary"]


def test_those_that_extend_it_are_renewed_with_it_where_that_is_asked_for(
    admin: Client, people: People
) -> None:
    sent(admin, changed(procedure_texts()["ordinary"]), renew="on")
    for code in ("ordinary-um", "ordinary-pl", "ordinary-ws"):
        assert "zh: 立案审批" in version_in_force(code).bases["ordinary"]
        assert version_in_force(code).version == 2
    assert version_in_force("simple").version == 1


def test_a_base_that_would_break_its_variations_is_refused_when_they_follow(
    admin: Client, people: People
) -> None:
    text = procedure_texts()["ordinary"].replace("check_lead", "look_at_lead")
    page = sent(admin, text, renew="on").content.decode()
    assert "ordinary-um" in page.split("<textarea")[0]
    assert version_in_force("ordinary").version == 1


def test_nobody_s_version_is_replaced_unseen(admin: Client, people: People) -> None:
    seen = version_in_force("ordinary")
    form = admin.get(f"{ADD}?from={seen.pk}").content.decode()
    assert f'name="based_on" value="{seen.pk}"' in form
    sent(admin, changed(seen.text), based_on=str(seen.pk))
    mine = seen.text.replace("zh: 核查线索", "zh: 核实线索")
    page = sent(admin, mine, based_on=str(seen.pk)).content.decode()
    assert version_in_force("ordinary").version == 2
    assert "核实线索" in page
    newer = version_in_force("ordinary")
    assert f'name="based_on" value="{newer.pk}"' in page
    sent(admin, mine, based_on=str(newer.pk))
    assert version_in_force("ordinary").version == 3


@pytest.mark.parametrize(
    ("address", "status"),
    [(ADD, 200), ("/admin/casework/procedureversion/999999/change/", 302), (f"{ADD}?from=x", 200)],
)
def test_odd_addresses_answer(address: str, status: int, admin: Client, people: People) -> None:
    assert admin.get(address).status_code == status


def test_only_administrators_reach_it(people: People) -> None:
    for name in ("public", "citizen", "officer", "planner"):
        assert client_of(name).get(ADD).status_code == 302
        assert client_of(name).post(ADD, {"text": "x", "_keep": "1"}).status_code == 302
