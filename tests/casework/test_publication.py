"""Publication: masked, reviewed by somebody else, public for so long, and taken back everywhere."""

from datetime import datetime, time, timedelta

import pytest
from django.contrib.gis.geos import LineString, MultiLineString
from django.db import connection
from django.db.models import F
from django.utils import timezone

from layers.base.models import Road
from layers.casework.access.actor import NotAllowed
from layers.casework.cases.effects import StepInput
from layers.casework.cases.parties import correct_party
from layers.casework.cases.transitions import take_step
from layers.casework.extension import write_attribute
from layers.casework.models import Case, Publication, PublicationStatus
from layers.casework.procedures.versions import procedure_of
from layers.casework.publication.lifecycle import expire_publications, propose, review, withdraw
from layers.casework.publication.masking import PublicationText, mask_text, public_name, suggested_text
from layers.casework.publication.places import mask_places
from layers.casework.publication.terms import expired_on
from layers.enforcement.models import PenaltyDecision
from layers.registry.access.layer_query import LayerQuery
from layers.registry.audience import PUBLIC_VIEWER, Audience
from layers.registry.registration import get_layer
from tests.casework.conftest import Open, People

pytestmark = pytest.mark.django_db


@pytest.fixture
def decided(open_ordinary: Open, people: People) -> Case:
    """A natural person's case that its rule publishes: steps as the log keeps them, columns as steps leave them."""
    from layers.casework.log.event_log import Entry, append_event
    from layers.casework.models import EventKind

    case = open_ordinary(
        party={"party_kind": "person", "party_name": "王小明", "party_id": "330206190001010004"}
    )
    for step in ("decide_penalty", "deliver"):
        append_event(case, people["head"], Entry(EventKind.STEP, step))
    PenaltyDecision.objects.create(case=case, penalty="fine", fine=20000)
    case.facts = {"flags": ["public_influence"], "fields": {"penalty": "fine", "fine": 20000}}
    case.resolution = "对王小明（330206190001010004，电话 13800000000）罚款 20000 元"
    case.save()
    return case


def public_row(case: Case) -> dict[str, object] | None:
    return LayerQuery(get_layer("enforcement-cases", PUBLIC_VIEWER), PUBLIC_VIEWER).by_id(case.pk)


def published(case: Case, people: People) -> Publication:
    made = propose(case.pk, suggested_text(case), people["first"])
    return review(made.pk, publish=True, reason="", actor=people["publisher"])


def test_the_suggested_wording_names_nobody(decided: Case) -> None:
    wording = suggested_text(decided)
    assert "王某某" in wording.summary
    for secret in ("王小明", "330206190001010004", "13800000000"):
        assert secret not in wording.summary


def test_the_text_of_a_case_at_a_cell_names_no_place_in_it(decided: Case, people: People) -> None:
    Road.objects.create(
        name="甬江南路", road_class="tertiary", geom=MultiLineString(LineString((0, 0), (1, 1)))
    )
    decided.address = "河东弄7号对面"
    decided.save()
    title = "在甬江南路西侧、河东弄7号对面占道经营"
    with pytest.raises(NotAllowed, match="概略位置"):
        propose(decided.pk, PublicationText(title, "已查处"), people["first"])
    masked = mask_places(title, decided)
    assert masked == "在〔地点〕西侧、〔地点〕占道经营"
    propose(decided.pk, PublicationText(masked, "新碶街道已查处"), people["first"])
    assert mask_places(title, Case(party_kind="organisation", address=decided.address)) == title


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("王伟", "person", "王某"),
        ("王小明", "person", "王某某"),
        ("欧阳明月", "person", "欧某某"),
        ("北仑演示有限公司", "organisation", "北仑演示有限公司"),
        ("", "person", ""),
        ("谁", "none", ""),
    ],
)
def test_names_of_persons_are_masked(name: str, kind: str, expected: str) -> None:
    assert public_name(name, kind) == expected


def test_a_wording_that_still_names_somebody_is_refused(decided: Case, people: People) -> None:
    with pytest.raises(NotAllowed, match="个人信息"):
        propose(decided.pk, PublicationText("占道经营", "王小明，电话0574-88886666"), people["first"])


def test_an_organisation_keeps_its_name(open_ordinary: Open) -> None:
    name = "北仑演示有限公司"
    case = open_ordinary(
        party={"party_kind": "organisation", "party_name": name, "party_phone": "0574-88880000"}
    )
    assert mask_text(f"{name}占道经营，电话 0574-88880000", case) == f"{name}占道经营，电话 〔电话〕"


def test_an_address_that_holds_the_name_is_masked_as_a_whole(decided: Case) -> None:
    write_attribute(decided, "party_address", "演示路 8 号王小明宅")
    assert mask_text("王小明住演示路 8 号王小明宅", decided) == "王某某住〔住址〕"


