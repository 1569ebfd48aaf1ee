"""The handbooks say what there is: the same in both languages, in the words of the pages, at addresses that answer."""

import re
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
import yaml
from babel.messages.pofile import read_po
from django.apps import apps
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.text import capfirst

from geoportal.help.handbooks import FOLDER, LANGUAGES, NAMES, Handbook
from geoportal.help.markdown import MARKDOWN, headings_of, page, pictures_of
from tests.conftest import ROOT

EACH = pytest.mark.parametrize("name", NAMES)
IN_EACH = pytest.mark.parametrize("language", LANGUAGES)
CODE = ("geoportal", "layers", "tiles", "importers")


@EACH
def test_both_languages_have_the_same_headings_and_pictures(name: str) -> None:
    english, chinese = (headings_of(Handbook(name), language) for language in ("en", "zh-hans"))
    assert [heading.level for heading in chinese] == [heading.level for heading in english]
    assert [heading.anchor for heading in chinese] == [heading.anchor for heading in english]
    assert max(Counter(heading.anchor for heading in english).values()) == 1
    here, there = (pictures_of(Handbook(name), language) for language in ("en", "zh-hans"))
    assert [(each.file, each.who, each.width) for each in here] == [
        (each.file, each.who, each.width) for each in there
    ]


def test_no_two_pictures_have_one_name() -> None:
    files = Counter(picture.file for name in NAMES for picture in pictures_of(Handbook(name), "en"))
    assert [file for file, count in files.items() if count > 1] == []


@pytest.mark.django_db  # layers made of datasets have addresses too
@EACH
@IN_EACH
def test_every_address_in_a_handbook_is_one_of_the_portal_s(name: str, language: str) -> None:
    text = Handbook(name).text(language)
    addresses = re.findall(r"`(/[^`]*)`|\]\((/[^)]*)\)", text)
    for address in [
        *(a or b for a, b in addresses),
        *(p.address for p in pictures_of(Handbook(name), language)),
    ]:
        try:
            resolve(re.split(r"[?#]", re.sub(r"[<{][^>}]*[>}]", "1", address))[0])
        except Resolver404:
            pytest.fail(f"{name}, {language}: there is nothing at {address}")


@EACH
@IN_EACH
def test_every_link_to_a_file_leads_to_one(name: str, language: str) -> None:
    for file in re.findall(r"\]\(([^/)#][^)#]*\.md)", Handbook(name).text(language)):
        assert (FOLDER / file).is_file(), file


@EACH
@IN_EACH
def test_what_a_handbook_prints_bold_stands_on_a_page(name: str, language: str) -> None:
    known = shown_words()[language]
    missing = [words for words in bold_words(name, language) if words not in known]
    assert missing == []
    assert "**" not in page(Handbook(name), language).html


def bold_words(name: str, language: str) -> list[str]:
    found = []
    for inline in MARKDOWN.parse(Handbook(name).text(language)):
        parts = inline.children or []
        found += [parts[at + 1].content for at, part in enumerate(parts) if part.type == "strong_open"]
    return found


def shown_words() -> dict[str, set[str]]:
    """By language, what templates, scripts and declarations show; buttons of one sign too."""
    words: dict[str, set[str]] = {language: {"3D", "+", "−", "English", "中文"} for language in LANGUAGES}
    for file in (ROOT / "geoportal/locale/zh_Hans/LC_MESSAGES").glob("*.po"):
        for message in read_po(BytesIO(file.read_bytes())):
            for language, said in (("en", message.id), ("zh-hans", message.string)):
                words[language] |= {said} if isinstance(said, str) else set(said or ())
    for zh, en in re.findall(r'Text\(\s*"([^"]+)",\s*"([^"]+)"', sources()):
        words["zh-hans"].add(zh)
        words["en"].add(en)
    for language in LANGUAGES:
        with translation.override(language):
            words[language] |= {capfirst(said) for said in names_of_models()}
    for procedure in (ROOT / "layers").rglob("procedures/*.yaml"):
        _gather(yaml.safe_load(procedure.read_text()), words)
    return words


def names_of_models() -> Iterator[str]:
    """Of the tables and fields that the administration shows."""
    for model in apps.get_models():
        yield str(model._meta.verbose_name_plural)
        yield from (str(getattr(field, "verbose_name", "")) for field in model._meta.get_fields())


def sources() -> str:
    return "\n".join(path.read_text() for folder in CODE for path in (ROOT / folder).rglob("*.py"))


def _gather(said: object, words: dict[str, set[str]]) -> None:
    match said:
        case {"zh": str(zh), "en": str(en)}:
            words["zh-hans"].add(zh)
            words["en"].add(en)
        case dict():
            for each in said.values():
                _gather(each, words)
        case list():
            for each in said:
                _gather(each, words)


@EACH
@IN_EACH
def test_a_handbook_is_short(name: str, language: str) -> None:
    assert 60 < len(Path(FOLDER / f"{name}{LANGUAGES[language]}.md").read_text().splitlines()) <= 220
    assert page(Handbook(name), language).lead
