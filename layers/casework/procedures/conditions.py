"""The small language in which procedures say when something holds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from .money import MoneyState


@dataclass(frozen=True)
class Facts:
    """What is known of a case.

    ``flags`` officers have stated; ``steps`` taken and still standing; ``fields`` as entered;
    ``party`` is person, organisation or none; ``running`` deadlines have neither ended nor lapsed;
    ``awaited`` are steps that asked departments whose answers are still waited for, or opened what has not ended.
    ``money`` is how the case's account stands.
    """

    flags: frozenset[str] = frozenset()
    steps: frozenset[str] = frozenset()
    fields: Mapping[str, Any] = field(default_factory=dict)
    party: str = "none"
    running: frozenset[str] = frozenset()
    awaited: frozenset[str] = frozenset()
    money: frozenset[MoneyState] = frozenset({MoneyState.SETTLED})


@dataclass(frozen=True)
class All:
    of: tuple["Condition", ...]


@dataclass(frozen=True)
class AnyOf:
    of: tuple["Condition", ...]


@dataclass(frozen=True)
class Not:
    of: "Condition"


@dataclass(frozen=True)
class HasFlag:
    flag: str


@dataclass(frozen=True)
class HasStep:
    step: str


@dataclass(frozen=True)
class FieldAbove:
    """The field is greater than an amount, or than another field named by it; unknown is not over.

    ``checked.points`` is what the checklist ``checked`` comes to.
    """

    field: str
    over: Decimal | str


@dataclass(frozen=True)
class FieldIn:
    field: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class PartyIs:
    kind: str


@dataclass(frozen=True)
class MoneyIs:
    state: MoneyState


@dataclass(frozen=True)
class LimitRuns:
    limit: str


Condition = All | AnyOf | Not | HasFlag | HasStep | FieldAbove | FieldIn | PartyIs | MoneyIs | LimitRuns

NOTHING: Condition = AnyOf(())
CHECKLIST_PARTS = frozenset({"points", "possible", "failed", "failed_key", "failed_rows"})
"""What a condition may ask of a checklist."""
CONSULTATION_PARTS = frozenset({"waiting", "agreed", "objected", "silent"})
"""What a condition may ask of a step that asks departments: how many of them."""
SUBTASK_PARTS = frozenset({"waiting", "closed", "dismissed", "outcome"})
"""What a condition may ask of a step that opens sub-tasks: how many of them, and the outcomes of those that ended."""
ALWAYS: Condition = All(())


def holds(condition: Condition | None, facts: Facts) -> bool:
    """No condition always holds."""
    match condition:
        case None:
            return True
        case All(of):
            return all(holds(each, facts) for each in of)
        case AnyOf(of):
            return any(holds(each, facts) for each in of)
        case Not(of):
            return not holds(of, facts)
        case HasFlag(flag):
            return flag in facts.flags
        case HasStep(step):
            return step in facts.steps
        case FieldAbove(name, over):
            return _is_above(amount(_held(facts, name)), _limit(over, facts))
        case FieldIn(name, values):
            return bool(_chosen(_held(facts, name)) & set(values))
        case PartyIs(kind):
            return facts.party == kind
        case MoneyIs(state):
            return state in facts.money
        case LimitRuns(limit):
            return limit in facts.running


def amount(value: Any) -> Decimal | None:
    """The number a field holds, or None if it holds none."""
    if value is None or isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _held(facts: Facts, name: str) -> Any:
    """What a field holds, or a part of what it came to; "" if nothing was entered."""
    whole, _, part = name.partition(".")
    value = facts.fields.get(whole, "")
    if part:
        return value.get(part, "") if isinstance(value, Mapping) else ""
    return value


def _chosen(value: Any) -> set[str]:
    """What a field holds: one value, those of several that were chosen, or the code of what is named."""
    if isinstance(value, Mapping):
        return {str(value.get("code", ""))}
    return {str(each) for each in value} if isinstance(value, list | tuple) else {str(value)}


def _limit(over: Decimal | str, facts: Facts) -> Decimal | None:
    return amount(_held(facts, over)) if isinstance(over, str) else over


def _is_above(value: Decimal | None, limit: Decimal | None) -> bool:
    return value is not None and limit is not None and value > limit


def subconditions(condition: Condition | None) -> Iterator[Condition]:
    """The condition and everything inside it."""
    if condition is None:
        return
    yield condition
    inside: Sequence[Condition] = ()
    if isinstance(condition, All | AnyOf):
        inside = condition.of
    elif isinstance(condition, Not):
        inside = (condition.of,)
    for each in inside:
        yield from subconditions(each)


def referenced_names(condition: Condition | None) -> set[tuple[str, str]]:
    """What the condition asks about, as (kind, name): flag, step, deadline or field, whichever part of it."""
    asked: set[tuple[str, str]] = set()
    for part in subconditions(condition):
        match part:
            case HasFlag(flag):
                asked.add(("flag", flag))
            case HasStep(step):
                asked.add(("step", step))
            case LimitRuns(limit):
                asked.add(("deadline", limit))
            case FieldIn(name, _):
                asked.add(("field", _whole(name)))
            case FieldAbove(name, over):
                asked.add(("field", _whole(name)))
                if isinstance(over, str):
                    asked.add(("field", _whole(over)))
            case _:
                pass
    return asked


def referenced_parts(condition: Condition | None) -> set[tuple[str, str]]:
    """Fields that the condition asks about with the part of each that counts, "" where all of it does."""
    names: set[str] = set()
    for each in subconditions(condition):
        if isinstance(each, FieldIn | FieldAbove):
            names.add(each.field)
        if isinstance(each, FieldAbove) and isinstance(each.over, str):
            names.add(each.over)
    return {(whole, part) for whole, _, part in (name.partition(".") for name in names)}


def compared_names(condition: Condition | None) -> set[str]:
    """Fields, and parts of them, of which the condition asks how large they are."""
    names = {each.field for each in subconditions(condition) if isinstance(each, FieldAbove)}
    return names | {
        each.over
        for each in subconditions(condition)
        if isinstance(each, FieldAbove) and isinstance(each.over, str)
    }


def expected_values(condition: Condition | None) -> set[tuple[str, str]]:
    """Values that the condition asks for, each after the field, or the part of it, that is to hold it."""
    asked = [each for each in subconditions(condition) if isinstance(each, FieldIn)]
    return {(each.field, value) for each in asked for value in each.values}


def _whole(name: str) -> str:
    return name.partition(".")[0]
