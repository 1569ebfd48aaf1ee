"""Statistics against a small set that was counted by hand, and who is shown which of them."""

import csv
import io
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Q
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.timezone import get_default_timezone

from layers.agencies.models import Department, Officer
from layers.casework.access.permissions import department_cases
from layers.casework.analytics.indicators import measures, rates
from layers.casework.analytics.money import money_by_group
from layers.casework.analytics.statistics import (
    FEW,
    GROUPINGS,
    FigureRow,
    count_by_group,
    suppress_small_counts,
)
from layers.casework.models import Account, Case, CaseSummary, Event, EventKind, Limit
from layers.casework.procedures.versions import procedure_of, version_in_force
from tests.casework.conftest import People
from tests.people import VIEWERS, client_of

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 10, 15, 12, tzinfo=get_default_timezone())
DOORS = ("/cases/statistics/", "/cases/statistics/areas.geojson?by=grid", "/cases/statistics/table.csv")


def recorded(
    name: str,
    steps: str = "",
    *,
    lead: str = "patrol",
    filed: bool = True,
    closed: bool = False,
    limits: tuple[tuple[str, str], ...] = (),
    extended: bool = False,
    department: str = "UM",
    officer: str = "first",
    at: datetime = NOON,
) -> Case:
    """A case of the loop as its log and limits would have it; ``limits`` are codes and standings."""
    handler = Officer.objects.get(code=officer)
    case = Case.objects.create(
        number=f"手算-{name}",
        department=Department.objects.get(code=department),
        title=name,
        category="暴露垃圾",
        procedure="urban",
        version=version_in_force("urban"),
        state="closed" if closed else "handling",
        lead_source=lead,
        party_kind="none",
        reported=at,
        filed=at.date() if filed else None,
        closed=at.date() + timedelta(days=2) if closed else None,
        handler=handler,
    )
    known = procedure_of(case).steps
    for step in steps.split():
        Event.objects.create(
            case=case,
            kind="step",
            step=step,
            marks=list(known[step].marks) or None,
            at=at,
            officer=handler,
            who=handler.name,
        )
    for code, standing in limits:
        Limit.objects.create(
            case=case,
            code=code,
            length=1,
            unit="working_day",
            started=at,
            due=at + timedelta(days=1),
            ended=None if standing == "running" else at + timedelta(days=2),
            status=standing,
            measures=list(procedure_of(case).deadlines[code].measures),
            extensions=[{"length": 1, "unit": "working_day"}] if extended else [],
        )
    return case


@pytest.fixture
def counted_by_hand(people: People, settings: Any) -> None:
    """Ten cases of urban management in October 2026, and one elsewhere and one in September.

    1 patrol, filed, dispatched, handled, closed, all limits met
    2 the same, by complaint
    3 dispatched, returned as misassigned, dispatched again, handled, closed; dispatch limit met
    4 handled late (handling limit missed), closed
    5 handled, sent back for rework, handled again, closed on time
    6 handled after an extension, closed: postponed
    7 dispatched, not handled yet, its limit has run out
    8 closed, then reopened; open again, nothing has run out
    9 a complaint that is still a lead
    10 dispatched, the limit runs on (due far ahead)
    """
    settings.SECRET_KEY = "which rounds eleven and twelve down to ten: 4"
    recorded("1", "create dispatch accept feed_back close_fixed", closed=True, limits=(("handling", "met"),))
    recorded(
        "2",
        "create dispatch feed_back close_fixed",
        closed=True,
        limits=(("handling", "met"),),
        lead="complaint",
    )
    recorded(
        "3",
        "create dispatch return_case dispatch feed_back close_fixed",
        closed=True,
        limits=(("dispatch", "met"), ("handling", "met")),
    )
    recorded("4", "create dispatch feed_back close_fixed", closed=True, limits=(("handling", "missed"),))
    recorded(
        "5",
        "create dispatch feed_back rework feed_back close_fixed",
        closed=True,
        limits=(("rework", "met"),),
    )
    recorded(
        "6",
        "create dispatch feed_back close_fixed",
        closed=True,
        limits=(("handling", "met"),),
        extended=True,
    )
    recorded("7", "create dispatch", limits=(("handling", "running"),))
    recorded("8", "create dispatch feed_back close_fixed reopen", limits=(("handling", "met"),))
    recorded("9", filed=False, lead="complaint")
    ahead = recorded("10", "create dispatch", limits=(("handling", "running"),), officer="second")
    Limit.objects.filter(case=ahead).update(due=timezone.now() + timedelta(days=9))
    recorded("elsewhere", "create dispatch", department="PL", officer="planning")
    recorded("before", "create", at=NOON - timedelta(days=30))


