"""Phrases that forms offer: an officer's own, and those of the department that who leads keeps."""

import pytest

from layers.casework.models import Phrase
from tests.cases.conftest import Open, SignIn

pytestmark = pytest.mark.django_db
PAGE = "/cases/phrases/"


def texts(sign_in: SignIn, who: str) -> list[str]:
    return [each["text"] for each in sign_in(who, "application/json").get(PAGE).json()["phrases"]]


def test_own_and_shared_phrases_are_offered_in_the_forms_of_a_case(
    open_ordinary: Open, sign_in: SignIn
) -> None:
    case = open_ordinary()
    sign_in("first").post(PAGE, {"text": "当事人当场承认。"})
    sign_in("first").post(PAGE, {"text": "大家都用", "shared": "on"})
    sign_in("leader").post(PAGE, {"text": "已现场核实。", "shared": "on"})
    assert texts(sign_in, "first") == ["当事人当场承认。", "已现场核实。"], (
        "only who leads keeps them for all"
    )
    assert texts(sign_in, "second") == ["已现场核实。"]
    assert texts(sign_in, "planning") == []
    page = sign_in("first").get(f"/cases/{case.pk}/").content.decode()
    assert '<script id="phrases"' in page
    assert sign_in("first", "application/json").get(f"/cases/{case.pk}/").json()["phrases"]["phrases"] == [
        "当事人当场承认。",
        "已现场核实。",
    ]


def test_nobody_removes_the_phrases_of_others(sign_in: SignIn, open_ordinary: Open) -> None:
    sign_in("first").post(PAGE, {"text": "甲"})
    sign_in("leader").post(PAGE, {"text": "乙", "shared": "on"})
    own, shared = Phrase.objects.get(text="甲"), Phrase.objects.get(text="乙")
    for who, removed in (("second", own), ("first", shared), ("planning", shared), ("leader", own)):
        sign_in(who).post(PAGE, {"remove": str(removed.pk)})
    assert Phrase.objects.count() == 2
    sign_in("first").post(PAGE, {"remove": str(own.pk)})
    sign_in("leader").post(PAGE, {"remove": str(shared.pk)})
    assert not Phrase.objects.exists()
