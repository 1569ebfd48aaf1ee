"""What a procedure says of its publication: never, at a cell, without what is masked, and taken back when something comes."""

import pytest
from django.contrib.gis.geos import Point

from geoportal.features.case_ledger import cases_about
from layers.base.models import Building
from layers.casework.access.actor import NotAllowed
from layers.casework.cases import relations
from layers.casework.cases.effects import StepInput
from layers.casework.cases.parties import add_party
from layers.casework.cases.transitions import take_step
from layers.casework.log.event_log import Entry, append_event
from layers.casework.models import Case, EventKind, Publication, PublicationStatus
from layers.casework.procedures import read_procedure
from layers.casework.procedures.versions import save_version, version_in_force
from layers.casework.publication.lifecycle import propose, review, withdraw
from layers.casework.publication.masking import PublicationText, suggested_text
from layers.enforcement.models import PenaltyDecision
from layers.registry.access.layer_query import LayerQuery
from layers.registry.audience import PUBLIC_VIEWER
from layers.registry.registration import get_layer
from tests.casework.conftest import Open, People
from tests.casework.small_procedure import SMALL, line_of, problems_of
from tests.room_texts import procedure_texts

PERSON = {"kind": "person", "name": "钱小利"}
RESTORED = """\
publication:
  withdraw: {when: {step: restore}, reason: {zh: 信用修复, en: Credit restored}}
steps:
  restore:
    title: {zh: 信用修复, en: Restore the credit}
    from: [lead]
    by: [leader]
    basis: local
"""
MASKED = """\
fields:
  neighbour: {title: {zh: 反映人, en: Neighbour}, kind: text, masked: true}
steps:
  hear:
    title: {zh: 听取反映, en: Hear}
    from: [lead]
    by: [leader]
    basis: local
    fields: {neighbour: required}
"""


def decided(open_ordinary: Open, people: People, own: str) -> Case:
    """An organisation's case that its rule publishes: steps as the log keeps them, columns as steps leave them."""
    save_version(f"extends: ordinary\ncode: own\n{own}", procedure_texts(), "test", "own")
    case = open_ordinary(version=version_in_force("own"))
    for step in ("decide_penalty", "deliver"):
        append_event(case, people["head"], Entry(EventKind.STEP, step))
    PenaltyDecision.objects.create(case=case, penalty="fine", fine=20000)
    case.facts = {"flags": ["public_influence"], "fields": {"penalty": "fine", "fine": 20000}}
    case.resolution = "据孙妈反映，对该公司罚款 20000 元"
    case.save()
    return case


def published(case: Case, people: People) -> Publication:
    made = propose(case.pk, suggested_text(case), people["first"])
    return review(made.pk, publish=True, reason="", actor=people["publisher"])


def public_place(case: Case) -> Point | None:
    layer = get_layer("enforcement-cases", PUBLIC_VIEWER)
    row = LayerQuery(layer, PUBLIC_VIEWER).by_id(case.pk)
    return Point(row["lon"], row["lat"]) if row else None


def is_exact(case: Case) -> bool:
    place, exact = public_place(case), Case.objects.get(pk=case.pk).geom
    assert place is not None
    assert exact is not None
    return place.distance(Point(exact.x, exact.y)) < 1e-6


@pytest.mark.django_db
def test_an_organisation_s_case_is_public_where_it_lies_unless_its_procedure_says_otherwise(
    open_ordinary: Open, people: People
) -> None:
    plain = decided(open_ordinary, people, "")
    published(plain, people)
    assert is_exact(plain)
    coarse = decided(open_ordinary, people, "publication: {generalise: all}\n")
    published(coarse, people)
    assert not is_exact(coarse)
    withdraw(coarse.pk, "更正", people["head"])
    coarse.refresh_from_db()
    assert (coarse.is_generalised, public_place(coarse)) == (False, None)


@pytest.mark.django_db
def test_a_natural_person_in_a_named_role_has_the_case_public_at_a_cell(
    open_ordinary: Open, people: People
) -> None:
    case = decided(open_ordinary, people, "publication: {generalise: [affected]}\n")
    published(case, people)
    add_party(case.pk, "affected", {**PERSON, "kind": "organisation"}, people["first"])
    assert is_exact(case)
    add_party(case.pk, "affected", PERSON, people["first"])
    assert public_place(case) is None
    assert [each.status for each in case.publications.all()] == [PublicationStatus.WITHDRAWN]
    published(Case.objects.get(pk=case.pk), people)
    assert not is_exact(case)


