"""What cases are counted by: sets of cases and the rates made of them, in the words of digital urban management.

Every set is a condition over the marks of a case, so that a figure and the list of the cases behind it are the
same question. Cases that were brought in from elsewhere have no log of ours and no limits; they count where case
and due time say it.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from layers.casework.case_types import CaseType, case_types
from layers.casework.indicator import Measure, Rate
from layers.casework.models import Case
from layers.registry.text import Text

NOW = "%(now)s"
TODAY = "(%(now)s AT TIME ZONE 'Asia/Shanghai')::date"
LATE = "(status = 'missed' OR (status IN ('running', 'dropped') AND due < COALESCE(ended, %(now)s)))"
"""Of a limit: it ran out before it was met, or before it ended otherwise."""
OWN = "of = 'agency'"
"""Of a limit: it binds the agency, not the party."""


COLUMNS = (
    "id",
    "filed",
    "closed",
    "due",
    "lead_source",
    "reported",
    "category",
    "department_id",
    "division_id",
    "grid_cell_id",
    "handler_id",
    "version_id",
)


MARK_COLUMNS = (
    "is_filed",
    "is_closed",
    "is_complaint",
    "is_postponed",
    "ran_over",
    "is_fined",
    "is_in_arrears",
    "is_collected",
    "marks",
    "late_marks",
)
"""What :func:`case_marks_sql` says of a case beside its columns; many cases have the same said of them."""

MARKS = """
    'dispatched' = ANY(marks) AS is_dispatched, 'returned' = ANY(marks) AS is_returned,
    'handled' = ANY(marks) AS is_handled, 'handed_in' = ANY(marks) AS is_handed_in,
    'reworked' = ANY(marks) AS is_reworked, 'reopened' = ANY(marks) AS is_reopened,
    ran_over OR late_marks <> '{}' AS is_late, 'handled' = ANY(late_marks) AS is_handled_late