def test_a_named_party_of_unsaid_kind_is_masked_and_not_published(decided: Case, people: People) -> None:
    """Who may be a natural person is taken for one until somebody says otherwise."""
    correct_party(decided.pk, {"party_kind": "none"}, "误选", people["first"])
    decided.refresh_from_db()
    wording = suggested_text(decided)
    assert "王小明" not in wording.summary
    with pytest.raises(NotAllowed, match="更正当事人"):
        propose(decided.pk, wording, people["first"])
    correct_party(decided.pk, {"party_kind": "person"}, "更正", people["first"])
    assert published(decided, people).party == "王某某"


def test_published_shows_the_masked_party_at_a_general_place(decided: Case, people: People) -> None:
    assert public_row(decided) is None
    made = published(decided, people)
    row = public_row(decided)
    assert row is not None
    assert row["party_public"] == "王某某"
    assert "王小明" not in str(row)
    assert decided.geom is not None
    assert row["lon"] != pytest.approx(decided.geom.x, abs=1e-6)
    assert made.until is not None
    assert made.until > timezone.localdate() + timedelta(days=1000)


def test_who_proposed_cannot_review_and_only_reviewers_do(decided: Case, people: People) -> None:
    made = propose(decided.pk, suggested_text(decided), people["first"])
    for name in ("first", "leader"):
        with pytest.raises(NotAllowed, match="您不是公示审核人"):
            review(made.pk, publish=True, reason="", actor=people[name])
    with pytest.raises(NotAllowed, match="理由"):
        review(made.pk, publish=False, reason=" ", actor=people["publisher"])
    Publication.objects.filter(pk=made.pk).update(proposed_by=people["publisher"].officer)
    with pytest.raises(NotAllowed, match=r"^提出人不能审核自己的公示。$"):
        review(made.pk, publish=True, reason="", actor=people["publisher"])
    assert public_row(decided) is None


def test_what_was_reviewed_is_not_reviewed_again(decided: Case, people: People) -> None:
    made = published(decided, people)
    with pytest.raises(NotAllowed, match="不在待审核状态"):
        review(made.pk, publish=False, reason="再看", actor=people["publisher"])


def test_a_case_that_its_rule_does_not_publish_is_refused(open_ordinary: Open, people: People) -> None:
    with pytest.raises(NotAllowed, match="规则"):
        propose(open_ordinary().pk, PublicationText("案由", ""), people["first"])


def test_withdrawing_needs_a_reason_and_hides_it_at_once(decided: Case, people: People) -> None:
    working = decided.title
    made = propose(decided.pk, PublicationText("公示用案由", "摘要"), people["first"])
    review(made.pk, publish=True, reason="", actor=people["publisher"])
    decided.refresh_from_db()
    assert (decided.title, decided.title_public) == (working, "公示用案由")
    row = public_row(decided)
    assert row is not None
    assert row["title"] == "公示用案由"
    with pytest.raises(NotAllowed):
        withdraw(decided.pk, "", people["publisher"])
    withdraw(decided.pk, "决定被撤销", people["publisher"])
    assert public_row(decided) is None
    decided.refresh_from_db()
    assert (decided.visibility, decided.party_public, decided.summary_public) == (Audience.DEPARTMENT, "", "")
    assert (decided.title, decided.title_public) == (working, "")


def test_a_publication_ends_when_its_time_is_over(decided: Case, people: People) -> None:
    made = published(decided, people)
    assert made.until is not None
    assert expire_publications(made.until) == 0
    assert expire_publications(made.until + timedelta(days=1)) == 1
    made.refresh_from_db()
    assert made.status == PublicationStatus.EXPIRED
    assert public_row(decided) is None


