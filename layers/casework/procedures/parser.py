"""From a procedure's text, whose form is right, to the procedure."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from layers.casework.phases import Phase
from layers.registry.text import Text

from .conditions import Condition
from .expressions import ExpressionReader, parse_span
from .fields import Check, ChecklistRow, DayAfter, Field, Later, NotBefore
from .model import (
    OPENED,
    PARTY,
    Category,
    Consulting,
    Deadline,
    Delivery,
    DocumentKind,
    EvidenceMinimum,
    Expiry,
    Extension,
    FieldOpening,
    Flag,
    Need,
    PartyRole,
    Place,
    Procedure,
    Publication,
    Role,
    Route,
    Separation,
    State,
    Step,
    SubjectRule,
    Subtask,
    Term,
    Withdrawal,
)
from .money import EntryKind, MoneyStep, MoneyTerms
from .vocabulary import (
    Capability,
    EvidenceKind,
    FieldKind,
    GeometryKind,
    ObligedSide,
    OfferedMatters,
    PublicNames,
)
from .yaml_source import Path, YamlText

Data = Mapping[str, Any]


class ProcedureParser:
    """``phrases`` holds what was found wrong afterwards."""

    def __init__(self, written: YamlText, root: str) -> None:
        self.root = root
        self.data: Data = written.data
        self.marks = written.marks
        self.groups: Mapping[str, Sequence[str]] = written.data.get("groups", {})
        self.phrases = ExpressionReader(written)

    def procedure(self) -> Procedure:
        data = self.data
        self._check_groups()
        return Procedure(
            code=data["code"],
            root=self.root or data["code"],
            version=data["version"],
            family=data["family"],
            title=_text(data["title"]),
            basis=self.phrases.basis(data["basis"], ("basis",)),
            departments=tuple(data.get("departments", ())),
            start=data["start"],
            credentials=_texts(data.get("credentials", {})),
            roles={code: _role(code, each) for code, each in data["roles"].items()},
            parties={code: _party(code, each) for code, each in data["parties"].items()}
            if "parties" in data
            else {PARTY.code: PARTY},
            states={code: _state(code, each) for code, each in data["states"].items()},
            steps={code: self._step(code, each) for code, each in data["steps"].items()},
            deadlines={code: self._deadline(code, each) for code, each in data["deadlines"].items()},
            separations=tuple(
                self._separation(code, each) for code, each in data.get("separations", {}).items()
            ),
            documents={code: _document(code, each) for code, each in data.get("documents", {}).items()},
            flags={code: Flag(code, _text(each)) for code, each in data.get("flags", {}).items()},
            categories={
                code: self._category(code, each) for code, each in data.get("categories", {}).items()
            },
            conditions={code: self._named(code) for code in data.get("conditions", {})},
            publication=self._publication(data.get("publication", "none")),
            evidence=_evidence(data.get("evidence", {})),
            place=_place(data["place"]),
            subjects={layer: _subject(each) for layer, each in data.get("subjects", {}).items()},
            leads=tuple(data.get("leads", ())),
            money=self._money_terms(data["money"]) if "money" in data else None,
            field_opening=_field_opening(data["field_opening"]) if "field_opening" in data else None,
            marks=self.marks,
        )

    def _check_groups(self) -> None:
        for group, steps in self.groups.items():
            for number, step in enumerate(steps):
                if step not in self.data["steps"] and step != OPENED:
                    self.phrases.note(
                        ("groups", group, number), f"没有步骤“{step}”。", f"There is no step {step!r}."
                    )

    def _named(self, code: str) -> Condition:
        return self.phrases.condition({"rule": code}, ("conditions", code))

    def _money_terms(self, data: Data) -> MoneyTerms:
        basis = self.phrases.basis(data["basis"], ("money", "basis"))
        return MoneyTerms(data["due"], Decimal(str(data["daily"])), basis, _names(data, "told"))

    def _when(self, data: Data, path: Path) -> Condition | None:
        return self.phrases.condition(data["when"], (*path, "when")) if "when" in data else None

    def _step(self, code: str, data: Data) -> Step:
        path: Path = ("steps", code)
        basis = self.phrases.basis(data["basis"], (*path, "basis"))
        return Step(
            code=code,
            title=_text(data["title"]),
            sources=tuple(data["from"]),
            target=data.get("to"),
            by=tuple(data["by"]),
            basis=basis,
            officers=data.get("officers", 1),
            needs=tuple(self._need(name, each, path) for name, each in data.get("needs", {}).items()),
            when=self._when(data, path),
            otherwise=_text(data["otherwise"]) if "otherwise" in data else None,
            evidence=_evidence(data.get("evidence", {})),
            fields=self._form(data, path),
            outcome=data.get("outcome", ""),
            named=data.get("named", ""),
            after=_names(data, "after"),
            waits=_names(data, "waits"),
            awaits=_names(data, "awaits"),
            consults=_consulting(data["consults"]) if "consults" in data else None,
            opens=_subtask(data["opens"]) if "opens" in data else None,
            money=_money_step(data["money"]) if "money" in data else None,
            within=dict(data.get("within", {})),
            voids=self._steps(data.get("voids", ())),
            documents=_names(data, "documents"),
            papers=_names_or_all(data.get("papers", ())),
            delivers=_delivery(data["delivers"]) if "delivers" in data else None,
            pauses=_names(data, "pauses"),
            resumes=_names(data, "resumes"),
            notifies=_names(data, "notifies"),
            field_ready=data.get("field_ready", False),
            reason_required=data.get("reason_required", False),
            marks=_names(data, "marks"),
            reopens=data.get("reopens", False),
        )

    def _need(self, step: str, data: Data, path: Path) -> Need:
        inside = (*path, "needs", step)
        when = self.phrases.condition(data["when"], (*inside, "when"))
        return Need(step, when, self.phrases.basis(data["basis"], (*inside, "basis")))

    def _form(self, data: Data, path: Path) -> tuple[Field, ...]:
        """The step's own fields, and those of the forms that it shares with others where it has none of that name."""
        own, known = data.get("fields", {}), self.data.get("forms", {})
        asked = {name: (how, (*path, "fields", name)) for name, how in own.items()}
        for number, form in enumerate(data.get("forms", ())):
            if form not in known:
                at = (*path, "forms", number)
                self.phrases.note(at, f"forms 中没有“{form}”。", f"forms has no {form!r}.")
            for name, how in known.get(form, {}).items():
                asked.setdefault(name, (how, ("forms", form, name)))
        return tuple(self._field(name, how, inside) for name, (how, inside) in asked.items())

    def _field(self, name: str, how: Any, inside: Path) -> Field:
        declared = self._declared(name, inside)
        if isinstance(how, str) and how not in ("required", "optional"):
            self.phrases.note(
                inside, "应为 required、optional 或条件。", "Write required, optional or a condition."
            )
        return Field(
            name=name,
            title=_text(declared["title"]),
            kind=FieldKind(declared["kind"]),
            choices=_texts(declared.get("choices", {})),
            required=how == "required",
            required_when=self.phrases.condition(how, inside) if isinstance(how, dict) else None,
            least=declared.get("least"),
            writes=declared.get("writes", ""),
            past=declared.get("past", False),
            future=declared.get("future", False),
            masked=declared.get("masked", False),
            told=_names(declared, "told"),
            rows=self._rows(name, declared),
            layer=declared.get("layer", ""),
            keeps=_names(declared, "keeps"),
            matches=dict(declared.get("matches", {})),
            checks=tuple(
                self._check(each, ("fields", name, "checks", number))
                for number, each in enumerate(declared.get("checks", ()))
            ),
            later=self._later(declared["later"], ("fields", name, "later")) if "later" in declared else None,
            after=self._day_after(declared["after"], ("fields", name, "after"))
            if "after" in declared
            else None,
            not_before=_not_before(declared.get("not_before", {})),
            posts=_names(declared, "posts"),
            apart=self._steps(declared.get("apart", ())),
            own=declared.get("own", ""),
        )

    def _check(self, data: Data, path: Path) -> Check:
        that = self.phrases.condition(data["that"], (*path, "that"))
        return Check(that, _text(data["otherwise"]), self.phrases.basis(data["basis"], (*path, "basis")))

    def _day_after(self, data: Data, path: Path) -> DayAfter:
        basis = self.phrases.basis(data["basis"], (*path, "basis"))
        return DayAfter(data["field"], parse_span(data["span"]), basis, _names(data, "steps"))

    def _later(self, data: Data, path: Path) -> Later:
        when = self.phrases.condition(data["when"], (*path, "when"))
        return Later(when, parse_span(data["span"]), self.phrases.basis(data["basis"], (*path, "basis")))

    def _rows(self, name: str, declared: Data) -> dict[str, ChecklistRow]:
        """Those of the table that a checklist goes by."""
        table, known = declared.get("table", ""), self.data.get("tables", {})
        if table and table not in known:
            at = ("fields", name, "table")
            self.phrases.note(at, f"tables 中没有“{table}”。", f"tables has no {table!r}.")
        return {code: _row(code, each) for code, each in known.get(table, {}).items()}

    def _declared(self, name: str, path: Path) -> Data:
        """A form's field is one of fields, or one of flags to be stated."""
        fields, flags = self.data.get("fields", {}), self.data.get("flags", {})
        if name in flags:
            return {"title": flags[name], "kind": FieldKind.FLAG}
        if name not in fields:
            self.phrases.note(
                path, f"fields 和 flags 中没有“{name}”。", f"Neither fields nor flags has {name!r}."
            )
            return {"title": {"zh": name, "en": name}, "kind": FieldKind.TEXT}
        declared: Data = fields[name]
        return declared

    def _steps(self, names: Sequence[str]) -> tuple[str, ...]:
        """Steps, where a group's name stands for all its steps."""
        return tuple(step for name in names for step in self.groups.get(name, (name,)))

    def _deadline(self, code: str, data: Data) -> Deadline:
        path: Path = ("deadlines", code)
        basis = self.phrases.basis(data["basis"], (*path, "basis"))
        return Deadline(
            code=code,
            title=_text(data["title"]),
            basis=basis,
            starts=tuple(data["starts"]),
            ends=tuple(data["ends"]),
            span=parse_span(data["span"]),
            warn=parse_span(data["warn"]),
            when=self._when(data, path),
            extensions=tuple(
                self._extension(each, (*path, "extensions", number))
                for number, each in enumerate(data.get("extensions", ()))
            ),
            counts_from=data.get("counts_from", ""),
            follows=_names(data, "follows"),
            roll=data.get("roll", True),
            of=ObligedSide(data.get("of", "agency")),
            then=_expiry(data.get("then", {})),
            measures=_names(data, "measures"),
        )

    def _extension(self, data: Data, path: Path) -> Extension:
        basis = self.phrases.basis(data["basis"], (*path, "basis"))
        return Extension(parse_span(data["span"]), tuple(data["by"]), data["most"], basis)

    def _separation(self, code: str, data: Data) -> Separation:
        basis = self.phrases.basis(data["basis"], ("separations", code, "basis"))
        first, second = self._steps(data["first"]), self._steps(data["second"])
        return Separation(first, second, _text(data["reason"]), basis)

    def _category(self, code: str, data: Data) -> Category:
        basis = self.phrases.basis(data["basis"], ("categories", code, "basis"))
        return Category(
            code=code,
            title=_text(data["title"]),
            basis=basis,
            group=_text(data["group"]) if "group" in data else None,
            department=data.get("department", ""),
            join_radius=data.get("join_radius", 200),
            filing=_text(data["filing"]) if "filing" in data else None,
            closing=_text(data["closing"]) if "closing" in data else None,
            limits={name: parse_span(each) for name, each in data.get("limits", {}).items()},
            routes=tuple(
                self._route(each, ("categories", code, "routes", number))
                for number, each in enumerate(data.get("routes", ()))
            ),
        )

    def _route(self, data: Data, path: Path) -> Route:
        return Route(
            layer=data["within"],
            attribute=data["attribute"],
            values=tuple(data["in"]),
            department=data["department"],
            basis=self.phrases.basis(data["basis"], (*path, "basis")),
        )

    def _publication(self, data: Any) -> Publication | None:
        if data == "none":
            return None
        path: Path = ("publication",)
        basis = self.phrases.basis(data["basis"], (*path, "basis"))
        return Publication(
            when=self.phrases.condition(data["when"], (*path, "when")),
            within=parse_span(data["within"]),
            lasts=tuple(
                Term(each["months"], self._when(each, (*path, "lasts", number)))
                for number, each in enumerate(data["lasts"])
            ),
            basis=basis,
            withdraw=self._withdrawal(data["withdraw"]) if "withdraw" in data else None,
            generalise=_names_or_all(data.get("generalise", ())),
            papers=_names(data, "papers"),
            after=_names(data, "after"),
        )

    def _withdrawal(self, data: Data) -> Withdrawal:
        when = self.phrases.condition(data["when"], ("publication", "withdraw", "when"))
        return Withdrawal(when, _text(data["reason"]))


