"""The planner's desk: a question as form, text and words, its answer as table and chart, kept under a number."""

import re
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.test import Client
from django.test.utils import override_script_prefix
from hypothesis import given, settings
from hypothesis import strategies as st

from geoportal.accounts.models import User
from geoportal.workbench.beginnings import EXAMPLES
from geoportal.workbench.rows import Row, node_of, rows_of
from layers.base.models import Building
from layers.query.json_form import from_json, to_json
from layers.query.models import StoredQuery
from layers.query.nodes import Node
from layers.query.scope import Scope
from layers.query.text_form import from_text, to_text
from layers.registry.access.layer_query import LayerQuery
from layers.registry.registration import get_layer
from tests.district import SmallDistrict
from tests.effort import tries
from tests.people import VIEWERS, client_of, make_person
from tests.query.conditions import CONDITIONS

pytestmark = pytest.mark.django_db
DESK = "/workbench/"
QUESTIONS = [
    "storeys >= 6", "use = 'office' AND height > 20.5", "name LIKE '政%' OR name IS NULL", "NOT address IS NULL",
    "near('roads', 200)", "near('pois', 100, theme = 'medical') AND storeys < 9", "inside('divisions', level = 'subdistrict')",
    "count_near('pois', 500, theme = 'medical') >= 1", "area() > 3",
]  # fmt: skip


@pytest.fixture
def planner(district: SmallDistrict) -> Client:
    client = client_of("planner")
    client.defaults["HTTP_ACCEPT"] = "text/html"
    return client