BY_HAND = {
    "reported": 10,
    "complaints": 2,  # 2 and 9
    "filed": 9,  # all but 9
    "dispatched": 9,
    "dispatched_right": 8,  # not 3
    "handled": 7,  # 1 to 6 and 8
    "handled_on_time": 6,  # not 4
    "handed_in": 7,
    "reworked": 1,  # 5
    "overdue": 2,  # 4 and 7
    "closed": 6,  # 1 to 6
    "due": 6,  # 1 to 5 and 7; 6 was postponed
    "closed_on_time": 4,  # 1, 2, 3 and 5
    "closed_once": 7,  # 1 to 6 and 8
    "reopened": 1,  # 8
    "fined": 0,
    "collected": 0,
    "arrears": 0,
}
OCTOBER = "from=2026-10-01&to=2026-10-31"


def october(role: str = "officer"):  # type: ignore[no-untyped-def]
    cases = department_cases(VIEWERS[role]).filter(number__startswith="手算", department__code="UM")
    return cases.filter(reported__gte=NOON - timedelta(days=14))


def test_every_measure_counts_what_was_counted_by_hand(counted_by_hand: None) -> None:
    assert count_by_group(october(), "month", timezone.now())[1].counts == BY_HAND


def test_every_rate_is_its_part_of_its_whole(counted_by_hand: None) -> None:
    found = count_by_group(october(), "month", timezone.now())[1]
    shares = {rate.code: round(found.share(rate) or 0, 3) for rate in rates()}
    assert shares == {
        "filing": 0.9,
        "dispatch_accuracy": round(8 / 9, 3),
        "handled": round(7 / 9, 3),
        "handled_on_time": round(6 / 9, 3),
        "overdue": round(2 / 9, 3),
        "rework": round(1 / 7, 3),
        "closing": round(6 / 9, 3),
        "closing_on_time": round(4 / 6, 3),
        "complaints": 0.2,
        "reopened": round(1 / 7, 3),
        "collected": 0,
        "arrears": 0,
    }


def test_the_part_of_every_rate_lies_in_its_whole(counted_by_hand: None) -> None:
    for rate in rates():
        part = f"({measures()[rate.part].sql}) AND NOT ({measures()[rate.whole].sql})"
        found = count_by_group(october(), "month", timezone.now())[1]
        assert found.counts[rate.part] <= found.counts[rate.whole], part


def test_money_is_added_up_in_yuan_and_told_of_own_cases_alone(counted_by_hand: None) -> None:
    """Of 30,000 decided in October 10,500 was paid, 35 %; 19,500 is owed, 2,000 of it not due yet."""
    today = date(2026, 11, 1)
    accounts = (("1", 10_000, 10_000, 0, today), ("2", 18_000, 500, 17_500, today - timedelta(days=1)))
    for name, decided, paid, owed, due in (*accounts, ("4", 2_000, 0, 2_000, today)):
        case = Case.objects.get(number=f"手算-{name}")
        Account.objects.create(case=case, decided=decided, paid=paid, owed=owed, due=due)
    [row] = money_by_group(october(), "month", today)
    assert row.key == "2026-10"
    assert [int(each) for each in (row.decided, row.paid, row.arrears)] == [30_000, 10_500, 17_500]
    assert row.share == Decimal("0.35")
    asked = f"/cases/statistics/?by=month&{OCTOBER}"
    own = client_of("officer").get(asked, headers={"accept": "application/json"}).json()["money"]
    assert [(each["decided"], each["percent"]) for each in own] == [("30,000", 35.0)] * 2
    others = client_of("planner").get(asked, headers={"accept": "application/json"})
    assert not others.json().get("money")


