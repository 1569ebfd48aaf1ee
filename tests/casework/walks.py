"""Cases that walk through a procedure, without a database."""

import heapq
import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, wraps
from typing import Any, ParamSpec, TypeVar

from layers.casework.procedures import Condition, Facts, Field, FieldKind, Procedure, Step
from layers.casework.procedures.conditions import referenced_names
from layers.casework.procedures.graph import transitions
from layers.casework.procedures.money import EntryKind
from layers.casework.rules.case_snapshot import CaseDates, CaseInventory, CaseSnapshot, procedure_account
from layers.casework.rules.credentials import Credentials
from layers.casework.rules.forms.form_input import facts_with_input
from layers.casework.rules.money.entries import MoneyEntry, MoneyRecord, added_entries
from layers.casework.rules.step_records import StepRecord, steps_in_force
from layers.casework.rules.steps.available_steps import ready_steps
from layers.casework.rules.steps.refusals import Refusal, unknown_step
from layers.casework.rules.steps.step_attempt import StepAttempt
from layers.casework.rules.steps.step_rules import step_refusals
from tests.room_texts import shipped_procedures

AFTER = {code: 9 for procedure in shipped_procedures().values() for code in procedure.steps}
PLENTY = CaseInventory({"document": 9, "opinion": 9}, since=AFTER)
MOST_TRIED = 3000
DAY = date(2026, 1, 5)
DATES = CaseDates(DAY)
NAMED = "P1"
"""The officer whom forms name."""
P = ParamSpec("P")
R = TypeVar("R")


def once(ask: Callable[P, R]) -> Callable[P, R]:
    """Asked once of the same objects, which cannot be hashed."""
    answers: dict[tuple[int, ...], tuple[object, R]] = {}

    @wraps(ask)
    def answered(*about: P.args, **more: P.kwargs) -> R:
        key = tuple(map(id, about))
        if key not in answers:
            answers[key] = (about, ask(*about, **more))  # kept, so that nothing else gets their numbers
        return answers[key][1]

    return answered


def anybody(procedure: Procedure, number: int) -> Credentials:
    """Somebody with every role and certificate, whom every form names, so that only the duties of others stand in the way."""
    return Credentials(
        number, frozenset(procedure.roles), frozenset(procedure.credentials), code=NAMED, body=NAMED
    )


def somebody_for(procedure: Procedure, step: Step, officer: Credentials) -> Credentials:
    """The officer, or whoever holds a receipt where no officer takes the step."""
    if all(procedure.roles[code].outside for code in step.by):
        return Credentials(0, frozenset(step.by), outside=True)
    return officer


@dataclass
class Walk:
    """A case on its way; ``running`` are the limits that the walk has not let lapse."""

    procedure: Procedure
    party: str = "organisation"
    state: str = ""
    flags: frozenset[str] = frozenset()
    fields: Mapping[str, Any] = field(default_factory=dict)
    history: tuple[StepRecord, ...] = ()
    running: frozenset[str] = frozenset()
    entries: tuple[MoneyEntry, ...] = ()

    def __post_init__(self) -> None:
        self.state = self.state or self.procedure.start

    @cached_property
    def facts(self) -> Facts:
        steps = steps_in_force(self.procedure, self.history)
        account = procedure_account(self.procedure, self.entries, DATES)
        return Facts(self.flags, steps, self.fields, self.party, self.running, money=account.states)

    @property
    def is_over(self) -> bool:
        return self.procedure.states[self.state].final

    def snapshot(self, inventory: CaseInventory | None = PLENTY) -> CaseSnapshot:
        return CaseSnapshot(
            self.procedure, self.state, self.facts, self.history, inventory, entries=self.entries
        )

    def open(self) -> list[Step]:
        return ready_steps(self.snapshot())

    def refused(
        self,
        step: str,
        actor: Credentials,
        partner: Credentials | None = None,
        *,
        reason: str = "理由",
        held: CaseInventory | None = PLENTY,
        **given: Any,
    ) -> list[Refusal]:
        known = self.procedure.steps.get(step)
        if known is None:
            return [unknown_step(step)]
        return step_refusals(StepAttempt(self.snapshot(held), known, actor, partner, given, reason))

    def why(
        self, step: str, actor: Credentials, partner: Credentials | None = None, **given: Any
    ) -> set[str]:
        return {each.code for each in self.refused(step, actor, partner, **given)}

    def take(self, step: str, actor: Credentials, partner: Credentials | None = None, **given: Any) -> "Walk":
        found = self.refused(step, actor, partner, **given)
        assert not found, [each.sentence.en for each in found]
        return self.taken(step, actor, partner, given)

    def taken(
        self, step: str, actor: Credentials, partner: Credentials | None, given: Mapping[str, Any]
    ) -> "Walk":
        known = self.procedure.steps[step]
        facts = facts_with_input(known, self.facts, given)
        deadlines = self.procedure.deadlines.values()
        ended = {each.code for each in deadlines if step in each.ends}
        started = {each.code for each in deadlines if step in each.starts}
        people = (actor.id, partner.id) if partner else (actor.id,)
        return Walk(
            self.procedure,
            self.party,
            known.target or self.state,
            facts.flags,
            facts.fields,
            (*self.history, StepRecord(step, people)),
            self.running - ended | started,
            (*self.entries, *added_entries(self.procedure, self.entries, MoneyRecord(step, DAY, given))),
        )

    def lapsed(self) -> "Walk":
        """After all limits have run out."""
        return replace(self, running=frozenset())


