"""Time limits of cases, counted by hand on the calendar of 2026.

2026: Mid-Autumn is off from Friday 25 to Sunday 27 September, National Day from Thursday 1 to Wednesday 7 October;
Sunday 20 September and Saturday 10 October are worked. Spring Festival is off from Sunday 15 to Monday 23 February; Saturdays 14 and 28 February are worked.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from io import StringIO

import pytest
from django.contrib.gis.geos import Point
from django.core.management import call_command

from geoportal.cases.lists import inbox_queries
from geoportal.field import serializers
from layers.agencies.models import Department
from layers.casework.access.actor import THE_PORTAL, NotAllowed
from layers.casework.calendar.district import district_calendar
from layers.casework.calendar.working_calendar import LOCAL
from layers.casework.cases.creation import CaseIntake, open_case
from layers.casework.cases.effects import StepInput
from layers.casework.cases.overdue import record_overdue_limits
from layers.casework.cases.transitions import take_step
from layers.casework.deadlines.calendar_changes import recalculate_limits
from layers.casework.deadlines.extensions import extend_limit
from layers.casework.deadlines.limits import LimitTrigger, advance_limits
from layers.casework.log.case_snapshots import case_snapshot
from layers.casework.models import CalendarDay, Case, EventKind, Limit
from layers.casework.procedures import Facts
from layers.casework.procedures.versions import procedure_of, version_in_force
from layers.coordinates import STORE_SRID
from tests.casework.conftest import Open, People
from tests.casework.papers import make_papers
from tests.casework.test_steps import add_pieces, investigated, noticed
from tests.district import LAT, LON

pytestmark = pytest.mark.django_db


def at(month: int, day: int, hour: int = 10, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=LOCAL)


def end(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 23, 59, 59, tzinfo=LOCAL)


class Clock:
    def __init__(self) -> None:
        self.now = at(9, 21)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The portal's clock, to be set; the kernel asks Django for the time and nothing else."""
    found = Clock()
    monkeypatch.setattr("django.utils.timezone.now", found)
    return found


def advanced(case: Case, step: str, at: datetime) -> list[Limit]:
    """The limits that a step changed or began, saved."""
    trigger = LimitTrigger(procedure_of(case), step, at, Facts())
    changed = advance_limits(case, list(case.limits.all()), trigger, district_calendar())
    for each in changed:
        each.save()
    return changed


def limit(case: Case, code: str) -> Limit:
    return case.limits.filter(code=code).latest("pk")


def test_filing_ends_after_fifteen_working_days_over_the_national_day(
    open_ordinary: Open, clock: Clock
) -> None:
    """From Monday 21 September: 22 to 24 and 28 to 30, then 8 to 10 October, 12 to 16 and 19."""
    case = open_ordinary()
    filing = limit(case, "filing")
    assert (filing.started, filing.due) == (clock.now, end(10, 19))
    assert case.due == end(10, 19)


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (at(2, 13), end(3, 12)),  # 14 and 28 February are worked, 15 to 23 are not
        (at(1, 30, 23, 59), end(2, 27)),  # Friday before midnight: the day itself is not counted
        (at(4, 3), end(4, 27)),  # Qingming, Saturday to Monday 6 April, then 7 April is the first day
    ],
)
def test_holidays_and_make_up_days_are_counted_as_announced(
    day: datetime, due: datetime, open_ordinary: Open, clock: Clock
) -> None:
    clock.now = day
    assert limit(open_ordinary(), "filing").due == due


def test_a_step_ends_a_limit_in_time_or_late(open_ordinary: Open, people: People, clock: Clock) -> None:
    punctual, late = open_ordinary(), open_ordinary()
    clock.now = end(10, 19)
    take_step(punctual.pk, "file", people["head"])
    clock.now = end(10, 19) + timedelta(seconds=1)
    take_step(late.pk, "file", people["head"])
    assert limit(punctual, "filing").status == "met"
    assert limit(late, "filing").status == "missed"
    assert limit(late, "filing").ended == clock.now


def test_the_decision_is_due_ninety_calendar_days_after_filing(
    open_ordinary: Open, people: People, clock: Clock
) -> None:
    case = open_ordinary()
    clock.now = at(9, 25)
    take_step(case.pk, "file", people["head"])
    case.refresh_from_db()
    decision = limit(case, "decision")
    assert decision.due == end(12, 24)  # 5 in September, 31, 30, 24
    assert decision.warn == datetime(2026, 12, 14, tzinfo=LOCAL)
    assert case.due == end(12, 24)