@pytest.mark.parametrize("by", sorted(GROUPINGS))
def test_groups_add_up_unless_they_overlap(by: str, counted_by_hand: None) -> None:
    rows, whole = count_by_group(october(), by, timezone.now())
    assert whole.counts == BY_HAND
    if GROUPINGS[by].overlaps:
        assert {row.key for row in rows} == {"officer", "collector", "handler"}
        assert next(row for row in rows if row.key == "collector").counts["dispatched"] == 8
    else:
        assert {code: sum(row.counts[code] for row in rows) for code in measures()} == BY_HAND


def test_a_case_stays_with_the_posts_in_which_it_was_handled(counted_by_hand: None) -> None:
    def by_post() -> dict[str, int]:
        rows, _whole = count_by_group(october(), "post", timezone.now())
        return {row.key: row.counts["reported"] for row in rows}

    before = by_post()
    Officer.objects.update(posts=["leader"])
    assert by_post() == before
    for post, number in before.items():
        listed = client_of("officer").get(f"/cases/search/?{OCTOBER}&post={post}&procedure=urban").json()
        assert listed["total"] == number, post


def test_what_figures_ask_of_log_and_limits_is_kept_as_these_say(counted_by_hand: None) -> None:
    cases = Case.objects.filter(summary__isnull=False)
    assert CaseSummary.objects.filter(case__events__kind=EventKind.STEP).distinct().count() > 10
    late = due = 0
    for case in cases.prefetch_related("events", "limits").select_related("summary"):
        events = case.events.all()
        assert case.summary.marks == sorted({mark for each in events for mark in each.marks or ()})
        steps = [each.officer for each in events if each.kind == EventKind.STEP and each.officer]
        assert case.summary.posts == sorted({post for officer in steps for post in officer.posts})
        own = [
            each
            for each in case.limits.all()
            if each.of == "agency" and each.status in {"missed", "running", "dropped"}
        ]
        ended = [
            each
            for each in own
            if each.status == "missed" or (each.ended and each.due and each.due < each.ended)
        ]
        assert case.summary.late_marks == sorted({mark for each in ended for mark in (*each.measures, "")})
        open_ones = [each.due for each in own if each.status != "missed" and each.ended is None and each.due]
        assert case.summary.next_due == min(open_ones, default=None)
        late, due = late + bool(ended), due + bool(open_ones)
    assert min(late, due) > 0
    without = Case.objects.filter(summary__isnull=True)
    assert not without.filter(Q(limits__isnull=False) | Q(events__kind=EventKind.STEP)).exists()


def test_every_figure_of_the_page_leads_to_just_its_cases(counted_by_hand: None) -> None:
    client = client_of("officer")
    for by in ("month", "post", "officer", "category", "grid", "subdistrict"):
        content = client.get(f"/cases/statistics/?{OCTOBER}&by={by}&procedure=urban").json()
        figures = [(each["number"], each["url"]) for each in content["measures"]]
        figures += [(row["reported"], row["url"]) for row in content["rows"]]
        for row in content["rows"]:
            for rate in row["rates"]:
                figures += [(rate["part"], rate["part_url"]), (rate["whole"], rate["whole_url"])]
        for number, link in dict.fromkeys(figures):
            assert client.get(link).json()["total"] == number, (by, link)


def test_the_page_says_each_definition_beside_its_figure(counted_by_hand: None) -> None:
    page = client_of("officer").get(f"/cases/statistics/?{OCTOBER}", headers={"accept": "text/html"}).content
    for rate in rates():
        assert str(rate.meaning) in page.decode()
    for measure in measures().values():
        assert str(measure.meaning) in page.decode()


@pytest.mark.parametrize("role", list(VIEWERS))
@pytest.mark.parametrize("door", DOORS)
def test_statistics_are_for_those_who_work_for_the_district(role: str, door: str, people: People) -> None:
    allowed = role not in {"public", "citizen"}
    assert client_of(role).get(door).status_code == (200 if allowed else 404)


