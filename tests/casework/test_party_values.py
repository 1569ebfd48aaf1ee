"""Numbers of identity and telephones are checked alike wherever they come in, and refused in a sentence."""

import pytest
from django.utils.translation import override

from layers.casework.access.actor import NotAllowed
from layers.casework.cases.effects import StepInput
from layers.casework.cases.parties import add_party, correct_party
from layers.casework.cases.transitions import take_step
from layers.casework.models import Case, Party
from layers.casework.procedures.versions import version_in_force
from layers.casework.rules.party_values import (
    PartyValueError,
    identity_number,
    kind_of_number,
    telephone,
)
from layers.enforcement.imports import party

from .conftest import Open, People

CITIZEN, FIRM = "330206190001010004", "91350100M000100Y43"
WRONG = "330206190001010001"  # its check digit is 4


@pytest.mark.parametrize(
    ("kind", "number", "kept"),
    [
        ("person", CITIZEN, CITIZEN),
        ("person", f" {CITIZEN} ", CITIZEN),
        ("person", "３３０２０６１９０００１０１０００４", CITIZEN),
        ("person", "e12345678", "E12345678"),
        ("person", "H1234567890", "H1234567890"),
        ("person", "12345678", "12345678"),
        ("organisation", FIRM.lower(), FIRM),
        ("", FIRM, FIRM),
        ("", CITIZEN, CITIZEN),
        ("person", "", ""),
        ("none", "", ""),
    ],
)
def test_numbers_are_kept_as_they_are_written_on_papers(kind: str, number: str, kept: str) -> None:
    assert identity_number(kind, number) == kept


@pytest.mark.parametrize(
    ("kind", "number", "why"),
    [
        ("person", WRONG, "公民身份号码"),
        ("person", FIRM, "公民身份号码"),
        ("person", CITIZEN[:-1], "公民身份号码"),
        ("person", "330206190013010009", "公民身份号码"),
        ("organisation", CITIZEN, "统一社会信用代码"),
        ("organisation", "91350100M000100Y44", "统一社会信用代码"),
        ("", WRONG, "公民身份号码"),
        ("none", CITIZEN, "无当事人"),
    ],
)
def test_a_number_that_is_none_is_refused_in_a_sentence(kind: str, number: str, why: str) -> None:
    with override("zh-hans"), pytest.raises(PartyValueError, match=why):
        identity_number(kind, number)


def test_a_number_tells_whose_it_is() -> None:
    assert (kind_of_number(CITIZEN), kind_of_number("E12345678"), kind_of_number(FIRM)) == (
        "person",
        "person",
        "organisation",
    )


@pytest.mark.parametrize(
    "number",
    [
        "13800001234",
        "138 0000 1234",
        "+86 13800001234",
        "１３８００００１２３４",
        "0574-86780000",
        "(0574)86780000",
        "0574-86780000转8",
        "86886688",
        "400-820-1234",
        "96345",
        "+44 20 7946 0958",
        "",
    ],
)
def test_telephones_are_taken_as_people_write_them(number: str) -> None:
    assert telephone(number).isascii() or "转" in number


@pytest.mark.parametrize(
    "number", ["1380000123", "138000012345", "12800001234", "电话", "0574", "86886688a", "8" * 40, "-"]
)
def test_what_is_no_telephone_is_refused_in_a_sentence(number: str) -> None:
    with override("zh-hans"), pytest.raises(PartyValueError, match="不是电话号码"):
        telephone(number)


@pytest.mark.django_db
def test_every_way_in_asks_the_same_check(open_ordinary: Open, people: People) -> None:
    case, first = open_ordinary(), people["first"]
    count = Case.objects.count()
    given = {"kind": "person", "name": "赵举报"}
    for wrong in ({"identity": WRONG}, {"phone": "1380000123"}):
        with pytest.raises(NotAllowed, match="不是"):
            add_party(case.pk, "reporter", {**given, **wrong}, first)
    for column, value in (("party_id", CITIZEN), ("party_phone", "1380000123")):
        with pytest.raises(NotAllowed, match="不是"):
            correct_party(case.pk, {column: value}, "更正", first)
        with pytest.raises(NotAllowed, match="不是"):
            open_ordinary(party={"party_kind": "organisation", "party_name": "某公司", column: value})
    with override("zh-hans"), pytest.raises(ValueError, match="不是"):
        party({"party_id": WRONG})
    assert not Party.objects.filter(is_principal=False).exists()
    assert Case.objects.count() == count
    correct_party(case.pk, {"party_id": FIRM.lower()}, "补充", first)
    case.refresh_from_db()
    assert case.party_id == FIRM


@pytest.mark.django_db
def test_the_form_of_a_step_asks_it_too(open_ordinary: Open, people: People) -> None:
    simple = version_in_force("simple")
    case = open_ordinary(version=simple, party={"party_kind": "none"})
    second = people["second"].officer

    def take(number: str) -> None:
        shown = StepInput({"certificate_shown": True, "party_id": number}, partner=second)
        take_step(case.pk, "show_certificate", people["first"], shown)

    with pytest.raises(NotAllowed, match="公民身份号码"):
        take(WRONG)
    take(" ３３０２０６１９０００１０１０００４ ")
    case.refresh_from_db()
    assert case.party_id == CITIZEN
    assert case.fields["party_id"] == CITIZEN
    assert case.events.get(step="show_certificate").data["fields"]["party_id"] == CITIZEN


@pytest.mark.django_db
def test_the_same_number_written_otherwise_is_no_correction(open_ordinary: Open, people: People) -> None:
    case, first = open_ordinary(), people["first"]
    correct_party(case.pk, {"party_id": FIRM}, "补充", first)
    with pytest.raises(NotAllowed, match="没有变化"):
        correct_party(case.pk, {"party_id": FIRM.lower()}, "更正", first)
