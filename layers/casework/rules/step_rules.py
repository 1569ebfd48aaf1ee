"""Who may take which step of a case, and why not."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from layers.casework.procedures.conditions import Condition, Facts, amount, holds, referenced_names
from layers.casework.procedures.model import (
    OPENED,
    EvidenceMinimum,
    Field,
    FieldKind,
    Phase,
    Procedure,
    Role,
    Step,
)
from layers.registry.text import Text


@dataclass(frozen=True)
class Credentials:
    """An officer: ``certified`` holds the enforcement certificate, ``qualified`` the legal qualification."""

    id: int
    roles: frozenset[str] = frozenset()
    certified: bool = False
    qualified: bool = False


@dataclass(frozen=True)
class StepRecord:
    """A step that was taken, by whom; "opened" is the opening of the case by its finder."""

    step: str
    actor_ids: tuple[int, ...]


@dataclass(frozen=True)
class CaseInventory:
    """What a case has: pieces of evidence by kind, and whether its geometry is of the procedure's kind."""

    evidence: Mapping[str, int] = field(default_factory=dict)
    located: bool = True


@dataclass(frozen=True)
class CaseDates:
    """What stated days are held against.

    ``steps`` are the days of the opening and of the steps taken, ``limits`` the last days of the case's limits.
    """

    today: date
    steps: Mapping[str, date] = field(default_factory=dict)
    limits: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True)
class Refusal:
    code: str
    sentence: Text


def steps_in_force(procedure: Procedure, history: Sequence[StepRecord]) -> frozenset[str]:
    """Steps taken that no later step has voided."""
    found: set[str] = set()
    for taken in history:
        step = procedure.steps.get(taken.step)
        found -= set(step.voids) if step else set()
        found.add(taken.step)
    return frozenset(found)


def facts_with_input(step: Step, facts: Facts, given: Mapping[str, Any]) -> Facts:
    """The facts as they are once the step's form is entered."""
    own = {each.name: each for each in step.fields if each.name in given}
    stated = {name for name, each in own.items() if each.kind is FieldKind.FLAG}
    flags = facts.flags - stated | {name for name in stated if given[name]}
    fields = {**facts.fields, **{name: given[name] for name in own if name not in stated}}
    return replace(facts, flags=flags, fields=fields)


def ready_steps(procedure: Procedure, state: str, facts: Facts) -> list[Step]:
    """Steps the case is ready for; what a step's own form decides is left open."""
    return [each for each in procedure.steps.values() if state in each.sources and _is_ready(each, facts)]


def _is_ready(step: Step, facts: Facts) -> bool:
    return (
        facts.steps.issuperset(step.after)
        and facts.running.isdisjoint(step.waits)
        and (form_decides(step, step.when) or holds(step.when, facts))
        and all(
            need.step in facts.steps or form_decides(step, need.when) or not holds(need.when, facts)
            for need in step.needs
        )
    )


def form_decides(step: Step, condition: Condition | None) -> bool:
    """Whether the step's form asks for something the condition depends on."""
    own = {("flag" if each.kind is FieldKind.FLAG else "field", each.name) for each in step.fields}
    return bool(own & referenced_names(condition))


def step_refusals(
    procedure: Procedure,
    step: str,
    *,
    state: str,
    facts: Facts,
    actor: Credentials,
    partner: Credentials | None = None,
    history: Sequence[StepRecord] = (),
    given: Mapping[str, Any] | None = None,
    reason: str = "",
    held: CaseInventory | None = None,
    days: CaseDates | None = None,
) -> list[Refusal]:
    """Everything that stands against taking the step; none if it may be taken.

    ``facts`` are those before the step, with ``standing`` steps. Without ``held`` evidence and geometry
    are not looked at, without ``days`` no stated day is.
    """
    found = procedure.steps.get(step)
    if found is None:
        return [
            Refusal("unknown", Text(f"本程序没有步骤“{step}”。", f"This procedure has no step {step!r}."))
        ]
    given = given or {}
    entered = facts_with_input(found, facts, given)
    return [
        *_state(procedure, found, state),
        *_people(procedure, found, actor, partner),
        *_separation(procedure, found, actor, partner, history),
        *_order(procedure, found, entered),
        *_form(found, entered, given, reason),
        *(_dates(procedure, found, given, days) if days else ()),
        *(_inventory(procedure, found, state, held) if held else ()),
    ]


def _refuse(code: str, step: Step, zh: str, en: str, basis: Text | None = None) -> Refusal:
    law = basis or step.basis
    return Refusal(code, Text(f"{zh}（{law.zh}）。", f"{en} ({law.en})."))


