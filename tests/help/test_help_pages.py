"""Help is one link away from every page, in the reader's language, and says what there is not."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import get_resolver
from markdown_it.token import Token

from geoportal.help import chapters, markdown
from geoportal.help.handbooks import NAMES, Handbook
from geoportal.help.pictures import picture_of
from layers.registry.audience import Audience
from tests.contracts.test_every_address import FIELD, templates
from tests.district import SmallDistrict
from tests.people import client_of

pytestmark = pytest.mark.django_db
PAGES = [
    ("public", "/", "/help/citizen/#find-your-way-on-the-map"),
    ("public", "/services/", "/help/citizen/#find-where-to-hand-something-in"),
    ("public", "/receipts/", "/help/citizen/#follow-your-own-case"),
    ("public", "/accounts/sign-in/", "/help/citizen/#sign-in-and-look-after-your-account"),
    ("public", "/help/", "/help/"),
    ("public", "/no-such-page/", "/help/"),
    ("officer", "/cases/", "/help/citizen/#see-what-cases-were-published"),
    ("officer", "/cases/inbox/", "/help/officer/#start-the-day-in-your-inbox"),
    ("planner", "/ogc/", "/help/planner/#open-the-layers-in-qgis"),
    ("administrator", "/imports/", "/help/administrator/#bring-a-file-onto-the-map"),
    ("administrator", "/operations/", "/help/operator/#see-how-it-is-doing"),
    ("administrator", "/admin/casework/procedureversion/", "/help/administrator/#change-a-procedure"),
]


@pytest.mark.parametrize(("role", "address", "help_address"), PAGES)
def test_a_page_leads_to_the_part_that_explains_it(
    role: str, address: str, help_address: str, district: SmallDistrict
) -> None:
    page = client_of(role).get(address, headers={"accept": "text/html"})
    assert f'href="{help_address}"' in page.text


def test_a_case_is_explained_to_who_handles_it_and_to_everybody_else() -> None:
    route = "cases/<int:pk>/"
    assert chapters.chapter_of(route, Audience.PUBLIC) == ("citizen", "see-what-cases-were-published")
    assert chapters.chapter_of(route, Audience.DEPARTMENT) == ("officer", "take-a-cases-next-step")


def test_every_chapter_is_in_its_handbook_and_explains_a_page_that_there_is() -> None:
    routes = [address.removeprefix("/") for address in templates(get_resolver().url_patterns)]
    for beginning, (name, anchor) in [
        *chapters.CHAPTERS.items(),
        *chapters.OUTSIDE.items(),
        ("", chapters.MAP),
    ]:
        assert anchor in {each.anchor for each in markdown.page(Handbook(name), "en").headings}, anchor
        assert any(route.startswith(FIELD.sub("{}", beginning)) for route in routes), beginning


@pytest.mark.parametrize("name", NAMES)
def test_a_handbook_is_shown_in_the_reader_s_language(name: str, client: Client) -> None:
    address = f"/help/{name}/"
    for language, contents in (("en", "Contents"), ("zh-hans", "目录")):
        page = client.get(address, headers={"accept": "text/html", "accept-language": language})
        written = markdown.page(Handbook(name), language)
        assert f"<h1>{written.title}</h1>" in page.text
        assert f'aria-label="{contents}"' in page.text
        for heading in written.headings:
            assert f'id="{heading.anchor}"' in page.text
            if heading.level == 2:
                assert f'href="#{heading.anchor}"' in page.text
    assert (
        client.get(address, headers={"accept": "application/json"}).json()["headings"][0]["anchor"]
        == written.headings[0].anchor
    )


def test_a_handbook_that_is_not_there_is_refused_in_words(client: Client) -> None:
    for address in ("/help/mayor/", "/help/pictures/"):
        page = client.get(address, headers={"accept": "text/html", "accept-language": "en"})
        assert page.status_code == 404
        assert "There is no such handbook." in page.text


def test_a_picture_is_shown_with_its_words_where_it_was_made_and_else_nothing(own_data_folder: Path) -> None:
    client = client_of("public")
    shown = client.get("/help/citizen/", headers={"accept": "text/html", "accept-language": "en"}).text
    picture = markdown.pictures_of(Handbook("citizen"), "en")[0]
    address = f"/help/pictures/en/{picture.file}"
    assert picture.words not in shown
    assert "<img" not in shown.split("<main")[1]
    assert client.get(address).status_code == 404
    picture.path("en").parent.mkdir(parents=True)
    picture.path("en").write_bytes(b"\x89PNG")
    shown = client.get("/help/citizen/", headers={"accept": "text/html", "accept-language": "en"}).text
    assert f'src="{address}"' in shown
    answer = client.get(address)
    assert (answer["Content-Type"], b"".join(answer)) == ("image/png", b"\x89PNG")
    for other in (f"/help/pictures/zh-hans/{picture.file}", f"/help/pictures/fr/{picture.file}"):
        assert client.get(other).status_code == 404
    (picture.path("en").parent / "other.png").write_bytes(b"\x89PNG")
    assert client.get("/help/pictures/en/other.png").status_code == 404


def test_markup_in_a_handbook_is_text_alone() -> None:
    shown = markdown.MARKDOWN.render("<script>a</script> [b](javascript:c) **d**")
    assert shown == "<p>&lt;script&gt;a&lt;/script&gt; [b](javascript:c) <strong>d</strong></p>\n"


def test_lines_of_chinese_are_joined_without_a_blank_and_nothing_else_is() -> None:
    written = "# 题\n\n链接只显示\n一次，点击\n**保存**，见\n[任务](/jobs/)。\n\n- 一\n  二\n- three\n  four"
    assert (
        markdown.join_lines(written)
        == "# 题\n\n链接只显示一次，点击**保存**，见[任务](/jobs/)。\n\n- 一二\n- three\n  four"
    )


@pytest.mark.parametrize(
    "said", ["", "officer", "officer cases/", "officer /cases/ wide", "officer /cases/ then "]
)
def test_a_picture_line_that_says_nothing_to_be_photographed_is_refused(said: str) -> None:
    image = Token("image", "img", 0, attrs={"src": "pictures/a.png", "title": said}, content="words")
    with pytest.raises(ValueError, match="say who looks"):
        picture_of(image)
