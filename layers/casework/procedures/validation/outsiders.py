"""What people outside may do by a procedure."""

from collections.abc import Collection, Iterator

from layers.casework.procedures.errors import Problem

from .fields import INSIDE
from .validator import OUTSIDE, Validator, Where


class OutsiderValidator(Validator):
    def problems(self) -> Iterator[Problem]:
        """They are whom steps tell; they hold no office, take steps alone and grant nobody time."""
        procedure = self.procedure
        outside = {code for code, role in procedure.roles.items() if role.outside}
        for code in sorted(outside):
            role, where = procedure.roles[code], ("roles", code)
            if code not in OUTSIDE:
                zh = f"外部角色只能名为 {'、'.join(sorted(OUTSIDE))}，不能为“{code}”。"
                en = f"A role outside is called {' or '.join(sorted(OUTSIDE))}, not {code!r}."
                yield self.problem(where, zh, en)
            if role.credentials or role.capabilities:
                zh = f"外部角色“{code}”不能要求证件或享有权限。"
                yield self.problem(
                    where, zh, f"The role {code!r} is outside: it has no credentials or capabilities."
                )
        yield from self._told(outside)
        for step in procedure.steps.values():
            if not outside & set(step.by):
                continue
            for asked in step.fields:
                if asked.kind in INSIDE:
                    zh = f"外部角色办理的步骤“{step.code}”不能填“{asked.name}”：不得选人员。"
                    en = f"Nobody outside names officers: the step {step.code!r} asks for {asked.name!r}."
                    yield self.problem(("steps", step.code, "fields", asked.name), zh, en)
            if step.officers > 1:
                zh = f"步骤“{step.code}”须由两名人员办理，外部角色不能办理。"
                en = f"The step {step.code!r} needs two officers and cannot be taken from outside."
                yield self.problem(("steps", step.code, "by"), zh, en)
        for code, deadline in procedure.deadlines.items():
            for number, extension in enumerate(deadline.extensions):
                if outside & set(extension.by):
                    zh, en = (
                        f"期限“{code}”不能由外部角色延长。",
                        f"Nobody outside extends the deadline {code!r}.",
                    )
                    yield self.problem(("deadlines", code, "extensions", number, "by"), zh, en)

    def _told(self, outside: Collection[str]) -> Iterator[Problem]:
        procedure = self.procedure
        told: dict[Where, tuple[str, ...]] = {
            ("fields", name): asked.told for name, asked in procedure.fields().items()
        }
        told["money",] = procedure.money.told if procedure.money else ()
        for heading, roles in told.items():
            if unknown := [code for code in roles if code not in outside]:
                zh, en = f"没有外部角色“{unknown[0]}”。", f"There is no role outside named {unknown[0]!r}."
                yield self.problem((*heading, "told"), zh, en)