def test_departments_see_their_own_and_joint_cases_only(counted_by_hand: None) -> None:
    address = f"/cases/statistics/?{OCTOBER}&procedure=urban"
    assert client_of("officer").get(address).json()["total"] == 10
    assert client_of("other_officer").get(address).json()["total"] == 1
    assert client_of("administrator").get(address).json()["total"] == 11
    Case.objects.filter(number="手算-7").update(joint=["PL"])
    assert client_of("other_officer").get(address).json()["total"] == 2


def test_whose_cases_they_are_not_sees_no_figures_of_few_and_no_cases(counted_by_hand: None) -> None:
    content = client_of("planner").get(f"/cases/statistics/?{OCTOBER}&procedure=urban&by=department").json()
    assert not content["is_own"]
    rows = {row["key"]: row for row in content["rows"]}
    assert set(rows) == {"UM"}  # that there is a case of PL at all is not told
    # the only small figure of two would be the total less the other
    assert rows["UM"]["reported"] == f"<{FEW}"
    assert content["total"] == 10  # of 11
    assert not any(rate["part_url"] or rate["whole_url"] for row in rows.values() for rate in row["rates"])
    assert not any(each["url"] for each in content["measures"])
    table = body(client_of("planner").get(f"/cases/statistics/table.csv?{OCTOBER}&by=department"))
    assert ",1," not in table


def test_a_single_small_figure_takes_the_next_with_it() -> None:
    def row(key: str, number: int) -> FigureRow:
        return FigureRow(key, dict.fromkeys(measures(), number))

    _small, next_smallest, large = suppress_small_counts([row("a", 2), row("b", 30), row("c", 90)])
    assert set(next_smallest.suppressed) == set(measures())
    assert not large.suppressed
    several = suppress_small_counts([row("a", 2), row("b", 3), row("c", 90), row("d", 0)])
    assert [bool(each.suppressed) for each in several] == [True, True, False, True]


def body(response: HttpResponseBase) -> str:
    return b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]


def test_the_table_is_the_page_s_and_no_spreadsheet_runs_what_is_in_it(counted_by_hand: None) -> None:
    Case.objects.filter(number="手算-1").update(category="=1+1")
    text = body(
        client_of("officer").get(f"/cases/statistics/table.csv?{OCTOBER}&procedure=urban&by=category")
    )
    rows = list(csv.reader(io.StringIO(text)))
    assert [row[1] for row in rows[1:]] == ["'=1+1", "暴露垃圾"]
    assert sum(int(row[2]) for row in rows[1:]) == 10


def test_areas_carry_the_rate_and_its_class(counted_by_hand: None) -> None:
    Case.objects.filter(number__startswith="手算").update(grid_cell=first_cell())
    content = (
        client_of("officer").get(f"/cases/statistics/areas.geojson?{OCTOBER}&procedure=urban&by=grid").json()
    )
    [cell] = content["features"]
    assert cell["properties"]["values"] == {"rate": 66.7, "cases": 10}
    assert content["classes"]["rate"] == [[66.7, 66.7]]


def first_cell() -> int:
    from layers.base.models import GridCell

    return GridCell.objects.order_by("pk").values_list("pk", flat=True)[0]


@pytest.mark.parametrize(
    "query",
    ["by=nothing", "rate=nothing", "from=2026-13-01", "from=2026-02-01&to=2026-01-01", "page=0", "lead=x"],
)
def test_nonsense_is_answered_with_a_sentence(query: str, people: People) -> None:
    response = client_of("officer").get(f"/cases/statistics/?{query}")
    assert response.status_code == 400
    assert len(response.json()["error"]) > 5


def test_what_has_no_areas_has_no_map(people: People) -> None:
    assert client_of("officer").get("/cases/statistics/areas.geojson?by=month").status_code == 400


def test_without_a_period_the_last_twelve_months_are_shown(people: People) -> None:
    content = client_of("officer").get("/cases/statistics/").json()
    first = date.fromisoformat(content["since"])
    assert first.day == 1
    assert timedelta(days=330) < timezone.localdate() - first < timedelta(days=366)


