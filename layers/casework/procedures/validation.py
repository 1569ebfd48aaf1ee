"""Whether a procedure can be followed: its names, its ways, its limits."""

import re
from collections.abc import Iterable, Iterator, Sequence, Set

from layers.casework.case_types import case_types, marks_of
from layers.casework.extension import CORE_ATTRIBUTES, extension_fields
from layers.casework.phases import Phase

from .conditions import (
    CONSULTATION_PARTS,
    SUBTASK_PARTS,
    Condition,
    compared_names,
    expected_values,
    referenced_names,
    referenced_parts,
)
from .errors import Problem
from .field_validation import INSIDE, comparison_problem, declaration_problems, part_problem, value_problem
from .graph import active_deadlines, reachable_states, states_before
from .model import EVERY_CASE, OPENED, CaseMark, Deadline, Mark, Procedure, Publication, Step
from .subject_validation import subject_problems
from .subtask_validation import declaration_problems as subtask_problems
from .timer_validation import timer_problems

KINDS = {
    "state": ("状态", "state"),
    "step": ("步骤", "step"),
    "role": ("角色", "role"),
    "deadline": ("期限", "deadline"),
    "document": ("文书", "document"),
    "flag": ("事实", "flag"),
    "field": ("字段", "field"),
    "credential": ("证件或资格", "credential"),
    "mark": ("统计标记", "mark"),
    "party": ("当事人类别", "role of parties"),
}
NUMBER = re.compile(r"([^{}]|\{office\}|\{year\})*\{serial(:0[1-9]d)?\}([^{}]|\{office\}|\{year\})*")
OUTSIDE = {"party", "reporter"}  # who is told of a step without having a role in it, or acts by a receipt

Where = tuple[str | int, ...]


def procedure_problems(procedure: Procedure) -> list[Problem]:
    return ProcedureValidator(procedure).problems()


def vacant_roles(procedure: Procedure, held_roles: Set[str]) -> list[Problem]:
    """Roles that steps wait for and nobody holds."""
    checker = ProcedureValidator(procedure)
    wanted = {role for step in procedure.steps.values() for role in step.by}
    return [
        checker.problem(
            ("roles", code),
            f"无人担任角色“{role.title.zh}”（{code}）。",
            f"Nobody holds the role {role.title.en} ({code}).",
        )
        for code, role in procedure.roles.items()
        if code in wanted - held_roles and not role.outside
    ]


