"""Lawful walks pass, unlawful attempts are refused with the article."""

from typing import Any

import pytest

from layers.casework.procedures import OPENED
from layers.casework.rules.case_snapshot import CaseInventory
from layers.casework.rules.credentials import Credentials
from layers.casework.rules.publication_terms import publication_months
from layers.casework.rules.step_records import StepRecord
from tests.casework.walks import PLENTY, Walk
from tests.room_texts import shipped_procedures

CODES = sorted(shipped_procedures())

FINDER = Credentials(1, frozenset({"collector"}))
CERTIFIED = frozenset({"enforcement_certificate"})
QUALIFIED = frozenset({"legal_qualification"})
AN = Credentials(11, frozenset({"officer"}), CERTIFIED)
BO = Credentials(12, frozenset({"officer"}), CERTIFIED)
NEW = Credentials(13, frozenset({"officer"}))
LEADER = Credentials(21, frozenset({"leader"}), CERTIFIED)
LEGAL = Credentials(31, frozenset({"legal"}), QUALIFIED)
CHAIR = Credentials(41, frozenset({"chair"}), code="C41")
HEAD = Credentials(51, frozenset({"head"}))
MEETING = Credentials(61, frozenset({"meeting"}))
ARCHIVIST = Credentials(71, frozenset({"archivist"}))

PROPOSAL: dict[str, Any] = {"proposal": "penalise", "penalty": "fine", "fine": 80000, "facts": "乱倒建筑垃圾"}
NOTICED: dict[str, Any] = {
    "rights_text": "拟罚款",
    "noticed_penalty": "fine",
    "noticed_fine": 80000,
    "noticed_confiscation": 0,
}
SERVED: dict[str, Any] = {"method": "direct", "delivered_on": "2026-03-02"}
DECISION: dict[str, Any] = {"penalty": "fine", "fine": 80000, "decision_text": "罚款八万元"}


def opened(code: str, party: str = "organisation") -> Walk:
    return Walk(shipped_procedures()[code], party, history=(StepRecord(OPENED, (1,)),))


CALLED: dict[str, Any] = {
    "hearing_date": "2026-03-20",
    "hearing_time": "9时30分",
    "hearing_place": "本局三楼会议室",
    "hearing_chair": {"code": "C41", "name": "主持人", "department": "UM"},
}


def investigated(**proposal: Any) -> Walk:
    walk = opened("ordinary").take("file", HEAD)
    walk = walk.take("start_investigation", AN, BO, certificate_shown=True)
    return walk.take("conclude", BO, AN, **{**PROPOSAL, **proposal})


def served(walk: Walk, **notice: Any) -> Walk:
    """Reviewed, the notice made and handed over."""
    walk = walk.take("pass_review", LEADER, opinion="同意").take(
        "issue_notice", AN, BO, **{**NOTICED, **notice}
    )
    return walk.take("serve_notice", AN, BO, **SERVED)


def noticed(**proposal: Any) -> Walk:
    return served(investigated(**proposal))


def heard() -> Walk:
    return (
        noticed()
        .take("request_hearing", AN)
        .take("announce_hearing", LEGAL, **CALLED)
        .take("serve_hearing_notice", AN, **SERVED)
        .lapsed()
        .take("hold_hearing", CHAIR, record="听证笔录", full_record=True)
    )


def test_a_case_with_hearing_comes_to_its_archive() -> None:
    walk = heard().take("submit_hearing", CHAIR).take("pass_legal_review", LEGAL, opinion="合法")
    walk = walk.take("decide_penalty", HEAD, **DECISION)
    walk = walk.take("deliver", AN, BO, method="direct", delivered_on="2026-04-01")
    walk = walk.take("record_payment", AN, paid=80000, receipt_number="330206-1", channel="bank").take(
        "record_fulfilment", AN, fulfilment="已缴清"
    )
    walk = walk.take("close", HEAD).take("archive", ARCHIVIST, file_number="2026-1")
    assert walk.is_over