def test_a_category_s_own_limit_goes_before_the_procedure_s(people: People, clock: Clock) -> None:
    version = version_in_force("urban")
    found = {
        code: category.limits["handling"]
        for code, category in procedure_of(Case(version=version)).categories.items()
        if "handling" in category.limits
    }
    assert found
    code, span = next(iter(found.items()))
    case = open_case(
        CaseIntake("井盖缺失", Department.objects.get(code="UM"), version, category=code), people["first"]
    )
    procedure = procedure_of(case)
    starting = procedure.deadlines["handling"].starts[0]
    started = {each.code: each for each in advanced(case, starting, clock.now)}["handling"]
    assert (started.length, started.unit) == (span.length, span.unit)
    assert procedure.deadlines["handling"].span != span


def test_an_extension_needs_its_approver_and_a_reason_and_is_given_once(
    open_ordinary: Open, people: People, clock: Clock
) -> None:
    case = open_ordinary()
    filing = limit(case, "filing")
    for who, reason in (("first", "案情复杂"), ("leader", "案情复杂"), ("head", "  ")):
        with pytest.raises(NotAllowed):
            extend_limit(case.pk, filing.pk, 0, reason, people[who])
    with pytest.raises(NotAllowed):
        extend_limit(case.pk, filing.pk, 7, "案情复杂", people["head"])
    assert limit(case, "filing").due == end(10, 19)
    extend_limit(case.pk, filing.pk, 0, "案情复杂", people["head"])
    extended = limit(case, "filing")
    assert extended.due == end(
        11, 9
    )  # 15 working days on: 20 to 23 and 26 to 30 October, 2 to 6 and 9 November
    [granted] = extended.extensions
    assert (granted["who"], granted["reason"]) == ("officer head", "案情复杂")
    case.refresh_from_db()
    assert case.due == end(11, 9)
    assert case.events.filter(kind=EventKind.EXTENDED, data__reason="案情复杂").exists()
    with pytest.raises(NotAllowed) as twice:
        extend_limit(case.pk, filing.pk, 0, "再延", people["head"])
    assert twice.value.refusals[0].en == "This limit cannot be extended any more."


def test_suspending_stops_the_clock_and_resuming_gives_the_days_back(
    open_ordinary: Open, people: People, clock: Clock
) -> None:
    case, pair = open_ordinary(), people["second"].officer
    take_step(case.pk, "file", people["head"])  # 21 September, so until 20 December
    take_step(
        case.pk, "start_investigation", people["first"], StepInput({"certificate_shown": True}, partner=pair)
    )
    assert limit(case, "decision").due == end(12, 20)
    clock.now = at(10, 12)
    take_step(case.pk, "suspend", people["head"], StepInput(reason="等待另案结果"))
    case.refresh_from_db()
    stopped = limit(case, "decision")
    assert (stopped.status, stopped.due, stopped.warn, case.due) == ("stopped", None, None, None)
    clock.now = at(10, 22)
    take_step(case.pk, "resume", people["head"])
    assert limit(case, "decision").due == end(12, 30)  # ten days later than it was
    assert limit(case, "decision").status == "running"