def _state(procedure: Procedure, step: Step, state: str) -> Iterator[Refusal]:
    if state not in step.sources:
        zh, en = _titles([procedure.states[each].title for each in step.sources])
        yield _refuse(
            "state",
            step,
            f"“{step.title.zh}”只能在这些状态下办理：{zh}",
            f'"{step.title.en}" is taken only in: {en}',
        )


def _titles(texts: Sequence[Text]) -> tuple[str, str]:
    return "、".join(each.zh for each in texts), ", ".join(each.en for each in texts)


def _people(
    procedure: Procedure, step: Step, actor: Credentials, partner: Credentials | None
) -> Iterator[Refusal]:
    roles = [procedure.roles[code] for code in step.by]
    own = [role for role in roles if role.code in actor.roles]
    if not own:
        zh, en = _titles([role.title for role in roles])
        yield _refuse("role", step, f"只有{zh}可以办理", f"Only these may do this: {en}")
    elif not any(_is_fit(role, actor) for role in own):
        yield from _credential_refusals(step, own, actor)
    if step.officers > 1:
        yield from _second_officer(step, actor, partner)


def _is_fit(role: Role, actor: Credentials) -> bool:
    return (actor.certified or not role.certified) and (actor.qualified or not role.qualified)


def _credential_refusals(step: Step, own: Sequence[Role], actor: Credentials) -> Iterator[Refusal]:
    if any(role.certified for role in own) and not actor.certified:
        yield _refuse(
            "certificate",
            step,
            "办理人员须持有行政执法证件",
            "The officer must hold the enforcement certificate",
        )
    if any(role.qualified for role in own) and not actor.qualified:
        yield _refuse(
            "qualification",
            step,
            "审核人员须取得国家统一法律职业资格",
            "The reviewer must hold the legal qualification",
        )


def _second_officer(step: Step, actor: Credentials, partner: Credentials | None) -> Iterator[Refusal]:
    if partner is None or partner.id == actor.id:
        yield _refuse(
            "officers", step, "执法人员不得少于两人", "Two different enforcement officers must be named"
        )
    elif not (actor.certified and partner.certified):
        yield _refuse(
            "certificate",
            step,
            "两名执法人员都须持有行政执法证件",
            "Both officers must hold the enforcement certificate",
        )


def _separation(
    procedure: Procedure,
    step: Step,
    actor: Credentials,
    partner: Credentials | None,
    history: Sequence[StepRecord],
) -> Iterator[Refusal]:
    people = {actor.id} | ({partner.id} if partner else set())
    done = {taken.step for taken in history if people & set(taken.actor_ids)}
    for each in procedure.separations:
        barred: set[str] = set()
        barred |= set(each.second) if step.code in each.first else set()
        barred |= set(each.first) if step.code in each.second else set()
        if done & barred:
            yield _refuse("separation", step, each.reason.zh, each.reason.en, each.basis)


def _order(procedure: Procedure, step: Step, facts: Facts) -> Iterator[Refusal]:
    for code in step.after:
        if code not in facts.steps:
            title = procedure.steps[code].title
            yield _refuse("after", step, f"须先办理“{title.zh}”", f'"{title.en}" must come first')
    for need in step.needs:
        if need.step not in facts.steps and holds(need.when, facts):
            title = procedure.steps[need.step].title
            yield _refuse(
                "needs",
                step,
                f"本案须先办理“{title.zh}”",
                f'In this case "{title.en}" must come first',
                need.basis,
            )
    for code in step.waits:
        if code in facts.running:
            limit = procedure.deadlines[code]
            yield _refuse(
                "waits",
                step,
                f"“{limit.title.zh}”尚未届满",
                f'"{limit.title.en}" has not run out',
                limit.basis,
            )
    if not holds(step.when, facts) and step.otherwise:
        yield _refuse("when", step, step.otherwise.zh, step.otherwise.en)


def _form(step: Step, facts: Facts, given: Mapping[str, Any], reason: str) -> Iterator[Refusal]:
    if step.reason_required and not reason.strip():
        yield _refuse("reason", step, "须写明理由", "A reason must be given")
    for each in step.fields:
        value = given.get(each.name)
        if value is None or str(value).strip() == "" or (each.kind is FieldKind.FLAG and not value):
            if each.required or (each.required_when is not None and holds(each.required_when, facts)):
                yield _refuse(
                    "field", step, f"须填写“{each.title.zh}”", f'"{each.title.en}" must be filled in'
                )
        elif not _is_valid(each, value):
            yield _refuse(
                "field", step, f"“{each.title.zh}”填写有误", f'"{each.title.en}" is not filled in correctly'
            )


