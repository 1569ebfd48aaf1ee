"""Whether all that a procedure names is there to be named, and can be what is asked of it."""

from collections.abc import Iterable, Iterator, Set

from layers.casework.case_types import case_types, marks_of
from layers.casework.extension import CORE_ATTRIBUTES, extension_fields
from layers.casework.procedures.condition_places import placed_conditions
from layers.casework.procedures.conditions import (
    CONSULTATION_PARTS,
    SUBTASK_PARTS,
    Condition,
    compared_names,
    expected_values,
    referenced_names,
    referenced_parts,
)
from layers.casework.procedures.errors import Problem
from layers.casework.procedures.model import EVERY_CASE, EVERY_PAPER, OPENED, Procedure, Step
from layers.casework.procedures.vocabulary import CaseMark

from .fields import comparison_problem, part_problem, value_problem
from .money import money_problems
from .subjects import subject_problems
from .validator import OUTSIDE, Validator, Where

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


class NameValidator(Validator):
    def __init__(self, procedure: Procedure) -> None:
        super().__init__(procedure)
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

    def problems(self) -> Iterator[Problem]:
        yield from self._family()
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
            yield from self._unknown("deadline", deadline.follows, (*where, "follows"))
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
            "papers": ("document", [each for each in step.papers if each != EVERY_PAPER]),
            "marks": ("mark", step.marks),
            "evidence": ("step", step.evidence.since),
            "named": ("field", [step.named] if step.named else []),
        }
        for key, (kind, used) in named.items():
            yield from self._unknown(kind, used, (*where, key))
        if step.consults:
            yield from self._unknown("role", step.consults.by, (*where, "consults", "by"))
        if step.delivers:
            yield from self._delivery(step, (*where, "delivers"))
        yield from self._unknown("role", step.notifies, (*where, "notifies"), also=OUTSIDE)

    def _delivery(self, step: Step, where: Where) -> Iterator[Problem]:
        """What is delivered are documents, and how is asked by the step's own form."""
        how = step.delivers
        assert how is not None  # noqa: S101 - only then it is looked at
        yield from self._unknown("document", how.documents, (*where, "documents"))
        own = {each.name for each in step.fields}
        for name in filter(None, (how.method, how.on, how.signer)):
            if name not in own:
                yield self.problem(
                    where,
                    f"步骤“{step.code}”没有字段“{name}”。",
                    f"The step {step.code!r} has no field {name!r}.",
                )

    def _names_of_rest(self) -> Iterator[Problem]:
        procedure = self.procedure
        rule = procedure.publication
        roles = rule.generalise if rule else ()
        yield from self._unknown("party", roles, ("publication", "generalise"), also={EVERY_CASE})
        yield from self._unknown("document", rule.papers if rule else (), ("publication", "papers"))
        yield from self._unknown("step", rule.after if rule else (), ("publication", "after"))
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
        for place, condition in placed_conditions(procedure):
            yield from self._asked(condition, place)
        yield from self._names_of_fields()
        yield from self._principal()
        yield from self._attributes()
        if procedure.money:
            yield from self._unknown("deadline", [procedure.money.due], ("money", "due"))
        for at, found in money_problems(procedure):
            yield self.problem(at, found.zh, found.en)

    def _principal(self) -> Iterator[Problem]:
        found = [code for code, role in self.procedure.parties.items() if role.principal]
        if len(found) != 1:
            zh = "须有且只有一种当事人是 principal: true，即案件本身记载的当事人。"
            en = "Exactly one role of parties must be principal: true, whom the case itself names."
            yield self.problem(("parties", *found[1:2]), zh, en)

    def _names_of_fields(self) -> Iterator[Problem]:
        for name, field in self.procedure.fields().items():
            where: Where = ("fields", name)
            yield from self._unknown("role", field.posts, (*where, "posts"))
            yield from self._unknown("step", field.apart, (*where, "apart"))
            yield from self._unknown("step", field.not_before.steps, (*where, "not_before", "steps"))
            yield from self._unknown("field", field.not_before.fields, (*where, "not_before", "fields"))
            if field.after:
                yield from self._unknown("field", [field.after.field], (*where, "after", "field"))
                yield from self._unknown("step", field.after.steps, (*where, "after", "steps"))

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

    def _family(self) -> Iterator[Problem]:
        family, known = self.procedure.family, sorted(each.family for each in case_types())
        if family not in known:
            zh = f"没有名为“{family}”的案件类别；现有：{'、'.join(known)}。"
            en = f"There is no family of cases named {family!r}; there are: {', '.join(known)}."
            yield self.problem(("family",), zh, en)