def test_a_hearing_stands_outside_the_time_for_the_decision(
    open_ordinary: Open, people: People, clock: Clock
) -> None:
    case = open_ordinary()
    investigated(case, people, fine="80000")
    notice = {
        "rights_text": "拟罚款",
        "noticed_penalty": "fine",
        "noticed_fine": 80000,
        "noticed_confiscation": 0,
    }
    pair = people["second"].officer
    take_step(case.pk, "issue_notice", people["first"], StepInput(notice, partner=pair))
    make_papers(case, people["first"], "serve_notice")
    served = StepInput({"method": "direct", "delivered_on": "2026-09-21"}, partner=pair)
    take_step(case.pk, "serve_notice", people["first"], served)
    assert limit(case, "hearing_request").due == end(9, 29)  # five working days, of the party
    case.refresh_from_db()
    assert case.due == end(12, 20)  # the party's limits are not the agency's
    take_step(case.pk, "request_hearing", people["first"])
    clock.now = at(9, 28)
    called = {
        "hearing_date": "2026-10-14",
        "hearing_time": "9时30分",
        "hearing_place": "本局三楼会议室",
        "hearing_chair": "chair",
    }
    take_step(case.pk, "announce_hearing", people["chair"], StepInput(called))
    make_papers(case, people["first"], "serve_hearing_notice")
    served = StepInput({"method": "direct", "delivered_on": "2026-09-28"})
    take_step(case.pk, "serve_hearing_notice", people["chair"], served)
    make_papers(case, people["first"], "hold_hearing")
    assert limit(case, "decision").status == "stopped"
    held = StepInput({"record": "笔录", "full_record": True})
    clock.now = end(10, 13)  # seven working days: 29 and 30 September, 8 to 10, 12 and 13 October
    with pytest.raises(NotAllowed, match="听证通知的提前期"):
        take_step(case.pk, "hold_hearing", people["chair"], held)
    clock.now = at(10, 14)
    take_step(case.pk, "hold_hearing", people["chair"], held)
    take_step(case.pk, "submit_hearing", people["chair"])
    assert limit(case, "decision").due == datetime(2027, 1, 5, 23, 59, 59, tzinfo=LOCAL)  # sixteen days


def test_a_corrected_calendar_moves_running_limits_and_says_so(
    open_ordinary: Open, people: People, clock: Clock
) -> None:
    case, over = open_ordinary(), open_ordinary()
    take_step(over.pk, "dismiss", people["head"], StepInput(reason="线索不实"))
    CalendarDay.objects.create(day=date(2026, 9, 29), is_working=False, note="台风")
    assert recalculate_limits(people["leader"]) == 1
    assert limit(case, "filing").due == end(10, 20)
    case.refresh_from_db()
    assert case.due == end(10, 20)
    [moved] = case.events.filter(kind=EventKind.RECALCULATED)
    assert moved.who == "officer leader"
    assert [each["limit"] for each in moved.data["limits"]] == ["filing"]
    assert not over.events.filter(kind=EventKind.RECALCULATED).exists()
    revision = case.revision
    assert recalculate_limits(people["leader"]) == 0
    case.refresh_from_db()
    assert case.revision == revision


def test_what_runs_out_is_told_once(open_ordinary: Open, clock: Clock) -> None:
    case = open_ordinary()
    clock.now = end(10, 19)
    assert record_overdue_limits() == 0
    clock.now = end(10, 19) + timedelta(seconds=1)
    assert (record_overdue_limits(), record_overdue_limits()) == (1, 0)
    [told] = case.events.filter(kind=EventKind.OVERDUE)
    assert (told.who, told.data["limit"]) == (THE_PORTAL.name, "filing")


def test_a_limit_that_is_extended_after_it_ran_out_is_told_again(
    open_ordinary: Open, people: People, clock: Clock
) -> None:
    case = open_ordinary()
    clock.now = at(10, 20)
    assert record_overdue_limits() == 1
    extend_limit(case.pk, limit(case, "filing").pk, 0, "补办", people["head"])
    assert record_overdue_limits() == 0
    clock.now = at(11, 10)
    assert record_overdue_limits() == 1


def test_another_department_s_head_extends_nothing(open_ordinary: Open, people: People) -> None:
    case = open_ordinary()
    with pytest.raises(NotAllowed, match="不属于您的部门"):
        extend_limit(case.pk, limit(case, "filing").pk, 0, "案情复杂", people["planning"])


def test_a_limit_that_the_calendar_gave_more_days_is_told_again(
    open_ordinary: Open, people: People, clock: Clock
) -> None:
    case = open_ordinary()
    clock.now = at(10, 20)
    assert record_overdue_limits() == 1
    CalendarDay.objects.create(day=date(2026, 10, 19), is_working=False, note="台风")
    assert recalculate_limits(people["leader"]) == 1
    assert (limit(case, "filing").due, record_overdue_limits()) == (end(10, 20), 0)
    clock.now = at(10, 21)
    assert record_overdue_limits() == 1


def test_counting_anew_touches_no_case_that_stays_as_it_is(
    open_ordinary: Open, people: People, clock: Clock
) -> None:
    case = open_ordinary()
    clock.now = at(9, 22)
    assert recalculate_limits(people["leader"]) == 0
    was = (case.revision, case.last_action)
    case.refresh_from_db()
    assert (case.revision, case.last_action) == was