def test_a_fine_that_is_not_paid_goes_to_the_court_after_a_demand() -> None:
    walk = noticed(fine=1000).take("waive_hearing", AN).take("conclude_notice", LEADER)
    walk = walk.take("decide_penalty", HEAD, **{**DECISION, "fine": 1000})
    delivery: dict[str, Any] = {"method": "direct", "delivered_on": "2026-04-01"}
    walk = walk.take("deliver", AN, BO, **delivery)
    assert walk.why("issue_demand", AN, BO) == {"waits"}
    walk = walk.lapsed()
    assert walk.why("apply_court", HEAD) == {"after"}
    assert walk.why("demand", AN, BO, **delivery) == {"after"}
    walk = walk.take("issue_demand", AN, BO).take("demand", AN, BO, **delivery)
    assert walk.why("apply_court", HEAD) == {"waits"}
    walk = walk.lapsed().take("apply_court", HEAD)
    enforced: dict[str, Any] = {"court_result": "enforced", "ruling": "准予执行"}
    assert walk.why("record_ruling", AN, **enforced) == {"when"}
    walk = walk.take("record_ruling", AN, court_result="terminated", ruling="裁定终结执行")
    assert walk.state == "closing"


def test_a_large_fine_is_discussed_whatever_the_investigator_ticked() -> None:
    walk = served(investigated(fine=5_000_000), noticed_fine=5_000_000)
    walk = walk.take("waive_hearing", AN).take("conclude_notice", LEADER)
    decision = {**DECISION, "fine": 5_000_000}
    [refused] = walk.refused("decide_penalty", HEAD, **decision)
    assert (refused.code, "集体讨论" in refused.sentence.zh) == ("needs", True)
    walk = walk.take("discuss", MEETING, minutes="一致同意").take("decide_penalty", HEAD, **decision)
    assert walk.state == "delivery"


@pytest.mark.parametrize(
    ("party", "ground", "minor", "refused"),
    [
        ("organisation", "minor", True, set()),
        ("organisation", "first", False, {"when"}),
        ("organisation", "no_fault", False, set()),
        ("organisation", "lapsed", False, set()),
        ("organisation", "under_14", False, {"when"}),
        ("person", "under_14", False, set()),
        ("person", "incapable", False, set()),
    ],
)
def test_there_are_several_lawful_grounds_for_no_penalty(
    party: str, ground: str, minor: bool, refused: set[str]
) -> None:
    walk = Walk(noticed().procedure, party, state="decision")
    given: dict[str, Any] = {"ground": ground, "minor": minor, "decision_text": "不予处罚"}
    assert walk.why("decide_no_penalty", HEAD, **given) == refused


def test_no_decision_without_notice() -> None:
    walk = investigated()
    walk.state = "decision"
    refused = walk.refused("decide_penalty", HEAD, **DECISION)
    assert "after" in {each.code for each in refused}
    assert all("Art. 44" in each.sentence.en for each in refused if each.code == "after")


def test_the_time_to_request_a_hearing_is_waited_for() -> None:
    assert noticed().why("conclude_notice", LEADER) == {"waits"}
    assert noticed().lapsed().why("conclude_notice", LEADER) == set()
    assert noticed().take("waive_hearing", AN).why("conclude_notice", LEADER) == set()


def test_a_requested_hearing_is_held() -> None:
    walk = noticed().take("request_hearing", AN)
    refused = walk.refused("conclude_notice", LEADER)
    assert [each.code for each in refused] == ["needs"]
    assert "Art. 63" in refused[0].sentence.en


def test_a_small_fine_gives_no_hearing() -> None:
    walk = served(investigated(fine=1000), noticed_fine=1000)
    assert walk.why("request_hearing", AN) == {"when"}


def test_a_hearing_held_needs_legal_review() -> None:
    walk = heard()
    walk.state = "decision"
    refused = walk.refused("decide_penalty", HEAD, **DECISION)
    assert [each.code for each in refused] == ["needs"]
    assert "Art. 58" in refused[0].sentence.en
    assert "第58条" in refused[0].sentence.zh


