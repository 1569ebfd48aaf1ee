"""Who takes part in a case: in the roles of its procedure, with rights, in the log, and never named in public by mistake."""

import pytest
from django.db import connection

from layers.casework.access.actor import NotAllowed
from layers.casework.cases.parties import add_party, correct_party, remove_party, update_party
from layers.casework.log.case_lock import StaleRevision
from layers.casework.log.event_log import log_flaws
from layers.casework.models import Case, EventKind, Party, Publication, PublicationStatus
from layers.casework.parties import parties_of
from layers.casework.publication.lifecycle import propose
from layers.casework.publication.masking import PublicationText, mask_text, published_names

from .conftest import Open, People

pytestmark = pytest.mark.django_db(transaction=True)

REPORTER = {"kind": "person", "name": "赵举报", "phone": "13800000000", "address": "新碶街道1号"}
AGENT = {"kind": "person", "name": "钱律师"}


def told(case: Case) -> list[tuple[str, str]]:
    return [(each.role.code, each.name) for each in parties_of(Case.objects.get(pk=case.pk))]


def test_the_principal_and_all_others_are_told_alike(open_ordinary: Open, people: People) -> None:
    case = open_ordinary()
    add_party(case.pk, "reporter", REPORTER, people["first"])
    add_party(case.pk, "agent", AGENT, people["first"])
    assert told(case) == [
        ("respondent", "北仑演示有限公司"),
        ("reporter", "赵举报"),
        ("agent", "钱律师"),
    ]
    reporter = parties_of(case)[1]
    assert (reporter.phone, reporter.address, reporter.role.title.zh) == (
        "13800000000",
        "新碶街道1号",
        "举报人",
    )


def test_what_is_said_of_a_party_stands_in_the_sealed_log(open_ordinary: Open, people: People) -> None:
    case, revision = open_ordinary(), 1
    row = add_party(case.pk, "agent", AGENT, people["first"], revision).data["party"]
    update_party(case.pk, row, {"name": "孙律师"}, "更换代理人", people["first"], revision + 1)
    remove_party(case.pk, row, "解除委托", people["first"], revision + 2)
    assert told(case) == [("respondent", "北仑演示有限公司")]
    kept = case.events.filter(kind=EventKind.PARTY).order_by("pk").values_list("data", flat=True)
    assert [(each["act"], each["role"], each["changed"]["name"], each["revision"]) for each in kept] == [
        ("added", "agent", ["", "钱律师"], 2),
        ("corrected", "agent", ["钱律师", "孙律师"], 3),
        ("removed", "agent", ["孙律师", ""], 4),
    ]
    assert list(log_flaws()) == []
    assert not case.events.filter(kind=EventKind.WRITTEN).exists()


def test_a_party_written_past_the_verbs_leaves_an_event_in_each_case_concerned(
    open_ordinary: Open, people: People
) -> None:
    case, other = open_ordinary(), open_ordinary()
    row = add_party(case.pk, "agent", AGENT, people["first"]).data["party"]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE casework_party SET phone = '86886688' WHERE id = %s", [row])
        cursor.execute("UPDATE casework_party SET case_id = %s WHERE id = %s", [other.pk, row])
        cursor.execute("DELETE FROM casework_party WHERE id = %s", [row])
    written = case.events.filter(kind=EventKind.WRITTEN).order_by("pk")
    assert [each.data["changed"] for each in written] == [
        {"phone": ["", "86886688"]},
        {"case_id": [case.pk, other.pk]},
    ]
    moved, gone = other.events.filter(kind=EventKind.WRITTEN).order_by("pk")
    assert moved.data["changed"] == {"case_id": [case.pk, other.pk]}
    assert gone.data["changed"]["name"] == ["钱律师", None]


@pytest.mark.parametrize(
    ("role", "given", "who", "why"),
    [
        ("agent", AGENT, "planning", "部门"),
        ("respondent", AGENT, "first", "没有这种参与人"),
        ("robot", AGENT, "first", "没有这种参与人"),
        ("agent", {**AGENT, "kind": "organisation"}, "first", "自然人"),
        ("agent", {**AGENT, "kind": "alien"}, "first", "有误"),
        ("reporter", {**REPORTER, "name": " "}, "first", "姓名"),
        ("reporter", {**REPORTER, "name": "某" * 121}, "first", "过长"),
        ("reporter", {}, "first", "没有变化"),
    ],
)
def test_what_the_procedure_does_not_know_is_refused(
    open_ordinary: Open, people: People, role: str, given: dict[str, str], who: str, why: str
) -> None:
    case = open_ordinary()
    with pytest.raises(NotAllowed, match=why):
        add_party(case.pk, role, given, people[who])
    assert told(case) == [("respondent", "北仑演示有限公司")]
    case.refresh_from_db()
    assert case.revision == 1