@once
def forms(procedure: Procedure, step: Step) -> list[dict[str, Any]]:
    """Ways of filling in a step's form: each choice that matters, all flags or only those required, no money."""
    asked = asked_about(procedure)
    choices = [
        [(each.name, code) for code in each.choices]
        for each in step.fields
        if each.kind is FieldKind.CHOICE and each.name in asked
    ]
    found = []
    for stated in (False, True):
        plain = {each.name: _plain(each, each.required or stated) for each in step.fields}
        found += [{**plain, **dict(chosen)} for chosen in itertools.product(*choices)]
    return found


@once
def asked_about(procedure: Procedure) -> set[str]:
    """Fields on which it depends which way a case goes; what only makes another field required does not."""
    conditions: list[Condition | None] = list(procedure.conditions.values())
    for step in procedure.steps.values():
        conditions += [step.when, *(each.when for each in step.needs)]
    return {name for each in conditions for kind, name in referenced_names(each) if kind == "field"}


def _plain(field: Field, stated: bool) -> Any:
    match field.kind:
        case FieldKind.FLAG:
            return stated
        case FieldKind.NUMBER | FieldKind.MONEY:
            return 0
        case FieldKind.DATE:
            return "2026-01-05"
        case FieldKind.CHOICE:
            return next(iter(field.choices)) if stated else ""
        case FieldKind.CHOICES:
            return [*field.choices] if stated else [*field.choices][:1]
        case FieldKind.CHECKLIST:
            return {code: {"result": "pass" if stated else "fail", "note": ""} for code in field.rows}
        case FieldKind.PERSON:
            return {"code": NAMED, "name": "某人", "department": "UM"}
        case FieldKind.BODY:
            return {"code": NAMED, "name": "环卫所", "name_en": "Sanitation office"}
        case FieldKind.UNIT:
            return {"code": "UM", "name": "城管局", "name_en": "Urban management"}
        case FieldKind.FILE:
            return {"evidence": 1, "title": "照片", "sha256": "0" * 64}
        case FieldKind.FEATURE:
            return {"layer": field.layer, "feature": 1, "title": "对象"}
        case FieldKind.AREA:
            return "121.1,29.1\n121.2,29.1\n121.2,29.2"
        case FieldKind.TEXT:
            return "文字"


def onward(procedure: Procedure, state: str, step: Step) -> bool:
    """Whether the step brings the case nearer to an end."""
    distance = distances(procedure)
    return distance[step.target or state] < distance[state]


def way_out(walk: Walk) -> Walk | None:
    """The case at an end, reached by fresh persons with time enough; None if none was found."""
    distance = distances(walk.procedure)
    counter = itertools.count()
    asked = asked_about(walk.procedure)
    waiting = [(distance[walk.state], next(counter), walk.lapsed())]
    seen: set[Any] = set()
    for _ in range(MOST_TRIED):
        if not waiting:
            return None
        _, _, here = heapq.heappop(waiting)
        if here.is_over:
            return here
        for there in _next(here):
            known = tuple(str(there.fields.get(name)) for name in sorted(asked))
            key = (there.state, there.facts.steps, there.flags, known)
            if key not in seen:
                seen.add(key)
                heapq.heappush(waiting, (distance[there.state], next(counter), there.lapsed()))
    return None


def _next(walk: Walk) -> Iterator[Walk]:
    fresh = 1000 + 2 * len(walk.history)
    actor, partner = anybody(walk.procedure, fresh), anybody(walk.procedure, fresh + 1)
    for step in walk.open():
        first, second = somebody_for(walk.procedure, step, actor), partner if step.officers > 1 else None
        for form in forms(walk.procedure, step):
            given = form | money_form(walk, step)
            if not walk.refused(step.code, first, second, **given):
                yield walk.taken(step.code, first, second, given)


def money_form(walk: Walk, step: Step) -> dict[str, Any]:
    """What is owed is paid, what is paid too much is paid back, under a receipt of its own."""
    rule, account = step.money, walk.snapshot().account
    if rule is None or rule.entry is EntryKind.DECIDED:
        return {}
    yuan = {EntryKind.PAID: account.owed, EntryKind.REFUNDED: account.overpaid}
    named = {rule.amount: yuan.get(rule.entry, account.owed_surcharge), rule.receipt: f"R{len(walk.history)}"}
    return {name: value for name, value in named.items() if name}


@once
def distances(procedure: Procedure) -> dict[str, int]:
    found = {code: 0 for code, state in procedure.states.items() if state.final}
    for distance in range(1, len(procedure.states) + 1):
        for before, after, _ in transitions(procedure):
            if after in found and before not in found and found[after] < distance:
                found[before] = distance
    return found