def test_a_serious_case_is_discussed_collectively() -> None:
    walk = noticed(serious=True).take("waive_hearing", AN).take("submit_legal_review", LEADER)
    walk = walk.take("pass_legal_review", LEGAL, opinion="合法")
    refused = walk.refused("decide_penalty", HEAD, **DECISION)
    assert [each.code for each in refused] == ["needs"]
    assert "Art. 57" in refused[0].sentence.en
    walk = walk.take("discuss", MEETING, minutes="一致同意")
    assert not walk.refused("decide_penalty", HEAD, **DECISION)


def test_no_heavier_penalty_than_announced() -> None:
    walk = noticed().take("waive_hearing", AN).take("conclude_notice", LEADER)
    assert walk.why("decide_penalty", HEAD, **{**DECISION, "fine": 80001}) == {"when"}
    assert walk.why("decide_penalty", HEAD, **{**DECISION, "penalty": "licence"}) == {"when"}
    assert walk.why("decide_penalty", HEAD, **{**DECISION, "fine": 100}) == set()


def test_a_hearing_is_announced_seven_days_before() -> None:
    walk = noticed().take("request_hearing", AN).take("announce_hearing", LEGAL, **CALLED)
    assert walk.why("hold_hearing", CHAIR, record="听证笔录", full_record=True) == {"after"}
    walk = walk.take("serve_hearing_notice", AN, **SERVED)
    [refused] = walk.refused("hold_hearing", CHAIR, record="听证笔录", full_record=True)
    assert (refused.code, refused.sentence.en) == (
        "waits",
        '"Notice ahead of the hearing" has not run out (Administrative Penalty Law, Art. 64, 85).',
    )


def test_what_rests_on_a_local_amount_says_so() -> None:
    walk = noticed(fine=1000)
    walk = walk.lapsed()
    walk.fields = {**walk.fields, "noticed_fine": 100, "noticed_penalty": "fine"}
    [refused] = walk.refused("request_hearing", AN)
    assert "local configuration" in refused.sentence.en


def test_a_case_sent_back_is_noticed_again() -> None:
    walk = noticed().take("change_notice", LEADER)
    assert "serve_notice" not in walk.facts.steps
    walk = walk.take("conclude", AN, BO, **PROPOSAL).take("pass_review", LEADER, opinion="同意")
    assert walk.why("conclude_notice", LEADER) == {"after"}


def test_who_investigated_may_not_review() -> None:
    both = Credentials(
        AN.id, frozenset({"officer", "leader", "legal", "chair", "head"}), CERTIFIED | QUALIFIED
    )
    walk = investigated()
    refused = walk.refused("pass_review", both, opinion="同意")
    assert [each.code for each in refused] == ["separation"]
    walk = heard()
    walk.state = "legal_review"
    assert "separation" in walk.why("pass_legal_review", both, opinion="合法")
    walk.state = "hearing"
    assert "separation" in walk.why("hold_hearing", both, record="笔录", full_record=True)
    walk.state = "decision"
    assert "separation" in walk.why("decide_penalty", both, **DECISION)


def test_who_reviewed_may_not_investigate_afterwards() -> None:
    walk = investigated().take("return_review", LEADER)
    both = Credentials(LEADER.id, frozenset({"officer"}), CERTIFIED)
    assert walk.why("inspect", AN, both, record="现场") == {"separation"}


@pytest.mark.parametrize("partner", [None, AN], ids=["alone", "twice the same"])
def test_one_officer_is_not_enough(partner: Credentials | None) -> None:
    refused = (
        opened("ordinary")
        .take("file", HEAD)
        .refused("start_investigation", AN, partner, certificate_shown=True)
    )
    assert [each.code for each in refused] == ["officers"]
    assert "Art. 42" in refused[0].sentence.en


def test_officers_hold_the_certificate() -> None:
    walk = opened("ordinary").take("file", HEAD)
    assert walk.why("start_investigation", AN, NEW, certificate_shown=True) == {"credential"}
    assert walk.why("start_investigation", NEW, AN, certificate_shown=True) == {"credential"}


