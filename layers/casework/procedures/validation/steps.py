"""Whether steps can be taken, and lead on from where they start."""

from collections.abc import Iterator

from layers.casework.procedures.errors import Problem
from layers.casework.procedures.fields import Field
from layers.casework.procedures.graph import reachable_states
from layers.casework.procedures.model import Step

from .fields import declaration_problems, match_problem
from .subtasks import declaration_problems as subtask_problems
from .validator import Validator, Where


class StepValidator(Validator):
    def problems(self) -> Iterator[Problem]:
        procedure = self.procedure
        for code, step in procedure.steps.items():
            if not step.by:
                yield self.problem(
                    ("steps", code, "by"), f"步骤“{code}”无人可办。", f"Nobody can take the step {code!r}."
                )
            if not step.sources:
                yield self.problem(
                    ("steps", code, "from"), f"步骤“{code}”没有起点。", f"The step {code!r} starts nowhere."
                )
            for number, source in enumerate(step.sources):
                if procedure.states[source].final and not step.reopens:
                    yield self.problem(
                        ("steps", code, "from", number),
                        f"步骤“{code}”从终结状态“{source}”出发，但不是重新办理。",
                        f"The step {code!r} leaves the final state {source!r} without reopening.",
                    )
            yield from self._consulting(step)
            yield from self._awaits(step)
            yield from self._papers(step.papers, ("steps", code, "papers"))
            for key, found in subtask_problems(procedure, step):
                yield self.problem(("steps", code, "opens", key), found.zh, found.en)
            yield from self._pauses(step)
            yield from self._stated(step)

    def _consulting(self, step: Step) -> Iterator[Problem]:
        """Who asks waits for the answers, and who waits for answers has asked."""
        steps, where = self.procedure.steps, ("steps", step.code, "consults")
        if step.consults and not any(step.code in each.awaits for each in steps.values()):
            zh = f"没有步骤等待“{step.code}”征求的意见（awaits）。"
            yield self.problem(where, zh, f"No step awaits what {step.code!r} asks for.")
        if step.consults and step.consults.some > len(step.consults.units):
            zh = f"“{step.code}”只征求 {len(step.consults.units)} 个部门的意见。"
            en = f"{step.code!r} asks only {len(step.consults.units)} departments."
            yield self.problem((*where, "joined"), zh, en)

    def _awaits(self, step: Step) -> Iterator[Problem]:
        for number, code in enumerate(step.awaits):
            where, asking = ("steps", step.code, "awaits", number), self.procedure.steps[code]
            if not (asking.consults or asking.opens):
                zh = f"步骤“{code}”既不征求意见，也不开立子案。"
                yield self.problem(where, zh, f"The step {code!r} asks nobody and opens nothing.")
            elif not reachable_states(self.procedure, self.after(code)) & set(step.sources):
                zh = f"步骤“{step.code}”不会在“{code}”之后办理。"
                yield self.problem(where, zh, f"The step {step.code!r} never comes after {code!r}.")

    def _papers(self, papers: tuple[str, ...], where: Where) -> Iterator[Problem]:
        """What no step calls for is never made in time."""
        called = {code for step in self.procedure.steps.values() for code in step.documents}
        for number, code in enumerate(papers):
            if code in self.procedure.documents and code not in called:
                zh = f"没有步骤要求制作文书“{code}”（documents）。"
                yield self.problem((*where, number), zh, f"No step calls for the document {code!r}.")

    def _pauses(self, step: Step) -> Iterator[Problem]:
        steps = self.procedure.steps.values()
        onward = reachable_states(self.procedure, [step.target] if step.target else step.sources)
        for number, deadline in enumerate(step.pauses):
            if not any(deadline in each.resumes and onward & set(each.sources) for each in steps):
                yield self.problem(
                    ("steps", step.code, "pauses", number),
                    f"期限“{deadline}”中止后没有步骤恢复。",
                    f"No step resumes the deadline {deadline!r} after this.",
                )
        for number, deadline in enumerate(step.resumes):
            if not any(deadline in each.pauses for each in steps):
                yield self.problem(
                    ("steps", step.code, "resumes", number),
                    f"没有步骤中止期限“{deadline}”。",
                    f"No step pauses the deadline {deadline!r}.",
                )

    def _stated(self, step: Step) -> Iterator[Problem]:
        """Days of what has happened, and the fields that say by when a party acted."""
        for asked in step.fields:
            for key, found in declaration_problems(asked):
                where = ("fields", asked.name, key) if key else ("fields", asked.name)
                yield self.problem(where, found.zh, found.en)
            yield from self._day_after(step, asked)
            for named in asked.matches.values():
                if problem := match_problem(asked, named, self.procedure.fields()):
                    yield self.problem(("fields", asked.name, "matches"), problem.zh, problem.en)
        for code, name in step.within.items():
            yield from self.stated_day(step, name, ("steps", step.code, "within", code))

    def _day_after(self, step: Step, asked: Field) -> Iterator[Problem]:
        """The other day is stated by the step's own form, or by those that come after it."""
        rule, known = asked.after, self.procedure.steps
        if rule is None:
            return
        for code in rule.steps or (step.code,):
            if code in known and rule.field not in {each.name for each in known[code].fields}:
                zh = f"步骤“{code}”没有字段“{rule.field}”。"
                yield self.problem(
                    ("fields", asked.name, "after"), zh, f"The step {code!r} has no field {rule.field!r}."
                )