"""
"""Made of what is said; measures are conditions over both."""


def case_marks_sql(cases: "QuerySet[Case]", now: datetime) -> tuple[str, list[Any]]:
    """SQL with a row for each of these cases, with what its log and its limits say of it, and its parameters."""
    sql, params = cases.order_by().values(*COLUMNS).query.sql_with_params()
    # What the query of the cases asks for stands between ours.
    before, after = _marks_sql("\x00").split("\x00")
    text = f"{before.replace(NOW, '%s')}({sql}){after.replace(NOW, '%s')}"
    return text, [*[now] * before.count(NOW), *params, *[now] * after.count(NOW)]


def _marks_sql(cases: str) -> str:
    """OFFSET 0: what several marks look at is found once, and of the case alone.

    ``late_marks`` are the marks that limits measure which ran out, and "" for each of these limits.
    """
    return f"""
    SELECT c.*, c.filed IS NOT NULL AS is_filed, c.closed IS NOT NULL AS is_closed,
        c.lead_source = 'complaint' AS is_complaint,
        c.late_marks = '{{}}' AND COALESCE(
            COALESCE(c.closed, {TODAY}) > (c.due AT TIME ZONE 'Asia/Shanghai')::date, false
        ) AND NOT EXISTS (SELECT FROM casework_limit WHERE case_id = c.id OFFSET 0) AS ran_over,
        EXISTS (SELECT FROM casework_limit WHERE case_id = c.id AND {OWN}
            AND (extensions <> '[]' OR pauses <> '[]')) AS is_postponed
    FROM (
        SELECT c.*, COALESCE(a.decided, 0) > 0 AS is_fined,
            COALESCE(a.owed, 0) > 0 AND a.due < {TODAY} AS is_in_arrears,
            COALESCE(a.decided, 0) > 0 AND a.paid >= a.decided AS is_collected,
            COALESCE(s.marks, '{{}}') AS marks, s.posts,
            CASE WHEN s.next_due < {NOW} THEN ARRAY(SELECT unnest(measures || ''::varchar) FROM casework_limit
                WHERE case_id = c.id AND status <> 'met' AND {LATE} AND {OWN})
            ELSE COALESCE(s.late_marks, '{{}}') END AS late_marks
        FROM {cases} AS c LEFT JOIN casework_casesummary AS s ON s.case_id = c.id
            LEFT JOIN casework_account AS a ON a.case_id = c.id OFFSET 0
    ) AS c
    """


GENERAL_MEASURES: tuple[Measure, ...] = (
    Measure(
        "reported",
        Text("受理", "Reported"),
        Text("期间内发现或上报的案件", "Cases that were reported in the period"),
        "true",
    ),
    Measure(
        "complaints",
        Text("投诉举报", "Complaints"),
        Text("由投诉举报而来的案件", "Cases that came by a complaint"),
        "is_complaint",
    ),
    Measure("filed", Text("立案", "Filed"), Text("已立案的案件", "Cases that were filed"), "is_filed"),
    Measure(
        "dispatched",
        Text("派遣", "Dispatched"),
        Text("派遣过的案件", "Cases that were dispatched"),
        "is_dispatched",
    ),
    Measure(
        "dispatched_right",
        Text("准确派遣", "Dispatched right"),
        Text("派遣后未被退回的案件", "Dispatched cases that were never returned as misassigned"),
        "is_dispatched AND NOT is_returned",
    ),
    Measure(
        "handled",
        Text("处置", "Handled"),
        Text("派遣后已反馈处置结果的案件", "Dispatched cases whose result was fed back"),
        "is_dispatched AND is_handled",
    ),
    Measure(
        "handled_on_time",
        Text("按期处置", "Handled on time"),
        Text(
            "已处置、且处置与返工期限均未超过的案件",
            "Handled cases of which no limit for handling or rework ran out",
        ),
        "is_dispatched AND is_handled AND NOT is_handled_late",
    ),
    Measure(
        "handed_in",
        Text("提交核查或审核", "Handed in"),
        Text(
            "已反馈处置结果或调查终结的案件",
            "Cases whose result was fed back or whose investigation was finished",
        ),
        "is_handed_in",
    ),
    Measure(
        "reworked",
        Text("返工", "Reworked"),
        Text(
            "提交后因核查或审核不通过而退回过的案件",
            "Cases handed in that verification or review sent back",
        ),
        "is_handed_in AND is_reworked",
    ),
    Measure(
        "overdue",
        Text("超期", "Overdue"),
        Text(
            "已立案、且有机关办理期限超过的案件（已结或未结）",
            "Filed cases of which a limit of the agency ran out, closed or not",
        ),
        "is_filed AND is_late",
    ),
    Measure(
        "closed",
        Text("结案", "Closed"),
        Text("已立案并已结案的案件", "Filed cases that are closed"),
        "is_filed AND is_closed",
    ),
    Measure(
        "due",
        Text("应结案（不含延期）", "Due, without postponed"),
        Text(
            "已立案、已结案或已超期的案件，扣除经批准延期、中止或挂账的案件",
            "Filed cases that are closed or overdue, less those postponed: extended, stopped or on the pending register",
        ),
        "is_filed AND (is_closed OR is_late) AND NOT is_postponed",
    ),
    Measure(
        "closed_on_time",
        Text("按期结案", "Closed on time"),
        Text(
            "应结案（不含延期）中已结案且未超期的案件",
            "Of those due, the ones that are closed and ran out of no limit",
        ),
        "is_filed AND is_closed AND NOT is_late AND NOT is_postponed",
    ),
    Measure(
        "closed_once",
        Text("结过案", "Closed at least once"),
        Text("现已结案或结案后重新办理的案件", "Cases that are closed, or were and were reopened"),
        "is_filed AND (is_closed OR is_reopened)",
    ),
    Measure(
        "reopened",
        Text("重新办理", "Reopened"),
        Text("结案后重新办理过的案件", "Cases that were reopened after they were closed"),
        "is_filed AND is_reopened",
    ),
    Measure(
        "fined",
        Text("有应缴款项", "With money decided"),
        Text("决定了应缴款项（罚款）的案件", "Cases in which something to be paid, a fine, was decided"),
        "is_fined",
    ),
    Measure(
        "collected",
        Text("已收缴", "Collected"),
        Text("决定的数额已全部缴清的案件", "Cases in which all that was decided has been paid"),
        "is_collected",
    ),
    Measure(
        "arrears",
        Text("逾期欠缴", "In arrears"),
        Text("缴纳期限已过而仍有欠款的案件", "Cases with something owed after the last day to pay"),
        "is_in_arrears",
    ),
)

GENERAL_RATES: tuple[Rate, ...] = (
    Rate(
        "filing",
        Text("立案率", "Filing rate"),
        Text("立案数 ÷ 受理数", "Filed ÷ reported"),
        "filed",
        "reported",
    ),
    Rate(
        "dispatch_accuracy",
        Text("派遣准确率", "Dispatch accuracy"),
        Text("准确派遣数 ÷ 派遣数", "Dispatched right ÷ dispatched"),
        "dispatched_right",
        "dispatched",
    ),
    Rate(
        "handled",
        Text("处置率", "Handled rate"),
        Text("处置数 ÷ 派遣数", "Handled ÷ dispatched"),
        "handled",
        "dispatched",
    ),
    Rate(
        "handled_on_time",
        Text("按期处置率", "On-time handling"),
        Text("按期处置数 ÷ 派遣数", "Handled on time ÷ dispatched"),
        "handled_on_time",
        "dispatched",
    ),
    Rate(
        "overdue",
        Text("超期率", "Overdue"),
        Text("超期数 ÷ 立案数", "Overdue ÷ filed"),
        "overdue",
        "filed",
    ),
    Rate(
        "rework",
        Text("返工率", "Rework"),
        Text("返工数 ÷ 提交数", "Reworked ÷ handed in"),
        "reworked",
        "handed_in",
    ),
    Rate("closing", Text("结案率", "Closing"), Text("结案数 ÷ 立案数", "Closed ÷ filed"), "closed", "filed"),
    Rate(
        "closing_on_time",
        Text("按期结案率", "On-time closing"),
        Text("按期结案数 ÷（应结案数 − 延期数）", "Closed on time ÷ (due − postponed)"),
        "closed_on_time",
        "due",
    ),
    Rate(
        "complaints",
        Text("投诉占比", "Complaint share"),
        Text("投诉举报数 ÷ 受理数", "Complaints ÷ reported"),
        "complaints",
        "reported",
    ),
    Rate(
        "reopened",
        Text("重办率", "Reopened"),
        Text("重新办理数 ÷ 结过案数", "Reopened ÷ closed at least once"),
        "reopened",
        "closed_once",
    ),
    Rate(
        "collected",
        Text("罚款收缴率", "Collected"),
        Text("已收缴案件 ÷ 有应缴款项的案件", "Collected ÷ with money decided"),
        "collected",
        "fined",
    ),
    Rate(
        "arrears",
        Text("欠缴率", "In arrears"),
        Text("逾期欠缴案件 ÷ 有应缴款项的案件", "In arrears ÷ with money decided"),
        "arrears",
        "fined",
    ),
)


def measures(families: Collection[str] | None = None) -> Mapping[str, Measure]:
    """By code, what all families count and then what these count besides, None for every one."""
    own = (measure for each in _chosen(families) for measure in each.measures)
    return {measure.code: measure for measure in (*GENERAL_MEASURES, *own)}


def rates(families: Collection[str] | None = None) -> tuple[Rate, ...]:
    return (*GENERAL_RATES, *(rate for each in _chosen(families) for rate in each.rates))


def _chosen(families: Collection[str] | None) -> list[CaseType]:
    return [each for each in case_types() if families is None or each.family in families]