def test_the_watching_command_tells_what_time_did(open_ordinary: Open, clock: Clock) -> None:
    open_ordinary()
    clock.now = at(10, 20)
    out = StringIO()
    call_command("watch_cases", stdout=out)
    assert out.getvalue() == (
        "0 limit(s) fall due, 1 ran out, 0 publication(s) expired, 0 file(s) forgotten, 0 notice(s) sent. "
        "0 opinion(s) were not given in time.\n"
    )


def test_warnings_begin_three_working_days_before_the_end(open_ordinary: Open, clock: Clock) -> None:
    """Due on Monday 19 October: the 15th, 16th and 19th are left on the 14th."""
    filing = limit(open_ordinary(), "filing")
    assert filing.warn == datetime(2026, 10, 14, tzinfo=LOCAL)


def test_a_warning_of_hours_begins_so_many_before(open_ordinary: Open, people: People, clock: Clock) -> None:
    case, pair = open_ordinary(), people["second"].officer
    take_step(case.pk, "file", people["head"])
    take_step(
        case.pk, "start_investigation", people["first"], StepInput({"certificate_shown": True}, partner=pair)
    )
    add_pieces(case, people)
    given = StepInput(
        {"items": "发电机一台", "rights_explained": True}, reason="当事人当场转移物品", partner=pair
    )
    take_step(case.pk, "impose_at_once", people["first"], given)
    report = limit(case, "report")
    assert (report.due, report.warn) == (at(9, 22, 10), at(9, 22, 4))
    assert limit(case, "measures").due == end(10, 21)  # thirty calendar days, holidays or not


def test_what_waits_for_the_party_s_time_is_open_once_that_has_run_out(
    open_ordinary: Open, people: People, clock: Clock
) -> None:
    """Served on Monday 21 September: the party has until 24:00 of Tuesday 29 September."""
    case = open_ordinary()
    investigated(case, people)
    noticed(case, people)
    clock.now = end(9, 29)
    with pytest.raises(NotAllowed, match="尚未届满"):
        take_step(case.pk, "conclude_notice", people["leader"])
    clock.now = end(9, 29) + timedelta(seconds=1)
    record_overdue_limits()
    [row] = inbox_queries.page_rows(Case.objects.filter(pk=case.pk), 1, frozenset(["leader"]))
    assert "告知期满，报请决定" in row.steps
    take_step(case.pk, "conclude_notice", people["leader"])
    case.refresh_from_db()
    assert case.state == "decision"


def offered(case: Case, people: People) -> list[str]:
    """Steps that the phone offers."""
    steps = serializers.case_json(Case.objects.get(pk=case.pk), people["first"].officer)["steps"]
    return [each["code"] for each in steps]


def test_an_unpaid_fine_comes_before_the_court(open_ordinary: Open, people: People, clock: Clock) -> None:
    case, pair = open_ordinary(), people["second"].officer
    investigated(case, people)
    noticed(case, people)
    take_step(case.pk, "waive_hearing", people["first"])
    take_step(case.pk, "conclude_notice", people["leader"])
    decision = {"penalty": "fine", "fine": "20000", "decision_text": "罚款"}
    make_papers(case, people["first"], "decide_penalty")
    take_step(case.pk, "decide_penalty", people["head"], StepInput(decision))
    served = StepInput({"method": "direct", "delivered_on": "2026-09-21"}, partner=pair)
    make_papers(case, people["first"], "deliver")
    take_step(case.pk, "deliver", people["first"], served)
    clock.now = end(10, 6)  # fifteen days, within the holiday
    with pytest.raises(NotAllowed, match="尚未届满"):
        take_step(case.pk, "issue_demand", people["first"], StepInput(partner=pair))
    assert "issue_demand" not in offered(case, people)
    clock.now = at(10, 9)  # the first working day after it is Thursday 8 October
    assert "issue_demand" in offered(case, people)
    case.refresh_from_db()
    assert case_snapshot(case).account.surcharge == 600  # one day, 3 % of 20,000
    take_step(case.pk, "issue_demand", people["first"], StepInput(partner=pair))
    make_papers(case, people["first"], "demand")
    served = StepInput({"method": "direct", "delivered_on": "2026-10-09"}, partner=pair)
    take_step(case.pk, "demand", people["first"], served)
    with pytest.raises(NotAllowed, match="尚未届满"):
        take_step(case.pk, "apply_court", people["head"])
    make_papers(case, people["first"], "apply_court")
    clock.now = at(10, 23)  # ten working days: 10, 12 to 16, 19 to 22
    with pytest.raises(NotAllowed) as early:
        take_step(case.pk, "apply_court", people["head"])
    assert [each.zh.split("”")[0] for each in early.value.refusals] == [
        "“申请行政复议的期限",
        "“提起行政诉讼的期限",
    ]
    assert limit(case, "lawsuit").due == datetime(
        2027, 3, 22, 23, 59, 59, tzinfo=LOCAL
    )  # the 21st is a Sunday
    assert limit(case, "application").due == datetime(2027, 6, 22, 23, 59, 59, tzinfo=LOCAL)
    clock.now = datetime(2027, 6, 22, 10, tzinfo=LOCAL)  # its last day
    lapsed = StepInput({"end_ground": "lapsed"}, reason="期限已过")
    with pytest.raises(NotAllowed, match="申请法院强制执行的期限尚未届满"):
        take_step(case.pk, "end_execution", people["head"], lapsed)
    clock.now = datetime(2027, 6, 23, 10, tzinfo=LOCAL)
    with pytest.raises(NotAllowed, match="“申请法院强制执行的期限”已于 2027-06-22 届满"):
        take_step(case.pk, "apply_court", people["head"])
    clock.now = datetime(2027, 3, 23, 10, tzinfo=LOCAL)
    take_step(case.pk, "apply_court", people["head"])
    case.refresh_from_db()
    assert case.state == "court"