def page(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, response.content.decode()[:2000]
    return response.content.decode()


def asked(text: str, layer: str = "buildings", **words: str) -> str:
    more = "".join(f"&{name}={quote(value)}" for name, value in words.items())
    return f"{DESK}?layer={layer}&filter={quote(text)}{more}"


def test_only_planners_and_administrators_find_it(district: SmallDistrict) -> None:
    statuses = {role: client_of(role).get(DESK).status_code for role in VIEWERS}
    assert statuses == {
        "public": 401, "citizen": 404, "officer": 404, "other_officer": 404, "planner": 200, "administrator": 200,
    }  # fmt: skip


def fields(html: str) -> dict[str, str]:
    """The form of the sentence as a browser would send it."""
    form = html[html.index('class="question"') : html.index("</form>", html.index('class="question"'))]
    found = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and name[1] != "csrfmiddlewaretoken":
            found[name[1]] = _plain(value[1] if value else "")
    for name, options in re.findall(r'<select[^>]*name="([^"]*)".*?>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)"[^>]*selected', options)
        first = re.search(r'<option value="([^"]*)"', options)
        assert first
        found[name] = _plain((chosen or first)[1])
    return found


def _plain(text: str) -> str:
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#x27;", "'"), ("&amp;", "&")):
        text = text.replace(entity, sign)
    return text


@pytest.mark.parametrize("text", QUESTIONS)
def test_the_form_sends_back_the_question_that_it_shows(text: str, planner: Client) -> None:
    html = page(planner, asked(text))
    response = planner.post(DESK, {**fields(html), "action": "show"})
    assert response.status_code == 302, response.content.decode()[:3000]
    sent = parse_qs(urlsplit(response["Location"]).query)
    assert from_text(sent["filter"][0]) == from_text(text)
    assert sent["layer"] == ["buildings"]


@settings(max_examples=tries(400))
@given(CONDITIONS)
def test_no_question_is_lost_in_the_form(condition: Node) -> None:
    node = from_json(to_json(condition))
    layer = get_layer("buildings", VIEWERS["planner"])
    scope = Scope(LayerQuery(layer, VIEWERS["planner"]))
    assert node_of(*rows_of(node, scope), scope) == node


def test_conditions_are_added_and_taken_away_one_by_one(planner: Client) -> None:
    html = planner.post(DESK, {**fields(page(planner, f"{DESK}?layer=buildings")), "action": "add:attribute"})
    sent = fields(html.content.decode()) | {"0-property": "storeys", "0-operator": ">", "0-value": "7"}
    html = planner.post(DESK, {**sent, "action": "add:count"})
    sent = fields(html.content.decode()) | {"1-layer": "pois", "1-operator": ">=", "1-value": "1"}
    both = planner.post(DESK, {**sent, "action": "show"})["Location"]
    assert parse_qs(urlsplit(both).query)["filter"] == ["storeys > 7 AND count_near('pois', 200) >= 1"]
    one = planner.post(DESK, {**fields(page(planner, both)), "action": "remove:1"})["Location"]
    assert parse_qs(urlsplit(one).query)["filter"] == ["storeys > 7"]
    wrong = planner.post(DESK, {**sent, "1-value": "many", "action": "show"})
    assert wrong.status_code == 400
    assert "“many”" in wrong.content.decode()


def test_the_answer_is_explained_counted_listed_charted_and_taken_away(
    planner: Client, district: SmallDistrict
) -> None:
    text = "near('pois', 500, theme = 'medical') AND use = 'office' AND storeys >= 6"
    html = page(planner, asked(text, chart="storeys"))
    assert "“建筑”中，500米以内有“生活兴趣点”（主题为“医”），且用途为“办公”，且层数不小于6的要素。" in html
    assert "政务大楼" in html
    assert f'data-id="{district.building.pk}"' in html
    assert '<td data-heading="层数">8</td>' in html
    assert html.count("<meter") == 1
    planner.cookies["django_language"] = "en"
    html = page(planner, asked(text, chart="use"))
    assert (
        "Of “Buildings” those where there is “Points of interest” (where Theme is “Health”) within 500 m, and "
        in html
    )
    assert "Use is “Office”, and Storeys is at least 6." in html
    export = re.search(r'href="(/layers/buildings/export.csv[^"]*)"', html)
    assert export
    response = planner.get(_plain(export[1]))
    lines = b"".join(response.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 2
    assert "政务大楼" in lines[1]


def test_below_a_path_of_the_host_its_addresses_keep_that_path(planner: Client) -> None:
    with override_script_prefix("/geo/"):
        html = page(planner, asked("use = 'office'"))
    for address in ("layers/buildings/export.csv", "ogc/collections/buildings/items", "place/buildings/"):
        assert set(re.findall(f"([a-z]*)/{address}", html)) == {"geo"}, address


def test_a_bar_narrows_the_question_to_what_it_counts(planner: Client) -> None:
    html = page(planner, asked("storeys > 0", chart="use"))
    bars = re.findall(r'<a href="([^"]*)">[^<]*</a>\s*<meter[^>]*>(\d+)</meter>', html)
    assert sum(int(count) for _url, count in bars) == 2
    for url, count in bars:
        narrowed = parse_qs(urlsplit(_plain(url)).query)
        assert narrowed["filter"][0].startswith("storeys > 0 AND use = '")
        assert page(planner, f"{DESK}{_plain(url)}").count("data-id=") == int(count)


def test_a_bar_of_a_range_narrows_the_question_to_what_it_counts(
    planner: Client, district: SmallDistrict
) -> None:
    Building.objects.all().delete()
    heights = [None, None, *(number / 7 + 1e-7 for number in range(40))]
    Building.objects.bulk_create(Building(height=height, geom=district.building.geom) for height in heights)
    html = page(planner, asked("id > 0", chart="height"))
    bars = re.findall(r'<a href="([^"]*)">[^<]*</a>\s*<meter[^>]*>(\d+)</meter>', html)
    assert len(bars) == 13
    assert sum(int(count) for _url, count in bars) == len(heights)
    for url, count in bars:
        assert page(planner, f"{DESK}{_plain(url)}").count("data-id=") == int(count), url


def test_tables_are_sorted_and_paged(planner: Client, district: SmallDistrict) -> None:
    Building.objects.bulk_create(Building(storeys=n, geom=district.building.geom) for n in range(60))
    first = page(planner, asked("storeys >= 0", sort="-storeys"))
    assert first.count("data-id=") == 50
    assert 'aria-sort="descending"' in first
    assert page(planner, asked("storeys >= 0", sort="-storeys", page="2")).count("data-id=") == 12


@pytest.mark.parametrize("text", ["nothing = 1", "storeys >", "1 = 'x'", "near('nowhere', 3)"])
def test_what_is_wrong_is_said_beside_the_question(text: str, planner: Client) -> None:
    html = page(planner, asked(text), 400)
    assert 'role="alert"' in html
    assert 'name="text"' in html


def test_a_question_is_kept_with_its_parameters_and_shared(planner: Client) -> None:
    text = "near('roads', 100) AND storeys > parameter('least')"
    kept = {"layer": "buildings", "text": text, "title": "高楼", "sharing": "owner", "action": "save"}
    assert planner.post(DESK, kept).status_code == 400  # no value for the parameter
    refused = planner.post(DESK, {**kept, "sharing": "planners", "parameters": "most = 7"})
    assert refused.status_code == 400
    for typed in ('value="高楼"', ">most = 7</textarea>", r'value="planners"\s+selected'):
        assert re.search(typed, refused.content.decode()), typed
    address = planner.post(DESK, {**kept, "parameters": "least = 7"})["Location"]
    assert re.fullmatch(r"/workbench/\d+/", address)
    assert page(planner, address).count("data-id=") == 1
    assert page(planner, f"{address}?least=5").count("data-id=") == 2
    other = client_of("administrator")
    assert other.get(address).status_code == 404
    StoredQuery.objects.update(sharing="planners")
    assert other.get(address, headers={"accept": "text/html"}).status_code == 200
    assert client_of("officer").get(address).status_code == 404


def test_values_of_parameters_make_no_question_too_large(planner: Client) -> None:
    text, value = " OR ".join(["storeys = parameter('n')"] * 400), "+".join(["1"] * 40)
    kept = {"layer": "buildings", "text": text, "title": "a", "action": "save", "parameters": f"n = {value}"}
    address = planner.post(DESK, kept)["Location"]
    assert planner.get(address).status_code == 400
    assert page(planner, f"{address}?n=8").count("data-id=") == 1


def test_a_long_question_is_kept_and_has_a_short_address(planner: Client) -> None:
    text = " OR ".join(f"address = '第{number}号的一个相当长的地址'" for number in range(300))
    response = planner.post(DESK, {"layer": "buildings", "text": text, "action": "text"})
    assert re.fullmatch(r"/workbench/\d+/", response["Location"])
    node = from_json(StoredQuery.objects.get().condition)
    assert to_text(node) == text


def test_a_kept_question_whose_column_was_withdrawn_says_so(planner: Client) -> None:
    condition = to_json(from_text("former_name = 'x'"))
    owner = User.objects.get(username="planner")
    kept = StoredQuery.objects.create(
        owner_id=owner.pk, owner="planner", title="旧", layer="buildings", condition=condition
    )
    assert "没有名为“former_name”的字段" in page(planner, f"{DESK}{kept.pk}/", 400)


@settings(max_examples=tries(200))
@given(
    st.lists(
        st.builds(
            Row, st.sampled_from(["attribute", "near", "count", "inside", "text"]), *[st.text(max_size=8)] * 7
        ),
        max_size=3,
    )
)
def test_no_form_fails(rows: list[Row]) -> None:
    layer = get_layer("buildings", VIEWERS["planner"])
    scope = Scope(LayerQuery(layer, VIEWERS["planner"]))
    try:
        node_of("and", rows, scope)
    except ValueError as problem:
        assert str(problem)  # noqa: PT017


def test_the_first_page_offers_examples_kept_questions_and_those_asked_lately(planner: Client) -> None:
    kept = {"layer": "buildings", "text": "storeys > 7", "title": "高楼", "action": "save"}
    own = planner.post(DESK, kept)["Location"]
    other = User.objects.get(username=make_person("administrator").username)
    for title, sharing in (("共享的", "planners"), ("私人的", "owner")):
        StoredQuery.objects.create(owner_id=other.pk, owner="a", title=title, layer="roads", sharing=sharing)
    for storeys in range(12):
        planner.post(DESK, {"layer": "buildings", "text": f"storeys > {storeys}", "action": "text"})
    planner.post(DESK, {"layer": "buildings", "text": "storeys > 5", "action": "text"})
    html = page(planner, DESK)
    assert f'<a href="{own}">高楼</a>' in html
    assert "共享的" in html
    assert "私人的" not in html
    recent = re.findall(r"“建筑”中，层数大于(\d+)的要素。</a>", html)
    assert recent == ["5", "11", "10", "9", "8", "7", "6", "4", "3", "2"]
    examples = re.findall(r'<a href="([^"]*)">', html[html.index('id="examples-title"') :])
    assert len([url for url in examples if "?layer=" in url]) == len(EXAMPLES)


def test_every_example_can_be_asked(planner: Client) -> None:
    for each in EXAMPLES:
        assert 'role="alert"' not in page(planner, asked(each.text, each.layer)), each.text


def test_a_kept_question_is_changed_and_deleted_by_its_owner_alone(planner: Client) -> None:
    text = "storeys > parameter('least')"
    kept = {"layer": "buildings", "text": text, "title": "高楼", "parameters": "least = 7"}
    address = planner.post(DESK, {**kept, "action": "save"})["Location"]
    question = StoredQuery.objects.get()
    html = page(planner, address)
    assert "storeys &gt; parameter(&#x27;least&#x27;)</textarea>" in html
    sent = {**kept, "kept": str(question.pk), "title": "较高的楼", "sharing": "planners", "action": "change"}
    wrong = planner.post(DESK, {**sent, "text": "storeys >"})
    assert wrong.status_code == 400
    for typed in ('value="较高的楼"', "storeys &gt;</textarea>", 'value="change"'):
        assert typed in wrong.content.decode(), typed
    assert (
        planner.post(DESK, {**sent, "parameters": "least = 5", "text": f"{text} AND id > 0"})["Location"]
        == address
    )
    assert page(planner, address).count("data-id=") == 2
    assert "较高的楼" in page(planner, address)
    form = fields(page(planner, f"{DESK}?layer=buildings&filter=storeys%3E7&kept={question.pk}"))
    assert form["kept"] == str(question.pk)
    assert f"kept={question.pk}" in planner.post(DESK, {**form, "action": "show"})["Location"]
    other = client_of("administrator")
    assert other.post(DESK, sent).status_code == 404
    assert other.post(address, {"action": "delete"}).status_code == 404
    seen = other.get(address, headers={"accept": "text/html"}).content.decode()
    assert "较高的楼" in seen
    assert 'value="change"' not in seen
    assert planner.post(address, {"action": "delete"})["Location"] == DESK
    assert not StoredQuery.objects.exists()


def test_no_wrong_value_takes_the_form_away(planner: Client) -> None:
    kept = {"layer": "buildings", "text": "storeys > parameter('n')", "title": "a", "parameters": "n = 7"}
    address = planner.post(DESK, {**kept, "action": "save"})["Location"]
    for wrong in (f"{address}?n=%29", f"{address}?n=%27a%27", asked("storeys >", "buildings")):
        assert 'class="question"' in page(planner, wrong, 400), wrong
    StoredQuery.objects.update(layer="gone")
    assert 'value="delete"' in page(planner, address, 404)


def test_counts_are_grouped_in_thousands(planner: Client, district: SmallDistrict) -> None:
    Building.objects.bulk_create(Building(storeys=3, geom=district.building.geom) for _ in range(1200))
    html = page(planner, asked("storeys = 3", chart="storeys"))
    assert "1,200" in html
    assert ">1200<" not in html


def test_the_lists_of_the_first_page_are_read_page_by_page(planner: Client) -> None:
    owner = User.objects.get(username="planner").pk
    for number in range(25):
        StoredQuery.objects.create(owner_id=owner, title=f"问题{number:02}", layer="buildings")
    first, second = page(planner, DESK), page(planner, f"{DESK}?page=2")
    assert [f"问题{number:02}" in first for number in (24, 5, 4)] == [True, True, False]
    assert [f"问题{number:02}" in second for number in (5, 4, 0)] == [False, True, True]
    assert "?page=2" in first