def _names_or_all(data: Any) -> tuple[str, ...]:
    return (data,) if isinstance(data, str) else tuple(data)


def _text(data: Data) -> Text:
    return Text(data["zh"], data["en"])


def _names(data: Data, key: str) -> tuple[str, ...]:
    return tuple(data.get(key, ()))


def _texts(data: Data) -> dict[str, Text]:
    return {code: _text(each) for code, each in data.items()}


def _expiry(data: Data) -> Expiry:
    return Expiry(data.get("step", ""), _names(data, "notify"))


def _consulting(data: Data) -> Consulting:
    joined = data.get("joined", "all")
    return Consulting(
        {code: parse_span(each) for code, each in data["units"].items()},
        by=_names(data, "by"),
        some=0 if joined == "all" else joined["some"],
        silence_agrees=data.get("silence", "escalates") == "agrees",
    )


def _money_step(data: Data) -> MoneyStep:
    return MoneyStep(
        EntryKind(data["entry"]),
        amount=data.get("amount", ""),
        on=data.get("on", ""),
        receipt=data.get("receipt", ""),
        channel=data.get("channel", ""),
        until=data.get("until", ""),
        parts=data.get("parts", ""),
    )


def _delivery(data: Data) -> Delivery:
    named = (data.get(key, "") for key in ("method", "on", "signer"))
    return Delivery(tuple(data["documents"]), *named)