def test_registering_evidence_again_gives_the_agency_no_more_time(
    open_ordinary: Open, people: People, clock: Clock
) -> None:
    case, pair = open_ordinary(), people["second"].officer
    take_step(case.pk, "file", people["head"])
    shown = StepInput({"certificate_shown": True}, partner=pair)
    take_step(case.pk, "start_investigation", people["first"], shown)
    take_step(case.pk, "approve_registration", people["head"], StepInput(reason="证据可能灭失"))
    for day in (21, 23):
        clock.now = at(9, day)
        take_step(case.pk, "register_evidence", people["first"], StepInput({"items": "账册"}, partner=pair))
    dues = list(case.limits.filter(code="registration", status="running").values_list("due", flat=True))
    assert dues == [end(10, 8), end(10, 10)]  # seven working days each
    case.refresh_from_db()
    assert case.due == end(10, 8)
    clock.now = at(10, 9)
    take_step(case.pk, "decide_registration", people["head"], StepInput({"treatment": "returned"}))
    ended = case.limits.filter(code="registration").order_by("due").values_list("status", flat=True)
    assert list(ended) == ["missed", "met"]


def test_no_limit_of_the_loop_runs_on_the_pending_register(people: People, clock: Clock) -> None:
    version = version_in_force("urban")
    case = open_case(CaseIntake("井盖缺失", Department.objects.get(code="UM"), version), people["first"])
    procedure = procedure_of(case)
    for code in ("handling", "rework"):
        advanced(case, procedure.deadlines[code].starts[0], clock.now)
    advanced(case, "register_pending", clock.now)
    assert not case.limits.filter(status="running", code__in=["handling", "rework"]).exists()
    clock.now = at(9, 28)
    advanced(case, "release_pending", clock.now)
    assert case.limits.filter(status="running", code__in=["handling", "rework"]).count() == 2


def test_a_corrected_category_brings_its_own_limit(people: People, clock: Clock) -> None:
    found = CaseIntake(
        "灯不亮", Department.objects.get(code="UM"), version_in_force("urban"), category="exposed_garbage"
    )
    case = open_case(
        replace(found, position=Point(LON + 0.0003, LAT + 0.0003, srid=STORE_SRID)), people["first"]
    )
    case = Case.objects.get(pk=case.pk)
    for who in ("leader", "head"):
        officer = people[who].officer
        assert officer is not None
        officer.posts = ["supervisor"] if who == "leader" else ["dispatcher"]
        officer.save()
    take_step(case.pk, "create", people["leader"], StepInput({"category": "路灯不亮"}))
    take_step(case.pk, "dispatch", people["head"], StepInput({"unit": "SAN"}))
    case.refresh_from_db()
    assert (case.category, case.facts["category"]) == ("路灯不亮", "street_lamp")
    assert (limit(case, "handling").length, limit(case, "handling").unit) == (1, "working_day")