@pytest.mark.django_db
def test_what_such_a_case_is_about_does_not_tell_the_public_where_it_lies(
    open_ordinary: Open, people: People
) -> None:
    building = Building.objects.get(name="政务大楼")
    plain, coarse = (decided(open_ordinary, people, own) for own in ("", "publication: {generalise: all}\n"))
    for case in (plain, coarse):
        relations.add_subject(case.pk, "buildings", building.pk, building.name, people["first"])
        published(Case.objects.get(pk=case.pk), people)
        assert public_place(case) is not None
    buildings = get_layer("buildings", PUBLIC_VIEWER)
    ((_layer, rows),) = cases_about(buildings, building.pk, PUBLIC_VIEWER)
    assert [row["id"] for row in rows] == [plain.pk]


@pytest.mark.django_db
def test_what_is_entered_in_a_masked_field_stands_in_no_public_text(
    open_ordinary: Open, people: People
) -> None:
    case = decided(open_ordinary, people, MASKED)
    assert "孙妈" in suggested_text(case).summary
    case.facts["fields"]["neighbour"] = "据"
    assert suggested_text(case).summary == case.resolution, "a single sign names nobody"
    case.refresh_from_db()
    published(case, people)
    take_step(case.pk, "hear", people["leader"], StepInput({"neighbour": "孙妈"}))
    case.refresh_from_db()
    assert case.publications.get().status == PublicationStatus.WITHDRAWN
    assert suggested_text(case).summary == "据〔反映人〕反映，对该公司罚款 20000 元"
    with pytest.raises(NotAllowed, match="个人信息"):
        propose(case.pk, PublicationText("超面积建设", case.resolution), people["first"])


@pytest.mark.django_db
def test_what_its_rule_takes_back_is_not_published_again(open_ordinary: Open, people: People) -> None:
    case = decided(open_ordinary, people, RESTORED)
    published(case, people)
    take_step(case.pk, "restore", people["leader"])
    ended = case.publications.get()
    assert (ended.status, ended.reason) == (PublicationStatus.WITHDRAWN, "信用修复")
    assert public_place(case) is None
    case.refresh_from_db()
    with pytest.raises(NotAllowed, match="按公示规则，该案不予公示"):
        propose(case.pk, suggested_text(case), people["first"])


@pytest.mark.django_db
def test_a_variation_may_publish_nothing(open_ordinary: Open, people: People) -> None:
    case = decided(open_ordinary, people, "publication: none\n")
    with pytest.raises(NotAllowed, match="按公示规则，该案不予公示"):
        propose(case.pk, suggested_text(case), people["first"])


RULE = SMALL[SMALL.index("publication:") : SMALL.index("place:")]


def test_none_is_a_word() -> None:
    assert read_procedure(SMALL.replace(RULE, "publication: none\n"), "own", {}).publication is None
    assert read_procedure(SMALL.replace(RULE, ""), "own", {}).publication is None


@pytest.mark.parametrize(
    ("old", "new", "at", "sentence"),
    [
        (RULE, "publication: never\n", "publication:", "publication: this must be none."),
        (
            "  lasts:",
            "  generalise: some\n  lasts:",
            "  generalise:",
            "publication.generalise: this must be all.",
        ),
        (
            "  lasts:",
            "  generalise: [ghost]\n  lasts:",
            "  generalise:",
            "There is no role of parties 'ghost'.",
        ),
        (
            "  lasts:",
            "  withdraw: {when: {step: gone}, reason: {zh: 撤, en: Gone}}\n  lasts:",
            "  withdraw:",
            "There is no step 'gone'.",
        ),
        (
            "kind: number}",
            "kind: number, masked: true}",
            "  fine:",
            "'fine' is no text or officer that can be masked.",
        ),
    ],
)
def test_a_text_that_makes_no_sense_is_told_with_its_line(old: str, new: str, at: str, sentence: str) -> None:
    text = SMALL.replace(old, new, 1)
    if "masked" in new:
        text = text.replace("    basis: law 2\n", "    basis: law 2\n    fields: {fine: optional}\n", 1)
    assert problems_of(text) == [("own", line_of(text, at), sentence)]