def test_legal_reviewers_are_qualified() -> None:
    walk = noticed().take("waive_hearing", AN).take("submit_legal_review", LEADER)
    trainee = Credentials(32, frozenset({"legal"}))
    assert walk.why("pass_legal_review", trainee, opinion="合法") == {"credential"}


def test_only_the_named_roles_and_states() -> None:
    walk = opened("ordinary")
    assert walk.why("file", AN) == {"role"}
    assert "state" in walk.why("close", HEAD)
    assert walk.why("fly", HEAD) == {"unknown"}


def test_forms_are_filled_in() -> None:
    walk = opened("ordinary")
    assert walk.why("dismiss", HEAD, reason=" ") == {"reason"}
    walk = walk.take("file", HEAD)
    assert walk.why("start_investigation", AN, BO) == {"field"}
    assert walk.why("start_investigation", AN, BO, certificate_shown=False) == {"field"}
    walk = walk.take("start_investigation", AN, BO, certificate_shown=True)
    for wrong in ({"fine": "many"}, {"fine": -1}, {"fine": "NaN"}, {"penalty": "beating"}, {"facts": " "}):
        assert "field" in walk.why("conclude", AN, BO, **{**PROPOSAL, **wrong}), wrong
    without: dict[str, Any] = {name: value for name, value in PROPOSAL.items() if name != "fine"}
    assert walk.why("conclude", AN, BO, **without) == {"field"}
    assert walk.why("conclude", AN, BO, **{**without, "penalty": "warning"}) == set()


def test_evidence_and_place_are_asked_for() -> None:
    walk = opened("ordinary")
    assert walk.why("file", HEAD, held=CaseInventory({}, located=False)) == {"geometry"}
    walk = walk.take("file", HEAD).take("start_investigation", AN, BO, certificate_shown=True)
    assert walk.why("inspect", AN, BO, record="现场", held=CaseInventory()) == {"evidence"}
    walk = walk.take("send_examination", AN, items="样品")
    assert walk.why("receive_examination", AN, held=CaseInventory({"document": 3})) == {"evidence"}
    assert walk.why("receive_examination", AN, held=PLENTY) == set()


def test_registered_evidence_is_decided_on_before_the_investigation_ends() -> None:
    walk = opened("ordinary").take("file", HEAD).take("start_investigation", AN, BO, certificate_shown=True)
    assert walk.why("register_evidence", AN, BO, items="账册") == {"after"}
    walk = walk.take("approve_registration", HEAD).take("register_evidence", AN, BO, items="账册")
    assert walk.why("conclude", AN, BO, **PROPOSAL) == {"when"}
    walk = walk.take("decide_registration", HEAD, treatment="returned")
    assert walk.why("conclude", AN, BO, **PROPOSAL) == set()


def test_measures_on_the_spot_are_reported() -> None:
    walk = opened("ordinary").take("file", HEAD).take("start_investigation", AN, BO, certificate_shown=True)
    walk = walk.take("impose_at_once", AN, BO, items="设备", rights_explained=True)
    refused = walk.refused("conclude", AN, BO, **PROPOSAL)
    assert [each.code for each in refused] == ["needs"]
    assert "Art. 19" in refused[0].sentence.en


# The simple procedure


def on_the_spot(party: str) -> Walk:
    walk = opened("simple", party).take("show_certificate", AN, BO, certificate_shown=True)
    return walk.take("inform", AN, BO, rights_explained=True, facts="占道经营")


def fine(amount: object) -> dict[str, Any]:
    return {"facts_clear": True, "penalty": "fine", "fine": amount, "decision_text": "罚款"}