class ProcedureValidator:
    def __init__(self, procedure: Procedure) -> None:
        self.procedure = procedure
        self.known: dict[str, Set[str]] = {
            "state": procedure.states.keys(),
            "step": procedure.steps.keys(),
            "role": procedure.roles.keys(),
            "deadline": procedure.deadlines.keys(),
            "document": procedure.documents.keys(),
            "flag": procedure.flags.keys(),
            "field": {
                *procedure.fields(),
                *(code for code, step in procedure.steps.items() if step.consults or step.opens),
            },
            "credential": procedure.credentials.keys(),
            "party": procedure.parties.keys(),
            "mark": {*CaseMark, *marks_of(procedure.family)},
        }

    def _family(self) -> Iterator[Problem]:
        family, known = self.procedure.family, sorted(each.family for each in case_types())
        if family not in known:
            zh = f"没有名为“{family}”的案件类别；现有：{'、'.join(known)}。"
            en = f"There is no family of cases named {family!r}; there are: {', '.join(known)}."
            yield self.problem(("family",), zh, en)

    def problems(self) -> list[Problem]:
        """Ways are followed only where all names are known."""
        unknown = [*self._family()] or [*self._names()]
        return unknown or [
            *self._states(),
            *self._steps(),
            *self._deadlines(),
            *self._numbers(),
            *self._outsiders(),
        ]

    def problem(self, where: Where, zh: str, en: str) -> Problem:
        return Problem.at(self._mark(where), zh, en)

    def _mark(self, where: Where) -> Mark:
        while where and where not in self.procedure.marks:
            where = where[:-1]
        return self.procedure.marks.get(where, Mark("", 1))

    # names

    def _names(self) -> Iterator[Problem]:
        procedure = self.procedure
        yield from self._unknown("state", [procedure.start], ("start",))
        for code, role in procedure.roles.items():
            yield from self._unknown("credential", role.credentials, ("roles", code, "credentials"))
        for step in procedure.steps.values():
            yield from self._names_of_step(step)
        for code, deadline in procedure.deadlines.items():
            where: Where = ("deadlines", code)
            yield from self._unknown("step", deadline.starts, (*where, "starts"), also={OPENED})
            yield from self._unknown("step", deadline.ends, (*where, "ends"))
            named = [deadline.then.step] if deadline.then.step else []
            yield from self._unknown("step", named, (*where, "then", "step"))
            yield from self._unknown("role", deadline.then.notify, (*where, "then", "notify"), also=OUTSIDE)
            yield from self._unknown("mark", deadline.measures, (*where, "measures"))
            yield from self._asked(deadline.when, (*where, "when"))
            for number, extension in enumerate(deadline.extensions):
                yield from self._unknown("role", extension.by, (*where, "extensions", number, "by"))
        for number, separation in enumerate(procedure.separations):
            code = self._separation_code(number)
            for side, steps in (("first", separation.first), ("second", separation.second)):
                yield from self._unknown("step", steps, ("separations", code, side), also={OPENED})
        yield from self._names_of_rest()

    def _names_of_step(self, step: Step) -> Iterator[Problem]:
        where: Where = ("steps", step.code)
        named = {
            "from": ("state", step.sources),
            "to": ("state", [step.target] if step.target else []),
            "by": ("role", step.by),
            "after": ("step", step.after),
            "needs": ("step", [need.step for need in step.needs]),
            "voids": ("step", step.voids),
            "waits": ("deadline", step.waits),
            "awaits": ("step", step.awaits),
            "within": ("deadline", step.within),
            "pauses": ("deadline", step.pauses),
            "resumes": ("deadline", step.resumes),
            "documents": ("document", step.documents),
            "marks": ("mark", step.marks),
        }
        for key, (kind, used) in named.items():
            yield from self._unknown(kind, used, (*where, key))
        if step.consults:
            yield from self._unknown("role", step.consults.by, (*where, "consults", "by"))
        yield from self._unknown("role", step.notifies, (*where, "notifies"), also=OUTSIDE)
        yield from self._asked(step.when, (*where, "when"))
        for need in step.needs:
            yield from self._asked(need.when, (*where, "needs", need.step, "when"))
        for field in step.fields:
            yield from self._asked(field.required_when, (*where, "fields", field.name))

    def _names_of_rest(self) -> Iterator[Problem]:
        procedure = self.procedure
        for name, condition in procedure.conditions.items():
            yield from self._asked(condition, ("conditions", name))
        if procedure.publication:
            yield from self._names_of_publication(procedure.publication)
        for code, category in procedure.categories.items():
            for deadline in category.limits:
                yield from self._unknown("deadline", [deadline], ("categories", code, "limits", deadline))
        if procedure.place.required:
            yield from self._unknown("state", [procedure.place.required], ("place", "required"))
        for code, role in procedure.parties.items():
            if role.required:
                yield from self._unknown("state", [role.required], ("parties", code, "required"))
        for layer, key, found in subject_problems(procedure):
            yield self.problem(("subjects", layer, key), found.zh, found.en)
        yield from self._principal()
        yield from self._attributes()

    def _names_of_publication(self, rule: Publication) -> Iterator[Problem]:
        yield from self._asked(rule.when, ("publication", "when"))
        for number, term in enumerate(rule.lasts):
            yield from self._asked(term.when, ("publication", "lasts", number))
        if rule.withdraw:
            yield from self._asked(rule.withdraw.when, ("publication", "withdraw", "when"))
        yield from self._unknown("party", rule.generalise, ("publication", "generalise"), also={EVERY_CASE})

    def _principal(self) -> Iterator[Problem]:
        found = [code for code, role in self.procedure.parties.items() if role.principal]
        if len(found) != 1:
            zh = "须有且只有一种当事人是 principal: true，即案件本身记载的当事人。"
            en = "Exactly one role of parties must be principal: true, whom the case itself names."
            yield self.problem(("parties", *found[1:2]), zh, en)

    def _attributes(self) -> Iterator[Problem]:
        """What forms and documents write must be there to be written."""
        procedure, asked = self.procedure, self.procedure.fields()
        known = CORE_ATTRIBUTES | extension_fields(procedure.family).keys()
        for name, field in asked.items():
            if field.writes and field.writes not in known:
                zh = f"此类案件没有属性“{field.writes}”；现有：{'、'.join(sorted(known))}。"
                en = f"These cases have no attribute {field.writes!r}; there are: {', '.join(sorted(known))}."
                yield self.problem(("fields", name, "writes"), zh, en)
        for code, kind in procedure.documents.items():
            where: Where = ("documents", code, "number_field")
            if kind.number_field and not (kind.number_field in asked and asked[kind.number_field].writes):
                yield self.problem(
                    where,
                    f"没有写入案件的字段“{kind.number_field}”。",
                    f"There is no field {kind.number_field!r} that writes to the case.",
                )

    def _separation_code(self, number: int) -> str:
        codes = [
            str(path[1]) for path in self.procedure.marks if path[:1] == ("separations",) and len(path) == 2
        ]
        return codes[number] if number < len(codes) else ""

    def _asked(self, condition: Condition | None, where: Where) -> Iterator[Problem]:
        for kind, name in sorted(referenced_names(condition)):
            yield from self._unknown(kind, [name], where)
        asked = self.procedure.fields()
        for name, part in sorted(referenced_parts(condition)):
            step = self.procedure.steps.get(name)
            if step and name not in asked:
                yield from self._part_of_step(step, part, where)
            if name in asked and (problem := part_problem(asked[name], part)):
                yield self.problem(where, problem.zh, problem.en)
        yield from self._answerable(condition, where)

    def _answerable(self, condition: Condition | None, where: Where) -> Iterator[Problem]:
        """What fields can hold, and how large they can be."""
        asked = self.procedure.fields()
        for name, value in sorted(expected_values(condition)):
            whole, _, part = name.partition(".")
            if whole in asked and (problem := value_problem(asked[whole], part, value)):
                yield self.problem(where, problem.zh, problem.en)
        for name in sorted(compared_names(condition)):
            whole, _, part = name.partition(".")
            if whole in asked and not part and (problem := comparison_problem(asked[whole])):
                yield self.problem(where, problem.zh, problem.en)

    def _part_of_step(self, step: Step, part: str, where: Where) -> Iterator[Problem]:
        """What comes of a step later."""
        parts = CONSULTATION_PARTS if step.consults else SUBTASK_PARTS if step.opens else frozenset[str]()
        if parts and part not in parts:
            name, known = step.code, ", ".join(sorted(parts))
            does = (
                ("是征求意见的步骤", "asks departments") if step.consults else ("开立子案", "opens sub-tasks")
            )
            zh = f"“{name}”{does[0]}，条件须写 {name}. 加下列之一：{known}。"
            yield self.problem(where, zh, f"{name!r} {does[1]}: write {name}. and one of {known}.")

    def _unknown(
        self, kind: str, used: Iterable[str], where: Where, also: Set[str] = frozenset()
    ) -> Iterator[Problem]:
        zh, en = KINDS[kind]
        for number, name in enumerate(used):
            if name in self.known[kind] or name in also:
                continue
            at = next(
                (each for each in ((*where, number), (*where, name)) if each in self.procedure.marks), where
            )
            yield self.problem(at, f"没有{zh}“{name}”。", f"There is no {en} {name!r}.")

    # ways

    def _states(self) -> Iterator[Problem]:
        procedure = self.procedure
        finals = [code for code, state in procedure.states.items() if state.final]
        if not finals:
            yield self.problem(("states",), "没有终结状态。", "No state is final.")
            return
        can_come, can_end = reachable_states(procedure, [procedure.start]), states_before(procedure, finals)
        for code in procedure.states:
            where: Where = ("states", code)
            if code not in can_come:
                yield self.problem(where, f"状态“{code}”无法到达。", f"No way leads to the state {code!r}.")
            elif code not in can_end:
                yield self.problem(
                    where, f"状态“{code}”无法走到终结。", f"No way leads from the state {code!r} to an end."
                )

    def _steps(self) -> Iterator[Problem]:
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
            elif not reachable_states(self.procedure, self._after(code)) & set(step.sources):
                zh = f"步骤“{step.code}”不会在“{code}”之后办理。"
                yield self.problem(where, zh, f"The step {step.code!r} never comes after {code!r}.")

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
        for code, name in step.within.items():
            yield from self._day(step, name, ("steps", step.code, "within", code))

    def _day(self, step: Step, name: str, where: Where, required: bool = False) -> Iterator[Problem]:
        """The step's form must ask for the day of what has happened."""
        asked = next((each for each in step.fields if each.name == name), None)
        if asked is None:
            yield self.problem(
                where,
                f"步骤“{step.code}”没有字段“{name}”。",
                f"The step {step.code!r} has no field {name!r}.",
            )
        elif not asked.past:
            yield self.problem(
                where,
                f"字段“{name}”不是已发生之事的日期（past: true）。",
                f"The field {name!r} is not the day of what has happened (past: true).",
            )
        elif required and not asked.required:
            yield self.problem(
                where,
                f"步骤“{step.code}”中“{name}”须为 required。",
                f"In the step {step.code!r} {name!r} must be required.",
            )

    # people outside

    def _outsiders(self) -> Iterator[Problem]:
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
        for name, asked in procedure.fields().items():
            if unknown := [code for code in asked.told if code not in outside]:
                zh, en = f"没有外部角色“{unknown[0]}”。", f"There is no role outside named {unknown[0]!r}."
                yield self.problem(("fields", name, "told"), zh, en)
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

    # limits

    def _deadlines(self) -> Iterator[Problem]:
        procedure = self.procedure
        for code, deadline in procedure.deadlines.items():
            yield from self._start(deadline)
            if not self._ends(code):
                yield self.problem(
                    ("deadlines", code, "ends"),
                    f"期限“{code}”不会结束。",
                    f"The deadline {code!r} never ends.",
                )
        running = active_deadlines(procedure)
        for code, deadline in procedure.deadlines.items():
            for key, found in timer_problems(procedure, deadline, running):
                yield self.problem(("deadlines", code, "then", key), found.zh, found.en)
        for code, state in procedure.states.items():
            waits = state.phase in (Phase.OPEN, Phase.DECIDED) and not state.final and not state.pending
            if waits and code in running and not running[code]:
                yield self.problem(
                    ("states", code),
                    f"状态“{code}”没有任何期限。",
                    f"No deadline runs in the state {code!r}.",
                )

    def _start(self, deadline: Deadline) -> Iterator[Problem]:
        """A limit that counts from a stated day is one of days, and each of its starts states it."""
        where: Where = ("deadlines", deadline.code, "counts_from")
        name = deadline.counts_from
        if not name:
            return
        own = [category.limits.get(deadline.code) for category in self.procedure.categories.values()]
        if not all(span.unit.counts_days for span in (deadline.span, *own) if span):
            yield self.problem(
                where,
                f"期限“{deadline.code}”以小时计，不能从某日起算。",
                f"The deadline {deadline.code!r} is one of hours and cannot count from a day.",
            )
        for start in deadline.starts:
            if start == OPENED:
                yield self.problem(where, f"立案时没有字段“{name}”。", f"The opening has no field {name!r}.")
            else:
                yield from self._day(self.procedure.steps[start], name, where, required=True)

    def _ends(self, code: str) -> bool:
        """Whether some way leads from each start to an end."""
        procedure, deadline = self.procedure, self.procedure.deadlines[code]
        ends = {source for step in deadline.ends for source in procedure.steps[step].sources}
        return bool(deadline.starts) and all(
            reachable_states(procedure, self._after(start)) & ends for start in deadline.starts
        )

    def _after(self, start: str) -> Sequence[str]:
        if start == OPENED:
            return [self.procedure.start]
        step = self.procedure.steps[start]
        return [step.target] if step.target else step.sources

    # documents

    def _numbers(self) -> Iterator[Problem]:
        for code, document in self.procedure.documents.items():
            if document.number and not NUMBER.fullmatch(document.number):
                yield self.problem(
                    ("documents", code, "number"),
                    "文号只能用 {office}、{year}、{serial}。",
                    "A number is made of {office}, {year} and {serial}.",
                )
