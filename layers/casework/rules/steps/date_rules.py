"""Dates that a form states: of what has happened, and of what had to happen within a limit."""

from collections.abc import Iterator
from datetime import date, datetime, time

from layers.casework.calendar.due_dates import due_time
from layers.casework.calendar.working_calendar import LOCAL
from layers.casework.procedures.fields import Field
from layers.casework.procedures.model import OPENED
from layers.casework.rules.case_snapshot import CaseDates
from layers.casework.rules.forms.form_input import counted_day, parse_date
from layers.registry.text import Text

from .refusals import Refusal, refusal
from .step_attempt import StepAttempt

OPENING = Text("登记案件", "Case opened")


def date_refusals(attempt: StepAttempt, dates: CaseDates) -> Iterator[Refusal]:
    for field in attempt.step.fields:
        day = parse_date(attempt.fields.get(field.name)) if field.past else None
        if day is not None:
            yield from _past_date_refusals(attempt, field, day, dates)
        day = parse_date(attempt.fields.get(field.name)) if field.future else None
        if day is not None and day <= dates.today:
            zh, en = f"“{field.title.zh}”须晚于今天", f'"{field.title.en}" must be later than today'
            yield refusal("day", attempt.step, zh, en)
        yield from _order_refusals(attempt, field, dates)
    for field in attempt.procedure.fields().values():
        yield from _later_refusals(attempt, field, dates)
    yield from _limit_refusals(attempt, dates)


def _order_refusals(attempt: StepAttempt, field: Field, dates: CaseDates) -> Iterator[Refusal]:
    """Not before what it follows."""
    day = parse_date(attempt.fields.get(field.name)) or dates.today
    for title, earliest in _followed(attempt, field, dates):
        if day < earliest:
            yield refusal(
                "day",
                attempt.step,
                f"“{field.title.zh}”不能早于“{title.zh}”（{earliest}）",
                f'"{field.title.en}" cannot be earlier than "{title.en}" on {earliest}',
            )


def _later_refusals(attempt: StepAttempt, field: Field, dates: CaseDates) -> Iterator[Refusal]:
    """Later than another day by more than a span, whichever of the two the form states."""
    step, rule = attempt.step, field.after
    own = {each.name for each in step.fields}
    if rule is None or not (field.name in own or step.code in rule.steps):
        return
    stated = parse_date(attempt.facts.fields.get(field.name))
    base = counted_day(step, attempt.fields, rule.field, attempt.facts) if rule.field in own else dates.today
    last = due_time(datetime.combine(base, time(), LOCAL), rule.span, dates.calendar()) if base else None
    if stated and last and stated <= last.date():
        yield refusal(
            "day",
            step,
            f"“{field.title.zh}”须晚于 {last.date()}",
            f'"{field.title.en}" must be later than {last.date()}',
            rule.basis,
        )


def _followed(attempt: StepAttempt, field: Field, dates: CaseDates) -> Iterator[tuple[Text, date]]:
    procedure, held = attempt.procedure, attempt.facts
    for code in field.not_before.steps:
        if code in held.steps and code in dates.steps:
            yield procedure.steps[code].title, dates.steps[code]
    known = procedure.fields()
    for name in field.not_before.fields:
        if earliest := parse_date(held.fields.get(name)):
            yield known[name].title, earliest


def _past_date_refusals(attempt: StepAttempt, field: Field, day: date, dates: CaseDates) -> Iterator[Refusal]:
    """Neither in the future, nor before the case was opened or what it follows was done."""
    step, zh, en = attempt.step, field.title.zh, field.title.en
    if day > dates.today:
        yield refusal("day", step, f"“{zh}”不能晚于今天", f'"{en}" cannot be later than today')
    earlier = {code: dates.steps[code] for code in (*step.after, OPENED) if code in dates.steps}
    last = max(earlier, key=lambda code: earlier[code], default=None)
    if last is not None and day < earlier[last]:
        title = OPENING if last == OPENED else attempt.procedure.steps[last].title
        yield refusal(
            "day",
            step,
            f"“{zh}”不能早于“{title.zh}”（{earlier[last]}）",
            f'"{en}" cannot be earlier than "{title.en}" on {earlier[last]}',
        )


def _limit_refusals(attempt: StepAttempt, dates: CaseDates) -> Iterator[Refusal]:
    for code, name in attempt.step.within.items():
        last = dates.limits.get(code)
        if last and (parse_date(attempt.fields.get(name)) or dates.today) > last:
            limit = attempt.procedure.deadlines[code]
            yield refusal(
                "within",
                attempt.step,
                f"“{limit.title.zh}”已于 {last} 届满",
                f'"{limit.title.en}" ran out on {last}',
                limit.basis,
            )