def years_ago(case: Case, days: int) -> None:
    """As the case would stand had it been decided, and published, so long ago; the log itself never changes."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
    case.events.update(at=F("at") - timedelta(days=days))
    case.publications.update(
        published_at=F("published_at") - timedelta(days=days), until=F("until") - timedelta(days=days)
    )


def test_what_was_public_for_its_time_is_not_published_again(decided: Case, people: People) -> None:
    """A large fine: thirty-six months, counted from the first publication."""
    published(decided, people)
    years_ago(decided, 1200)
    last = decided.publications.get().until
    assert expire_publications(timezone.localdate()) == 1
    with pytest.raises(NotAllowed) as refused:
        propose(decided.pk, suggested_text(decided), people["first"])
    [sentence] = refused.value.refusals
    assert sentence.en.startswith(f"The time of publication ran out on {last}; it is not published again (")
    assert "Art. 48" in sentence.en
    assert sentence.zh.startswith(f"公示期已于 {last} 届满，不得再公示（")


def test_its_time_is_over_after_the_last_day(
    decided: Case, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = published(decided, people).until
    assert last is not None
    noon = timezone.make_aware(datetime.combine(last, time(12)))
    for moment, over in ((noon, None), (noon + timedelta(days=1), last)):
        monkeypatch.setattr("django.utils.timezone.now", lambda moment=moment: moment)
        assert expired_on(procedure_of(decided), decided, 36) == over


def test_a_proposal_that_waited_too_long_is_not_published(decided: Case, people: People) -> None:
    made = propose(decided.pk, suggested_text(decided), people["first"])
    years_ago(decided, 1200)
    with pytest.raises(NotAllowed, match="届满"):
        review(made.pk, publish=True, reason="", actor=people["publisher"])
    returned = review(made.pk, publish=False, reason="公示期已过", actor=people["publisher"])
    assert (returned.status, returned.reason) == (PublicationStatus.RETURNED, "公示期已过")
    assert public_row(decided) is None


def test_taking_it_back_and_publishing_again_gives_no_more_time(decided: Case, people: People) -> None:
    published(decided, people)
    withdraw(decided.pk, "文字有误", people["publisher"])
    years_ago(decided, 400)
    last = decided.publications.get().until
    again = published(Case.objects.get(pk=decided.pk), people)
    assert again.until == last
    assert public_row(decided) is not None


def test_a_new_decision_has_a_time_of_its_own(decided: Case, people: People) -> None:
    from layers.casework.log.event_log import Entry, append_event
    from layers.casework.models import EventKind

    published(decided, people)
    years_ago(decided, 1200)
    expire_publications(timezone.localdate())
    append_event(decided, people["head"], Entry(EventKind.STEP, "decide_penalty"))
    made = published(Case.objects.get(pk=decided.pk), people)
    assert made.until is not None
    assert made.until > timezone.localdate() + timedelta(days=1000)


@pytest.mark.parametrize(
    "secret",
    [
        "3302 0619 9001 0100 01",
        "330206 19900101 000X",
        "３３０２０６１９９００１０１０００１",
        "330206900101001",
        "138-0000-0000",
        "138 0000 0000",
        "１３８００００００００",
        "0574 8888 6666",
        "6222 0212 3456 7890 123",
        "wang.xiaoming@example.org",
        "浙（2020）北仑区不动产权第0012345号",
        "浙B·12345",
        "E12345678",
        "86886688",
    ],
)
def test_personal_numbers_are_masked_however_they_are_written(decided: Case, secret: str) -> None:
    write_attribute(decided, "party_id", "E12345678")
    write_attribute(decided, "party_phone", "86886688")
    assert secret not in mask_text(f"其{secret}，已核实", decided)


def test_what_came_to_name_somebody_after_the_proposal_is_not_published(
    decided: Case, people: People
) -> None:
    made = propose(decided.pk, PublicationText("占道经营", "李某某店铺占道，店主李四"), people["first"])
    Case.objects.filter(pk=decided.pk).update(party_name="李四")
    with pytest.raises(NotAllowed, match="个人信息"):
        review(made.pk, publish=True, reason="", actor=people["publisher"])
    assert public_row(decided) is None


def test_a_decision_that_is_revoked_is_public_no_longer(decided: Case, people: People) -> None:
    Case.objects.filter(pk=decided.pk).update(state="execution")
    made = published(decided, people)
    take_step(decided.pk, "revoke", people["head"], StepInput(reason="复议撤销"))
    made.refresh_from_db()
    assert made.status == PublicationStatus.WITHDRAWN
    assert public_row(decided) is None
    assert decided.events.filter(kind="publication", data__status="withdrawn").exists()


def test_a_proposal_ends_with_the_decision_and_cannot_be_published_any_more(
    decided: Case, people: People
) -> None:
    Case.objects.filter(pk=decided.pk).update(state="execution")
    made = propose(decided.pk, suggested_text(decided), people["first"])
    take_step(decided.pk, "revoke", people["head"], StepInput(reason="复议撤销"))
    with pytest.raises(NotAllowed):
        review(made.pk, publish=True, reason="", actor=people["publisher"])
    made.refresh_from_db()
    assert made.status == PublicationStatus.RETURNED
    assert public_row(decided) is None


def test_what_its_rule_came_to_forbid_is_not_published_without_end(decided: Case, people: People) -> None:
    made = propose(decided.pk, suggested_text(decided), people["first"])
    Case.objects.filter(pk=decided.pk).update(facts={"flags": ["public_influence", "secret"], "fields": {}})
    with pytest.raises(NotAllowed, match="规则"):
        review(made.pk, publish=True, reason="", actor=people["publisher"])
    assert public_row(decided) is None


def test_a_corrected_party_ends_what_named_another(decided: Case, people: People) -> None:
    made = published(decided, people)
    correct_party(
        decided.pk, {"party_kind": "organisation", "party_name": "北仑演示公司"}, "笔误", people["first"]
    )
    made.refresh_from_db()
    assert made.status == PublicationStatus.WITHDRAWN
    assert public_row(decided) is None
    correct_party(decided.pk, {"party_phone": "86886688"}, "补充", people["first"])
    assert published(Case.objects.get(pk=decided.pk), people).party == "北仑演示公司"


def test_a_restricted_case_does_not_come_out_by_being_published(decided: Case, people: People) -> None:
    Case.objects.filter(pk=decided.pk).update(visibility=Audience.RESTRICTED)
    with pytest.raises(NotAllowed, match="规则"):
        propose(decided.pk, suggested_text(decided), people["first"])


def test_masking_leaves_amounts_and_dates_alone(decided: Case) -> None:
    text = "2026年3月2日（2026-03-02 10:00-11:30）罚款20000元，决定书〔2026〕0012号，案号 UM-2026-00012"
    assert mask_text(text, decided) == text
