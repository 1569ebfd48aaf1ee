"""Who may take a step: roles, credentials, two officers, and duties that one person must not unite."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from layers.casework.procedures.model import Procedure, Role, Step
from layers.casework.procedures.vocabulary import FieldKind
from layers.casework.rules.credentials import Credentials

from .refusals import Refusal, refusal
from .step_attempt import StepAttempt


def officer_refusals(attempt: StepAttempt) -> Iterator[Refusal]:
    step, officer = attempt.step, attempt.officer
    if officer.clock:
        return
    roles = step_roles(attempt.procedure, step)
    own = [role for role in roles if role.code in officer.roles and role.outside == officer.outside]
    if not own:
        zh, en = "、".join(role.title.zh for role in roles), ", ".join(role.title.en for role in roles)
        yield refusal("role", step, f"只有{zh}可以办理", f"Only these may do this: {en}")
    elif missing := missing_credentials(own, officer):
        zh, en = _titles(attempt.procedure, missing)
        yield refusal("credential", step, f"办理人员须具备有效的{zh}", f"The officer must hold: {en}")
    if step.officers > 1:
        yield from _partner_refusals(attempt, roles)
    yield from _separation_refusals(attempt)
    yield from _named_refusals(attempt)


def _named_refusals(attempt: StepAttempt) -> Iterator[Refusal]:
    """Who is named for a duty took none of the steps from which it is apart, and takes the step that is theirs."""
    step, history = attempt.step, attempt.case.history
    for field in step.fields:
        number = attempt.named.get(field.name)
        done = {record.step for record in history if number in record.actor_ids}
        if barred := [each for each in field.apart if each in done]:
            title, name = attempt.procedure.steps[barred[0]].title, field.title
            zh = f"“{name.zh}”不得是办理过“{title.zh}”的人员"
            yield refusal(
                "named", step, zh, f'"{name.en}" may not be somebody who took the step "{title.en}"'
            )
    held = attempt.case.facts.fields.get(step.named)
    if isinstance(held, Mapping) and held.get("code") != _own_code(attempt):
        zh = f"本案此事由{held.get('name')}办理"
        yield refusal("named", step, zh, f"In this case it is for {held.get('name')} to do this")


def _own_code(attempt: StepAttempt) -> str:
    """What the field must say that names who takes the step: the officer's code, or that of the officer's body."""
    names_body = attempt.procedure.fields()[attempt.step.named].kind is FieldKind.BODY
    return attempt.officer.body if names_body else attempt.officer.code


def step_roles(procedure: Procedure, step: Step) -> list[Role]:
    return [procedure.roles[code] for code in step.by]


def missing_credentials(roles: Sequence[Role], officer: Credentials) -> tuple[str, ...]:
    """What the officer lacks for the role that asks least of it; () where one of the roles may be acted in."""
    lacking = [tuple(kind for kind in role.credentials if kind not in officer.held) for role in roles]
    return min(lacking, key=len, default=())


def may_assist(procedure: Procedure, officer: Credentials) -> bool:
    """Whether somebody holds what the second officer of a step must, of any step that needs two."""
    pairs = [step for step in procedure.steps.values() if step.officers > 1]
    return any(not missing_credentials(step_roles(procedure, step), officer) for step in pairs)


def _titles(procedure: Procedure, kinds: Iterable[str]) -> tuple[str, str]:
    titles = [procedure.credentials[kind] for kind in kinds]
    return "、".join(each.zh for each in titles), ", ".join(each.en for each in titles)


def _partner_refusals(attempt: StepAttempt, roles: Sequence[Role]) -> Iterator[Refusal]:
    step, partner = attempt.step, attempt.partner
    if partner is None or partner.id == attempt.officer.id:
        zh = "、".join(role.title.zh for role in roles)
        yield refusal("officers", step, f"{zh}不得少于两人", "Two different officers must be named")
    elif missing := missing_credentials(roles, partner):
        zh, en = _titles(attempt.procedure, missing)
        yield refusal("credential", step, f"协办人须具备有效的{zh}", f"The second officer must hold: {en}")


def _separation_refusals(attempt: StepAttempt) -> Iterator[Refusal]:
    step, partner = attempt.step, attempt.partner
    people = {attempt.officer.id} | ({partner.id} if partner else set())
    done = {record.step for record in attempt.case.history if not people.isdisjoint(record.actor_ids)}
    for each in attempt.procedure.separations:
        barred = (
            *(each.second if step.code in each.first else ()),
            *(each.first if step.code in each.second else ()),
        )
        if not done.isdisjoint(barred):
            yield refusal("separation", step, each.reason.zh, each.reason.en, each.basis)
