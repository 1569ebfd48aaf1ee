"""Who may take a step: roles, certificates, two officers, and duties that one person must not unite."""

from collections.abc import Iterator, Sequence

from layers.casework.procedures.model import Role, Step

from .credentials import Credentials
from .refusals import Refusal, refusal
from .step_attempt import StepAttempt


def officer_refusals(attempt: StepAttempt) -> Iterator[Refusal]:
    step, officer = attempt.step, attempt.officer
    roles = [attempt.procedure.roles[code] for code in step.by]
    own = [role for role in roles if role.code in officer.roles]
    if not own:
        zh, en = "、".join(role.title.zh for role in roles), ", ".join(role.title.en for role in roles)
        yield refusal("role", step, f"只有{zh}可以办理", f"Only these may do this: {en}")
    elif not any(_is_fit(role, officer) for role in own):
        yield from _credential_refusals(step, own, officer)
    if step.officers > 1:
        yield from _partner_refusals(step, officer, attempt.partner)
    yield from _separation_refusals(attempt)


def _is_fit(role: Role, officer: Credentials) -> bool:
    return (officer.certified or not role.certified) and (officer.qualified or not role.qualified)


def _credential_refusals(step: Step, own: Sequence[Role], officer: Credentials) -> Iterator[Refusal]:
    if any(role.certified for role in own) and not officer.certified:
        yield refusal(
            "certificate",
            step,
            "办理人员须持有行政执法证件",
            "The officer must hold the enforcement certificate",
        )
    if any(role.qualified for role in own) and not officer.qualified:
        yield refusal(
            "qualification",
            step,
            "审核人员须取得国家统一法律职业资格",
            "The reviewer must hold the legal qualification",
        )


def _partner_refusals(step: Step, officer: Credentials, partner: Credentials | None) -> Iterator[Refusal]:
    if partner is None or partner.id == officer.id:
        yield refusal(
            "officers", step, "执法人员不得少于两人", "Two different enforcement officers must be named"
        )
    elif not (officer.certified and partner.certified):
        yield refusal(
            "certificate",
            step,
            "两名执法人员都须持有行政执法证件",
            "Both officers must hold the enforcement certificate",
        )


def _separation_refusals(attempt: StepAttempt) -> Iterator[Refusal]:
    step, partner = attempt.step, attempt.partner
    people = {attempt.officer.id} | ({partner.id} if partner else set())
    done = {record.step for record in attempt.case.history if people & set(record.actor_ids)}
    for each in attempt.procedure.separations:
        barred: set[str] = set()
        barred |= set(each.second) if step.code in each.first else set()
        barred |= set(each.first) if step.code in each.second else set()
        if done & barred:
            yield refusal("separation", step, each.reason.zh, each.reason.en, each.basis)