def _not_before(data: Data) -> NotBefore:
    return NotBefore(_names(data, "steps"), _names(data, "fields"))


def _subject(data: Data) -> SubjectRule:
    return SubjectRule(data.get("required", ""), data.get("most", SubjectRule.most))


def _subtask(data: Data) -> Subtask:
    return Subtask(
        data["procedure"],
        category=data.get("category", ""),
        department=data.get("department", ""),
        fields=_names(data, "fields"),
        party=data.get("party", False),
        subjects=data.get("subjects", False),
        stops=data.get("stops", ""),
    )


def _row(code: str, data: Data) -> ChecklistRow:
    return ChecklistRow(code, _text(data["title"]), data.get("points", 0), data.get("key", False))


def _role(code: str, data: Data) -> Role:
    capabilities = frozenset(Capability(each) for each in data.get("capabilities", ()))
    outside = data.get("outside", False)
    return Role(code, _text(data["title"]), _names(data, "credentials"), capabilities, outside)


def _party(code: str, data: Data) -> PartyRole:
    return PartyRole(
        code,
        _text(data["title"]),
        kinds=tuple(data.get("kinds", PARTY.kinds)),
        principal=data.get("principal", False),
        required=data.get("required", ""),
        names=PublicNames(data.get("names", "nobody")),
    )


def _state(code: str, data: Data) -> State:
    final, pending, sealed = (data.get(key, False) for key in ("final", "pending", "sealed"))
    return State(code, _text(data["title"]), Phase(data["phase"]), final, pending, sealed)


def _document(code: str, data: Data) -> DocumentKind:
    return DocumentKind(
        code,
        _text(data["title"]),
        data.get("number", ""),
        data.get("template", code),
        data.get("number_field", ""),
        data.get("by_hand", False),
    )


def _evidence(data: Data) -> EvidenceMinimum:
    kinds = tuple(EvidenceKind(each) for each in data.get("kinds", ()))
    return EvidenceMinimum(data.get("least", 0), kinds, _names(data, "since"))


def _field_opening(data: Data) -> FieldOpening:
    offered = OfferedMatters(data.get("matters", "all"))
    return FieldOpening(_text(data["title"]), offered, data.get("party", False))


def _place(data: Data) -> Place:
    return Place(GeometryKind(data["geometry"]), data.get("required", ""), tuple(data.get("overlays", ())))
