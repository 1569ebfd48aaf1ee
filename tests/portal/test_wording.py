"""Values, numbers and lists as each of the two languages writes them."""

import datetime
import html
import re

import pytest
from django.test import Client
from django.utils import translation

from geoportal.accounts.models import User
from geoportal.features.feature_text import enumeration
from geoportal.portal.templatetags.wording import counted
from layers.agencies.models import Department, Officer, Unit
from layers.base.models import Building
from layers.casework.models import Case
from layers.foodsafety.models import Premises
from layers.registry.text import one_language
from layers.services.models import ServiceItem
from tests.district import SmallDistrict
from tests.people import client_of

pytestmark = pytest.mark.django_db
GENERATED = "演示数据（生成） / Generated demonstration data"


def text_of(client: Client, address: str, language: str) -> str:
    """What the page's main part says, without its tags."""
    response = client.get(address, headers={"accept": "text/html", "accept-language": language})
    assert response.status_code == 200
    main = re.search(r"<main.*?</main>", response.content.decode(), re.DOTALL)
    assert main
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", main[0])))


def test_dates_are_written_as_the_language_writes_them(district: SmallDistrict, client: Client) -> None:
    Premises.objects.update(last_inspection=datetime.date(2025, 5, 24))
    assert "24 May 2025" in text_of(client, "/food/", "en")
    assert "2025年5月24日" in text_of(client, "/food/", "zh-hans")


def test_a_limit_says_of_what_and_no_fee_is_said_in_words(district: SmallDistrict, client: Client) -> None:
    ServiceItem.objects.update(promised_limit=15, fee=0)
    assert "15 working days" in text_of(client, "/services/", "en")
    assert "15 个工作日" in text_of(client, "/services/", "zh-hans")
    page = f"/services/{district.item.pk}/"
    assert "Fee free of charge" in text_of(client, page, "en")
    assert "收费 不收费" in text_of(client, page, "zh-hans")
    ServiceItem.objects.update(fee=40)
    assert "Fee 40 yuan" in text_of(client, page, "en")


def test_a_department_is_named_in_the_language_of_the_page(district: SmallDistrict, client: Client) -> None:
    Unit.objects.update(name_en="Planning hall")
    for page in ("/services/", f"/services/{district.item.pk}/"):
        assert "Planning" in text_of(client, page, "en")
        assert "规划分局" not in text_of(client, page, "en")
        assert "规划分局" in text_of(client, page, "zh-hans")
        assert "Planning" not in text_of(client, page, "zh-hans")


def test_a_list_has_a_column_for_the_map_where_something_is_on_it(
    district: SmallDistrict, client: Client
) -> None:
    def columns() -> list[str]:
        page = client.get("/food/", headers={"accept": "text/html", "accept-language": "en"})
        return re.findall(r'<th scope="col">(.*?)</th>', page.content.decode())

    assert columns()[-1] == "Map"
    Premises.objects.update(geom=None)
    assert columns()[-1] == "Last inspection"


@pytest.mark.parametrize(
    ("language", "number", "names"),
    [("en", "11,835", "Urban Management, Planning"), ("zh-hans", "11,835", "城市管理局、规划分局")],
)
def test_numbers_and_lists(language: str, number: str, names: str) -> None:
    with translation.override(language):
        assert counted(11835) == number
        assert enumeration(re.split("[、,] ?", names)) == names


def test_a_source_in_both_languages_is_shown_in_one(district: SmallDistrict, client: Client) -> None:
    Building.objects.update(source=GENERATED)
    address = f"/place/buildings/{district.building.pk}/"
    for language, source in (("en", "Generated demonstration data"), ("zh-hans", "演示数据（生成）")):
        headers = {"accept": "application/json", "accept-language": language}
        assert client.get(address, headers=headers).json()["source"] == source
        listed = client.get("/layers/", headers=headers).json()["layers"]
        assert [each["sources"] for each in listed if each["name"] == "buildings"] == [[source]]
    with translation.override("en"):
        assert one_language("测绘院 / 2026 年") == "测绘院 / 2026 年"
        assert one_language("OSM / ODbL") == "OSM / ODbL"


def test_an_officer_reads_the_department_of_the_record(district: SmallDistrict) -> None:
    client = client_of("other_officer")
    department = Department.objects.get(code="UM")
    record = Officer.objects.create(code="U1", name="周某", department=department)
    User.objects.filter(username="other_officer").update(officer=record)
    assert "Departments Urban Management May see data up to" in text_of(client, "/accounts/me/", "en")


@pytest.mark.django_db
def test_the_inbox_names_departments_in_the_page_s_language(district: SmallDistrict) -> None:
    Department.objects.filter(code="UM").update(name="城市管理局", name_en="Urban Management Bureau")
    case = Case.objects.filter(department__code="UM").order_by("pk")[0]
    Case.objects.filter(pk=case.pk).update(closed=None, visibility=2)
    for language, name in (("en", "Urban Management Bureau"), ("zh-hans", "城市管理局")):
        headers = {"accept": "application/json", "accept-language": language}
        listed = client_of("officer").get("/cases/inbox/?box=all", headers=headers).json()["items"]
        assert {each["department"] for each in listed} == {name}
