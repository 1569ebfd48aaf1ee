"""What a person types, in Chinese, pinyin, initials or English, finds what they mean."""

import pytest
from django.contrib.gis.geos import LineString, MultiLineString
from django.test import Client

from layers.base.models import Building, Division, PointOfInterest, Road
from layers.coordinates import STORE_SRID
from tests.district import LAT, LON, SmallDistrict, point, square
from tests.people import client_of

pytestmark = pytest.mark.django_db


def results(client: Client, query: str, **words: str | int) -> list[dict[str, object]]:
    response = client.get("/search/", {"q": query, **words}, headers={"accept": "application/json"})
    assert response.status_code == 200, response.content
    found: list[dict[str, object]] = response.json()["results"]
    return found


def titles(client: Client, query: str, **words: str | int) -> list[object]:
    return [result["title"] for result in results(client, query, **words)]


def line(lat: float) -> MultiLineString:
    return MultiLineString(LineString((LON, lat), (LON + 0.5, lat)), srid=STORE_SRID)


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("身份证", "居民身份证换领"),
        ("shenfenzheng", "居民身份证换领"),
        ("sfz", "居民身份证换领"),
        ("renew ID card", "居民身份证换领"),
        ("Card  renew", "居民身份证换领"),
        ("身分证", "居民身份证换领"),
        ("shenfengzheng", "居民身份证换领"),
        ("xinqi", "新碶街道"),
        ("新碶", "新碶街道"),
        ("ＸＩＮＱＩ　", "新碶街道"),
        ("“新碶”，", "新碶街道"),
        ("beilun", "北仑区"),
        ("北仑", "北仑区"),
        ("330206002000", "新碶街道"),
        ("泰山路", "泰山路"),
        ("taishan lu", "泰山路"),
        ("hxmg", "海鲜面馆"),
        ("泰山路1号", "北仑区新碶街道泰山路1号"),
    ],
)
def test_a_search_finds_what_is_meant_first(
    query: str, first: str, district: SmallDistrict, client: Client
) -> None:
    assert titles(client, query)[0] == first


def test_names_come_before_mentions_and_whole_names_before_parts(
    district: SmallDistrict, client: Client
) -> None:
    Building.objects.create(name="药店街大厦", address="其他路", use="office", geom=square(LON, LAT, 0.0002))
    PointOfInterest.objects.create(name="药店", theme="medical", geom=point(LON, LAT))
    assert titles(client, "药店") == ["药店", "药店街大厦", "泰山药店"]


def test_more_useful_layers_come_first_among_equals(district: SmallDistrict, client: Client) -> None:
    Road.objects.create(name="大路村", road_class="residential", geom=line(LAT))
    layers = [result["layer"] for result in results(client, "大路村")]
    assert layers == ["villages", "roads", "village-sites"]


def test_a_road_of_many_lines_is_found_once(district: SmallDistrict, client: Client) -> None:
    for step in range(3):
        Road.objects.create(name="长江路", road_class="primary", geom=line(29 + step))
    assert titles(client, "长江路") == ["长江路"]
    north = results(client, "长江路", bbox="121,30.9,121.4,31.1")[0]
    assert north["lat"] == pytest.approx(31)


def test_the_nearer_of_equals_comes_first(district: SmallDistrict, client: Client) -> None:
    far = PointOfInterest.objects.create(name="明州书店", theme="learning", geom=point(LON + 0.1, LAT))
    near = PointOfInterest.objects.create(name="明州书店", theme="learning", geom=point(LON + 0.2, LAT))
    around_near = f"{LON + 0.19},{LAT - 0.01},{LON + 0.21},{LAT + 0.01}"
    assert [r["id"] for r in results(client, "明州书店", bbox=around_near)] == [near.pk, far.pk]


def test_a_search_can_be_kept_to_layers(district: SmallDistrict, client: Client) -> None:
    assert {r["layer"] for r in results(client, "泰山", layers="pois,roads")} == {"pois", "roads"}
    assert {r["layer"] for r in results(client, "泰山", layers="roads,roads")} == {"roads"}


def test_a_limit_is_kept(district: SmallDistrict, client: Client) -> None:
    assert len(results(client, "泰山", limit=2)) == 2


def test_a_result_says_where_it_is_and_where_to_read_on(district: SmallDistrict, client: Client) -> None:
    item = results(client, "身份证")[0]
    assert (item["lon"], item["lat"], item["bbox"]) == (None, None, None)
    assert item["url"] == f"/services/{district.item.pk}/"
    street = results(client, "新碶街道")[0]
    assert street["place"] == f"/place/divisions/{street['id']}/"
    assert street["bbox"] == pytest.approx([LON - 0.04, LAT - 0.04, LON + 0.04, LAT + 0.04])
    assert client.get(str(street["place"])).status_code == 200


@pytest.mark.parametrize("wildcard", ["%", "_", "%%%%", "\\", "1%号", "____"])
def test_wildcards_are_letters_like_others(wildcard: str, district: SmallDistrict, client: Client) -> None:
    assert titles(client, wildcard) == []


def test_a_number_with_a_wrong_digit_is_another_number(district: SmallDistrict, client: Client) -> None:
    assert titles(client, "330206002201") == []


def test_a_change_is_found_at_once_however_it_is_written(district: SmallDistrict, client: Client) -> None:
    Division.objects.filter(name="大路村").update(name="灵峰村")
    assert titles(client, "lingfeng") == ["灵峰村"]
    assert "大路村" not in titles(client, "大路村")


def test_the_page_shows_the_results_and_keeps_the_words(district: SmallDistrict, client: Client) -> None:
    page = client.get("/search/", {"q": "<b>身份证"}).content.decode()
    assert "&lt;b&gt;身份证" in page
    page = client.get("/search/", {"q": "身份证"}).content.decode()
    assert f'href="/services/{district.item.pk}/"' in page
    assert client.get("/search/").status_code == 200


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ({"q": "长" * 101}, 400),
        ({"q": "x", "limit": "101"}, 400),
        ({"q": "x", "limit": "１"}, 400),
        ({"q": "x", "bbox": "1,2,3"}, 400),
        ({"q": "x", "bbox": "nan,1,2,3"}, 400),
        ({"q": "x", "bbox": "0,50,1,40"}, 400),
        ({"q": "x", "bbox": "1e300,1,2,3"}, 400),
        ({"q": "x\x00"}, 400),
        ({"q": "x", "layers": "roads,no-such"}, 404),
    ],
)
def test_a_mistake_is_answered_with_a_sentence(
    words: dict[str, str], status: int, district: SmallDistrict
) -> None:
    response = client_of("public").get("/search/", words)
    assert response.status_code == status
    assert response.json()["error"].endswith((".", "。"))


def test_a_search_that_takes_too_long_is_ended_with_a_sentence(
    district: SmallDistrict, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geoportal.portal.search_query.TIMEOUT", "1ms")
    PointOfInterest.objects.bulk_create(
        PointOfInterest(name=f"a{number} " * 15, theme="food", geom=point(LON, LAT)) for number in range(3000)
    )
    response = client_of("public").get("/search/", {"q": "a"})
    assert response.status_code == 503
    assert response.json()["error"].endswith((".", "。"))