@pytest.mark.parametrize("narrow", ["officer=first", "grid=330206001001001", "post=officer", "state=lead"])
def test_figures_of_others_cannot_be_narrowed_down_to_single_cases(
    counted_by_hand: None, narrow: str
) -> None:
    refused = client_of("planner").get(f"/cases/statistics/?{OCTOBER}&{narrow}")
    assert refused.status_code == 400
    assert client_of("officer").get(f"/cases/statistics/?{OCTOBER}&{narrow}").status_code == 200


def test_figures_of_others_are_of_whole_months_and_rounded(counted_by_hand: None) -> None:
    """Two periods that differ by a day, or by a case, are answered alike."""
    planner = client_of("planner")
    whole = planner.get(f"/cases/statistics/?{OCTOBER}&by=month").json()
    part = planner.get("/cases/statistics/?from=2026-10-15&to=2026-10-15&by=month").json()
    assert (part["since"], part["until"]) == ("2026-10-01", "2026-10-31")
    assert part["rows"] == whole["rows"]
    before = whole["total"]
    recorded("one-more")
    assert planner.get(f"/cases/statistics/?{OCTOBER}&by=month").json()["total"] == before


def test_a_total_of_few_is_kept_back_too(counted_by_hand: None) -> None:
    few = client_of("planner").get("/cases/statistics/?from=2020-01-01&to=2020-01-31").json()
    assert few["total"] == f"<{FEW}"
    recorded("alone", at=NOON.replace(year=2020, month=1))
    few = client_of("planner").get("/cases/statistics/?from=2020-01-01&to=2020-01-31").json()
    assert few["total"] == f"<{FEW}"


def test_none_is_not_told_from_few_in_whatever_is_asked(counted_by_hand: None) -> None:
    """What became of a case that one knows of, and whether there is one."""
    planner = client_of("planner")
    for narrow in ("category=无此类", "department=PL", "division=330206999999", "lead=inspection"):
        query = f"{OCTOBER}&procedure=urban&{narrow}&by=department"
        content = planner.get(f"/cases/statistics/?{query}").json()
        assert {each["number"] for each in content["measures"]} == {f"<{FEW}"}, narrow
        assert content["rows"] == []
        lines = body(planner.get(f"/cases/statistics/table.csv?{query}")).splitlines()
        assert len(lines) == 1, narrow
    Case.objects.filter(number="手算-1").update(grid_cell=first_cell())
    areas = planner.get(f"/cases/statistics/areas.geojson?{OCTOBER}&by=grid").json()
    assert all(each["properties"]["values"]["cases"] is None for each in areas["features"])


@pytest.mark.parametrize("few", [1, 4])
def test_periods_of_many_beginnings_do_not_add_up_to_a_figure_that_was_kept_back(
    few: int, people: People
) -> None:
    """Whoever asks for periods that begin anywhere and end a month apart, and takes the mean of the differences."""
    months = [date(2024 + number // 12, number % 12 + 1, 1) for number in range(24)]
    for number, month in enumerate(months[:-1]):
        for each in range(number % 3 + 1):
            recorded(f"{number}-{each}", at=NOON.replace(year=month.year, month=month.month, day=1))
    for each in range(few):
        recorded(f"few-{each}", at=NOON.replace(year=2025, month=12, day=1))
    planner = client_of("planner")

    def total(since: date, until: str) -> tuple[int | str, str]:
        content = planner.get(f"/cases/statistics/?from={since}&to={until}&procedure=urban").json()
        return content["total"], f"{content['since']} {content['until']}"

    answers = {
        until: [total(since, until) for since in months[:-1]] for until in ("2025-11-30", "2025-12-31")
    }
    for until, found in answers.items():
        assert len(set(found)) <= 4, until  # all times, the year, the quarter, the month
    pairs = zip(answers["2025-11-30"], answers["2025-12-31"], strict=True)
    assert len({(before, after) for before, after in pairs if before != after}) <= 1