def test_another_s_change_is_told_before_a_party_is_overwritten(open_ordinary: Open, people: People) -> None:
    case = open_ordinary()
    row = add_party(case.pk, "agent", AGENT, people["first"]).data["party"]
    with pytest.raises(StaleRevision):
        update_party(case.pk, row, {"name": "李"}, "更正", people["first"], 1)
    with pytest.raises(NotAllowed, match="没有该参与人"):
        remove_party(open_ordinary().pk, row, "误登", people["first"])
    with pytest.raises(NotAllowed, match="理由"):
        remove_party(case.pk, row, " ", people["first"])
    assert told(case)[1:] == [("agent", "钱律师")]


def test_nobody_whom_the_procedure_does_not_publish_is_in_a_text_for_the_public(
    open_ordinary: Open, people: People
) -> None:
    case = open_ordinary()
    add_party(case.pk, "reporter", REPORTER, people["first"])
    add_party(
        case.pk, "affected", {"kind": "organisation", "name": "邻家商行", "head": "周某人"}, people["first"]
    )
    text = "赵举报（新碶街道1号）称北仑演示有限公司与邻家商行、周某人……"
    assert mask_text(text, case) == "〔举报人〕（〔住址〕）称北仑演示有限公司与〔利害关系人〕、〔负责人〕……"
    assert published_names(case) == "北仑演示有限公司"


def test_a_party_that_comes_to_be_known_ends_a_text_that_names_it(
    open_ordinary: Open, people: People
) -> None:
    case = open_ordinary()
    Case.objects.filter(pk=case.pk).update(
        state="closed", facts={"flags": ["public_influence"], "fields": {"penalty": "fine", "fine": 20000}}
    )
    for step in ("decide_penalty", "deliver"):
        case.events.create(kind="step", step=step, at=case.reported)
    made = propose(case.pk, PublicationText("占道经营", "赵举报所述属实"), people["first"])
    add_party(case.pk, "agent", AGENT, people["first"])
    assert Publication.objects.get(pk=made.pk).status == PublicationStatus.PROPOSED
    add_party(case.pk, "reporter", REPORTER, people["first"])
    assert Publication.objects.get(pk=made.pk).status == PublicationStatus.RETURNED


def test_a_principal_of_a_kind_that_its_role_does_not_allow_is_refused(
    open_ordinary: Open, people: People
) -> None:
    case = open_ordinary()
    with pytest.raises(NotAllowed, match="有误"):
        correct_party(case.pk, {"party_kind": "robot"}, "更正", people["first"])
    correct_party(case.pk, {"party_kind": "person", "party_name": "王五"}, "更正", people["first"])
    assert told(case) == [("respondent", "王五")]


def columns(case: Case) -> tuple[object, ...]:
    return Case.objects.values_list("party_kind", "party_name", "party_id", "party_phone").get(pk=case.pk)


def test_the_columns_of_a_case_tell_of_the_row_of_its_principal(open_ordinary: Open, people: People) -> None:
    case = open_ordinary()
    given = {
        "party_name": "王五",
        "party_kind": "person",
        "party_address": "演示路 8 号",
        "party_head": "李某",
    }
    correct_party(case.pk, given, "更正", people["first"])
    principal, row = parties_of(Case.objects.get(pk=case.pk))[0], case.parties.get()
    assert (principal.address, principal.head, principal.row) == ("演示路 8 号", "李某", row.pk)
    assert columns(case) == ("person", "王五", "", "")
    Party.objects.filter(pk=row.pk).update(name="赵六", phone="86886688", address="别处")
    assert columns(case) == ("person", "赵六", "", "86886688")
    Case.objects.filter(pk=case.pk).update(party_kind="organisation", party_name="北仑演示有限公司")
    row.refresh_from_db()
    assert (row.kind, row.name, row.phone, row.address) == (
        "organisation",
        "北仑演示有限公司",
        "86886688",
        "别处",
    )
    row.delete()
    assert columns(case) == ("none", "", "", "")
    written = case.events.filter(kind=EventKind.WRITTEN).order_by("pk")
    assert [each.data["changed"] for each in written] == [
        {"party_name": ["王五", "赵六"], "party_phone": ["", "86886688"]},
        {"address": ["演示路 8 号", "别处"]},
        {"party_kind": ["person", "organisation"], "party_name": ["赵六", "北仑演示有限公司"]},
        {
            "party_kind": ["organisation", "none"],
            "party_name": ["北仑演示有限公司", ""],
            "party_phone": ["86886688", ""],
        },
        {"head": ["李某", None], "address": ["别处", None]},
    ]
    assert list(log_flaws()) == []


def test_a_case_that_comes_with_its_party_has_a_row_of_it_and_takes_it_along(open_ordinary: Open) -> None:
    case = open_ordinary()
    case.pk, case.number, case.key, case._state.adding = None, "来自别处", None, True
    case.save()
    row = Party.objects.get(case=case)
    assert (row.role, row.kind, row.name) == ("respondent", "organisation", "北仑演示有限公司")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM casework_case WHERE id = %s", [case.pk])
    assert not Party.objects.filter(pk=row.pk).exists()