@pytest.mark.parametrize(
    ("party", "amount", "refused"),
    [
        ("person", 200, set()),
        ("person", "200.00", set()),
        ("person", "200.01", {"when"}),
        ("person", 201, {"when"}),
        ("none", 201, {"when"}),
        ("organisation", 3000, set()),
        ("organisation", 3001, {"when"}),
    ],
)
def test_the_limits_of_the_simple_procedure(party: str, amount: object, refused: set[str]) -> None:
    walk = on_the_spot(party)
    assert "decide" in {step.code for step in walk.open()}
    found = walk.refused("decide", AN, BO, **fine(amount))
    assert {each.code for each in found} == refused
    assert all("Art. 51" in each.sentence.en for each in found)


def test_a_ticket_is_decided_collected_and_banked() -> None:
    cashier = Credentials(81, frozenset({"cashier"}))
    walk = on_the_spot("person").take("decide", AN, BO, **fine(100)).take("deliver", AN)
    walk = walk.take("collect", AN, BO, paid=100, receipt_number="1").take("hand_in", AN)
    assert walk.why("record_fulfilment", AN, fulfilment="缴清") == {"when"}
    walk = walk.take("bank", cashier).take("record_fulfilment", AN, fulfilment="缴清")
    assert walk.why("close", LEADER) == {"after"}
    walk = walk.take("report_to_agency", AN).take("close", LEADER)
    assert walk.take("archive", ARCHIVIST, file_number="1").is_over


def test_only_small_fines_are_collected_on_the_spot() -> None:
    walk = on_the_spot("person").take("decide", AN, BO, **fine(150)).take("deliver", AN)
    receipt: dict[str, Any] = {"paid": 150, "receipt_number": "1"}
    assert walk.why("collect", AN, BO, **receipt) == {"when"}
    assert walk.why("collect", AN, BO, hard_to_enforce=True, **receipt) == set()


def test_no_ticket_without_informing_first() -> None:
    walk = opened("simple", "person").take("show_certificate", AN, BO, certificate_shown=True)
    assert walk.why("decide", AN, BO, **fine(50)) == {"after"}


# Digital urban management

SUPERVISOR = Credentials(101, frozenset({"supervisor"}))
DISPATCHER = Credentials(102, frozenset({"dispatcher"}))
HANDLER = Credentials(103, frozenset({"handler"}), body="SAN")
SANITATION = {"code": "SAN", "name": "环卫所", "name_en": "Sanitation office"}
VERIFIER = Credentials(104, frozenset({"verifier"}))
SUPERVISION = Credentials(105, frozenset({"supervision_head"}))
EVALUATOR = Credentials(106, frozenset({"evaluator"}))


def handled() -> Walk:
    walk = opened("urban", "none").take("create", SUPERVISOR, category="exposed_garbage")
    walk = walk.take("dispatch", DISPATCHER, unit=SANITATION).take("accept", HANDLER)
    walk = walk.take("feed_back", HANDLER, result="已清运")
    return walk.take("assign_verification", SUPERVISOR)


def test_the_seven_steps_of_urban_management() -> None:
    walk = handled().take("confirm_done", VERIFIER, finding="已清", restored=True)
    walk = walk.take("close_fixed", SUPERVISOR).take("evaluate", EVALUATOR, quality="good")
    assert walk.is_over
    step = walk.procedure.steps["reopen"]
    assert step.reopens
    assert {"reporter", "handler"} <= set(step.notifies)
    assert walk.why("reopen", SUPERVISION, reason="") == {"reason"}
    walk = walk.take("reopen", SUPERVISION)
    assert walk.facts.steps & {"dispatch", "accept", "confirm_done", "close_fixed"} == set()


@pytest.mark.parametrize("person", [HANDLER.id, 1], ids=["handler", "finder"])
def test_the_verifier_is_somebody_else(person: int) -> None:
    verifier = Credentials(person, frozenset({"verifier"}))
    assert handled().why("confirm_done", verifier, finding="已清", restored=True) == {"separation"}


def test_the_finder_does_not_handle() -> None:
    walk = opened("urban", "none").take("create", SUPERVISOR, category="parking")
    walk = walk.take("dispatch", DISPATCHER, unit=SANITATION)
    assert walk.why("accept", Credentials(1, frozenset({"handler"}), body="SAN")) == {"separation"}


