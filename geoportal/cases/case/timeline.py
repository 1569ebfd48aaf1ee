"""The log of a case in words: who did what when, by server and by device, and what was given."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from geoportal.cases.formatting import (
    ACTS,
    format_moment,
    format_span,
    mask_number,
    state_title,
)
from geoportal.cases.labels import department_titles
from geoportal.features.feature_text import enumeration
from layers.casework.access.actor import THE_PORTAL
from layers.casework.extension import extension_fields
from layers.casework.log.event_log import event_title
from layers.casework.models import (
    Case,
    ConsultationStatus,
    Event,
    EventKind,
    Opinion,
    Party,
    PartyKind,
    PublicationStatus,
    RelationKind,
)
from layers.casework.notices.channels import channel_title
from layers.casework.procedures import Field, FieldKind, Procedure
from layers.casework.rules.forms.field_words import field_words
from layers.registry.text import Text

PERSONAL = ("party_id", "party_phone", "identity", "phone")
"""Columns that only the administration reads in full, as the layer says."""
RECEIPT_ACTS = {
    "issued": gettext_lazy("Issued"),
    "renewed": gettext_lazy("Secret made anew"),
    "revoked": gettext_lazy("Revoked"),
}
LOOKED_AT = ("viewed", "downloaded")
"""What is done with evidence without changing anything; it stands in the custody log only."""
Shown = dict[str, Any]


@dataclass(frozen=True)
class Timeline:
    """``in_full``: the viewer may read numbers of identity and telephones."""

    case: Case
    procedure: Procedure | None
    in_full: bool

    def all(self) -> list[Shown]:
        events = self.case.events.select_related("officer", "partner", "seal").order_by("-pk")
        return [self.entry(event) for event in events if not self._is_looking(event)]

    def entries(self, events: Iterable[Event]) -> list[Shown]:
        return [self.entry(event) for event in events]

    def entry(self, event: Event) -> Shown:
        data = event.data
        seal = getattr(event, "seal", None)
        return {
            "id": event.pk,
            "kind": event.kind,
            "title": self._title(event),
            "who": self._who(event),
            "partner": event.partner.name if event.partner else "",
            "at": format_moment(event.at),
            "device_time": format_moment(event.device_time),
            "accuracy": event.accuracy and round(event.accuracy),
            "before": self._state(event.before),
            "after": self._state(event.after) if event.before and event.before != event.after else "",
            "facts": [{"label": label, "value": value} for label, value in self._facts(event)],
            "changed": list(self._changed(data.get("changed", {}), "party" in data)),
            "reason": data.get("reason", ""),
            "note": data.get("note", ""),
            "documents": [self._document(code) for code in data.get("documents", [])],
            "as_of": reverse("case-as-of", args=[event.case_id, event.pk]) if event.map_snapshot_id else None,
            "hash": bytes(seal.hash).hex() if seal else "",
        }

    def _who(self, event: Event) -> str:
        role = self.procedure.roles.get(event.data.get("outside", "")) if self.procedure else None
        if role:
            return _("%(role)s, by receipt") % {"role": role.title}
        who = event.who or (event.officer.name if event.officer else THE_PORTAL.name)
        return _("the portal") if who == THE_PORTAL.name and event.officer is None else who

    def _title(self, event: Event) -> str:
        if event.kind == EventKind.STEP and self.procedure and event.step in self.procedure.steps:
            return str(self.procedure.steps[event.step].title)
        if event.kind == EventKind.EVIDENCE:
            act = event.data.get("act", "")
            return _("Evidence %(act)s") % {"act": ACTS.get(act, act)}
        if event.kind == EventKind.PUBLICATION:
            status = event.data.get("status", "")
            return (
                str(PublicationStatus(status).label)
                if status in PublicationStatus.values
                else event.get_kind_display()
            )
        return str(event_title(event, self.procedure))

    def _facts(self, event: Event) -> Iterator[tuple[str, str]]:
        data = event.data
        for name, value in data.get("fields", {}).items():
            if value not in ("", None):
                yield self.given(name, value)
        if event.kind in {EventKind.STEP, EventKind.NOTE} and "limit" in data:
            yield _("Limit that ran out"), self._limit(data["limit"])
        if "consults" in data:
            yield _("Asked"), enumeration(self._department(code) for code in data["consults"])
        if event.kind == EventKind.OPENED and "subjects" in data:
            yield _("Is about"), enumeration(self._concern(each) for each in data["subjects"])
        yield from self._of_subtasks(event)
        if event.kind == EventKind.CONSULTATION:
            yield self._department(data["consulted"]), self._opinion(data)
        if "refused" in data:
            yield _("Could not be taken"), self._refused(data)
        if event.kind == EventKind.ASSIGNED:
            yield _("Handler"), data.get("to", "")
        elif event.kind == EventKind.HANDED_OVER:
            yield _("From department"), self._department(data.get("from", ""))
            yield _("To department"), self._department(data.get("to", ""))
        elif event.kind == EventKind.SHARED:
            names = [self._department(code) for code in data.get("joint", [])]
            yield _("Joint with"), enumeration(names) or _("nobody")
        elif event.kind == EventKind.PARTY and "role" in data:
            yield _("Takes part as"), self._party_role(data["role"])
        elif event.kind == EventKind.CONCERNS:
            yield _("Taken away") if data.get("act") == "removed" else _("Added"), self._concern(data)
        elif event.kind == EventKind.TOLD and "channel" in data:
            yield _("Told by"), channel_title(data["channel"])
        elif event.kind == EventKind.RECEIPT:
            yield str(RECEIPT_ACTS[data["act"]]), self._receipt(data)
        elif event.kind == EventKind.JOINED:
            yield _("Case"), data.get("to", "")
        elif event.kind == EventKind.MOVED:
            yield from self._of_moves(data)
        else:
            yield from self._of_limits(event)
            yield from self._of_evidence(event)

    def _of_moves(self, data: dict[str, Any]) -> Iterator[tuple[str, str]]:
        if "area" in data:
            yield _("Area"), _("drawn") if data["area"][0] is None else _("drawn anew")
        else:
            yield _("Old position"), _pair(data.get("was"))
            yield _("New position"), _pair(data.get("is"))

    def _of_subtasks(self, event: Event) -> Iterator[tuple[str, str]]:
        data = event.data
        if event.kind == EventKind.OPENED and "parent" in data:
            yield _("Sub-task of"), data["parent"]
        if "opened" in data:
            yield _("Sub-task opened"), data["opened"]
        if event.kind in {EventKind.SUBTASK, EventKind.PARENT}:
            yield data[event.kind], str(Text(**data["state"]))
        if event.kind in {EventKind.STEP, EventKind.NOTE} and "parent" in data:
            yield _("Case that ended"), data["parent"]

    def _opinion(self, data: dict[str, Any]) -> str:
        said = str(Opinion(data["opinion"]).label) if data.get("opinion") else ""
        if data["act"] == "answered":
            return said
        silent = str(ConsultationStatus.SILENT.label)
        return (
            _("%(silent)s, which counts as: %(opinion)s") % {"silent": silent, "opinion": said}
            if said
            else silent
        )

    def _refused(self, data: dict[str, Any]) -> str:
        """The step that the clock could not take, and why."""
        known = self.procedure.steps.get(data["step"]) if self.procedure else None
        why = [str(Text(each["zh"], each["en"])) for each in data["refused"]]
        return "\n".join([str(known.title) if known else data["step"], *why])

    def _concern(self, data: dict[str, Any]) -> str:
        if "other" in data:
            return f"{RelationKind(data['relation']).label} {data['other']}"
        return str(data.get("title") or f"{data['layer']}/{data['feature']}")

    def _receipt(self, data: dict[str, Any]) -> str:
        role = self.procedure.roles.get(data["role"]) if self.procedure else None
        return f"{role.title if role else data['role']} {data['number']}"

    def _of_limits(self, event: Event) -> Iterator[tuple[str, str]]:
        data = event.data
        if event.kind in {EventKind.EXTENDED, EventKind.EXTENSION_ASKED, EventKind.OVERDUE}:
            yield _("Time limit"), self._limit(data.get("limit", ""))
        if event.kind == EventKind.EXTENDED:
            yield _("Extended by"), format_span(data["length"], data["unit"])
        if event.kind == EventKind.OVERDUE:
            yield _("Was due"), _iso(data.get("due"))
        if event.kind == EventKind.RECALCULATED:
            for each in data.get("limits", []):
                yield self._limit(each["limit"]), f"{_iso(each['was'])} → {_iso(each['is'])}"

    def _of_evidence(self, event: Event) -> Iterator[tuple[str, str]]:
        if event.kind == EventKind.EVIDENCE and event.data.get("evidence") in self._evidence:
            yield _("Evidence"), self._evidence[event.data["evidence"]]

    def given(self, name: str, value: Any) -> tuple[str, str]:
        """Label and value of a field that a step's form asked for."""
        field = self._fields.get(name)
        if field is None:
            return name, str(value)
        return str(field.title), self._value(field, value)

    def _value(self, field: Field, value: Any) -> str:
        if field.kind is FieldKind.FLAG:
            return _("yes") if value else _("no")
        if field.kind is FieldKind.CHOICE and value in field.choices:
            return str(field.choices[value])
        if field.kind is FieldKind.CHOICES and isinstance(value, list):
            return enumeration(str(field.choices.get(each, each)) for each in value)
        if words := field_words(field, value):
            return str(words)
        if field.kind is FieldKind.MONEY:
            return _("%(yuan)s yuan") % {"yuan": self._guarded(field.writes, str(value))}
        return self._guarded(field.writes, value)

    def _guarded(self, column: str, value: Any) -> str:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        return text if self.in_full or column not in PERSONAL else mask_number(text)

    def _changed(self, changed: dict[str, list[Any]], of_party: bool) -> Iterator[Shown]:
        for column, (was, now) in changed.items():
            yield {
                "label": _label(Party, column) if of_party else _label(Case, column, self.case.family),
                "was": self._plain(column, was),
                "now": self._plain(column, now),
            }

    def _plain(self, column: str, value: Any) -> str:
        if value in (None, "", [], {}):
            return "–"
        if column == "state":
            return self._state(str(value))
        if column in {"kind", "party_kind"} and value in PartyKind.values:
            return str(PartyKind(value).label)
        if column == "facts":
            value = self._without_personal(value)
        return self._guarded(column, value)

    def _without_personal(self, facts: dict[str, Any]) -> dict[str, Any]:
        """Forms keep what they were given, numbers of identity too."""
        fields = {
            name: self._value(self._fields[name], given) if name in self._fields else given
            for name, given in facts.get("fields", {}).items()
        }
        return {**facts, "fields": fields}

    def _state(self, code: str) -> str:
        return state_title(self.procedure, code) if code else ""

    def _party_role(self, code: str) -> str:
        known = self.procedure.parties if self.procedure else {}
        return str(known[code].title) if code in known else code

    def _document(self, code: str) -> str:
        known = self.procedure.documents if self.procedure else {}
        return str(known[code].title) if code in known else code

    def _limit(self, code: str) -> str:
        known = self.procedure.deadlines if self.procedure else {}
        return str(known[code].title) if code in known else code

    def _department(self, code: str) -> str:
        return self._departments.get(code, code)

    def _is_looking(self, event: Event) -> bool:
        return event.kind == EventKind.EVIDENCE and event.data.get("act") in LOOKED_AT

    @cached_property
    def _fields(self) -> Mapping[str, Field]:
        return self.procedure.fields() if self.procedure else {}

    @cached_property
    def _departments(self) -> dict[str, str]:
        return department_titles()

    @cached_property
    def _evidence(self) -> dict[int, str]:
        return {each.pk: str(each) for each in self.case.evidence.filter(original=None)}


def _label(model: type[Model], column: str, family: str = "") -> str:
    known = {field.attname: field for field in model._meta.concrete_fields}
    if family:
        known |= dict(extension_fields(family))
    return str(known[column].verbose_name) if column in known else column


def _pair(position: list[float] | None) -> str:
    return f"{position[0]:.6f}, {position[1]:.6f}" if position else "–"


def _iso(text: str | None) -> str:
    try:
        return format_moment(datetime.fromisoformat(text)) if text else "–"
    except ValueError:
        return str(text)