def _is_valid(asked: Field, value: Any) -> bool:
    match asked.kind:
        case FieldKind.NUMBER:
            number = amount(value)
            return number is not None and (asked.least is None or number >= asked.least)
        case FieldKind.CHOICE:
            return str(value) in asked.choices
        case FieldKind.DATE:
            return parse_date(value) is not None
        case FieldKind.FLAG:
            return isinstance(value, bool)
        case FieldKind.TEXT:
            return True


def parse_date(value: Any) -> date | None:
    """The day that a form was given; None if it says none."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def _dates(procedure: Procedure, step: Step, given: Mapping[str, Any], days: CaseDates) -> Iterator[Refusal]:
    for asked in step.fields:
        day = parse_date(given.get(asked.name)) if asked.past else None
        if day is not None:
            yield from _past_date(procedure, step, asked, day, days)
    for code, name in step.within.items():
        last = days.limits.get(code)
        if last and (parse_date(given.get(name)) or days.today) > last:
            limit = procedure.deadlines[code]
            yield _refuse(
                "within",
                step,
                f"“{limit.title.zh}”已于 {last} 届满",
                f'"{limit.title.en}" ran out on {last}',
                limit.basis,
            )


def _past_date(
    procedure: Procedure, step: Step, asked: Field, day: date, days: CaseDates
) -> Iterator[Refusal]:
    """Neither in the future, nor before the case was opened or what it follows was done."""
    if day > days.today:
        yield _refuse(
            "day",
            step,
            f"“{asked.title.zh}”不能晚于今天",
            f'"{asked.title.en}" cannot be later than today',
        )
    earlier = {code: days.steps[code] for code in (*step.after, OPENED) if code in days.steps}
    last = max(earlier, key=lambda code: earlier[code], default=None)
    if last is not None and day < earlier[last]:
        title = OPENING if last == OPENED else procedure.steps[last].title
        yield _refuse(
            "day",
            step,
            f"“{asked.title.zh}”不能早于“{title.zh}”（{earlier[last]}）",
            f'"{asked.title.en}" cannot be earlier than "{title.en}" on {earlier[last]}',
        )


OPENING = Text("登记案件", "Case opened")


def _inventory(procedure: Procedure, step: Step, state: str, held: CaseInventory) -> Iterator[Refusal]:
    target = procedure.states[step.target or state]
    settles = state in step.sources and procedure.states[state].phase is Phase.OPEN
    minimum = [step.evidence]
    if settles and target.phase in (Phase.DECIDED, Phase.CLOSED):
        minimum.append(procedure.evidence)
    yield from _evidence(step, minimum, held)
    if procedure.place.required and target.code == procedure.place.required and not held.located:
        yield _refuse("geometry", step, "须先标定位置", "The place must be marked on the map first")


def _evidence(step: Step, minimum: Sequence[EvidenceMinimum], held: CaseInventory) -> Iterator[Refusal]:
    least = max(each.least for each in minimum)
    if sum(held.evidence.values()) < least:
        yield _refuse(
            "evidence",
            step,
            f"证据不少于 {least} 件",
            f"Evidence must be at least {least} piece{'s'[: least > 1]}",
        )
    for kind in dict.fromkeys(kind for each in minimum for kind in each.kinds):
        if not held.evidence.get(kind):
            yield _refuse(
                "evidence",
                step,
                f"缺少这类证据：{EVIDENCE[kind].zh}",
                f"This kind of evidence is missing: {EVIDENCE[kind].en}",
            )


EVIDENCE = {
    "document": Text("书证", "documents"),
    "physical": Text("物证", "physical evidence"),
    "audio_visual": Text("视听资料", "audio-visual material"),
    "electronic": Text("电子数据", "electronic data"),
    "testimony": Text("证人证言", "testimony"),
    "statement": Text("当事人的陈述", "the party's statement"),
    "opinion": Text("鉴定意见", "expert opinion"),
    "scene_record": Text("勘验笔录、现场笔录", "inspection or scene record"),
}


def publication_months(procedure: Procedure, facts: Facts) -> int | None:
    """For how many months the decision is public; None if it is not published."""
    rule = procedure.publication
    if not holds(rule.when, facts):
        return None
    return next((term.months for term in rule.lasts if holds(term.when, facts)), None)