@pytest.mark.parametrize("body", ["", "MUN"])
def test_only_the_body_to_which_a_case_was_dispatched_handles_it(body: str) -> None:
    walk = opened("urban", "none").take("create", SUPERVISOR, category="parking")
    walk = walk.take("dispatch", DISPATCHER, unit=SANITATION)
    [refused] = walk.refused("accept", Credentials(103, frozenset({"handler"}), code="SAN", body=body))
    assert refused.sentence.zh == "本案此事由环卫所办理（《数字化城市管理信息系统（GB/T 30428 系列）》）。"
    assert walk.why("accept", HANDLER) == set()


def test_supervision_is_apart_from_command() -> None:
    walk = opened("urban", "none").take("create", SUPERVISOR, category="parking")
    both = Credentials(SUPERVISOR.id, frozenset({"dispatcher"}))
    assert walk.why("dispatch", both, unit=SANITATION) == {"separation"}


def test_rework_return_and_the_pending_register() -> None:
    walk = handled().take("rework", VERIFIER)
    assert walk.state == "handling"
    walk = walk.take("register_pending", SUPERVISION, review_on="2026-09-01")
    assert walk.procedure.states[walk.state].pending
    walk = walk.take("release_pending", SUPERVISION).take("return_case", HANDLER)
    assert walk.state == "filed"
    assert walk.why("close_from_filed", SUPERVISION, other_body="省道养护站", reason="") == {"reason"}


def test_a_case_is_not_fixed_unless_the_verifier_says_so() -> None:
    walk = handled().take("confirm_done", VERIFIER, finding="无须处置")
    assert walk.why("close_fixed", SUPERVISOR) == {"when"}
    assert walk.why("close_no_action", SUPERVISOR, reason="") == {"reason"}
    assert walk.take("close_no_action", SUPERVISOR).state == "closed"


# The departments


def test_civil_affairs_files_only_against_registered_bodies() -> None:
    form: dict[str, Any] = {"registered_here": True, "registration_number": "51330206"}
    assert opened("ordinary-ca", "person").why("file", HEAD, **form) == {"when"}
    assert opened("ordinary-ca").why("file", HEAD, **form) == set()


def test_work_safety_inspects_again_after_an_order_of_correction() -> None:
    walk = (
        opened("ordinary-ws").take("file", HEAD).take("start_investigation", AN, BO, certificate_shown=True)
    )
    walk = walk.take("order_correction", AN, BO, correction="加装护栏", correct_by="2026-03-01")
    assert walk.why("conclude", AN, BO, **PROPOSAL) == {"needs"}
    walk = walk.take("reinspect", AN, BO, record="已整改", corrected=True)
    assert walk.why("conclude", AN, BO, **PROPOSAL) == set()


@pytest.mark.parametrize(("code", "step"), [("ordinary-pl", "measure"), ("ordinary-lr", "overlay")])
def test_planning_measures_and_land_overlays_first(code: str, step: str) -> None:
    walk = opened(code).take("file", HEAD).take("start_investigation", AN, BO, certificate_shown=True)
    refused = walk.refused("conclude", AN, BO, held=CaseInventory({"document": 2}, located=False), **PROPOSAL)
    assert {each.code for each in refused} == {"after", "geometry"}
    assert step in walk.procedure.steps["conclude"].after


def test_what_is_published() -> None:
    walk = noticed(public_influence=True).take("waive_hearing", AN).take("conclude_notice", LEADER)
    assert publication_months(walk.procedure, walk.facts) is None
    decided = walk.take("decide_penalty", HEAD, **DECISION)
    assert publication_months(decided.procedure, decided.facts) == 36
    lenient = walk.take("decide_penalty", HEAD, **{**DECISION, "fine": 100})
    assert publication_months(lenient.procedure, lenient.facts) == 3
    warned = walk.take("decide_penalty", HEAD, penalty="warning", decision_text="警告")
    assert publication_months(warned.procedure, warned.facts) is None
