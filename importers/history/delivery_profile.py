"""What was answered about a sender's files, for the next one: by department, else by the person who loads them."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import yaml
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from importers.errors import ImporterError
from importers.models import DeliveryProfile
from importers.options import ImportOptions
from layers.agencies.models import Department

NEW = "+"
"""In place of a layer's name, for files that become a layer of their own."""
READING = ("source_crs", "encoding", "date_order", "source")
MAPPING = ("headings", "values", "adding")
ANSWERS = (*READING, *MAPPING)
"""The options that are remembered; what is done with rows is decided each time."""
MOST_BYTES = 200_000
PARTS: dict[str, type] = {"layer": str, "sender": str, "headings": list, "answers": dict, "new_layer": dict}


def remember(
    layer: str, headings: Iterable[str], options: ImportOptions, proposal: Mapping[str, Any] | None = None
) -> None:
    listed, said = list(headings), options.as_json()
    answers = {name: said[name] for name in ANSWERS if said[name]}
    _keep(layer, options.sender, options.who, listed, answers, dict(proposal or {}))


def recall(layer: str, sender: str, who: Any) -> DeliveryProfile | None:
    """Of the last file of this sender, whatever its headings."""
    return _of(layer, sender, who).first()


def recall_for(layer: str, sender: str, who: Any, headings: Iterable[str]) -> DeliveryProfile | None:
    """Of the last file with these headings, else of the last."""
    found = _of(layer, sender, who)
    return found.filter(schema=_schema(headings)).first() or found.first()


def answers_for(profile: DeliveryProfile, headings: Iterable[str]) -> dict[str, Any]:
    """Of a profile what holds for a file: all where the headings are the same, else how it is read and which of its
    columns fill what."""
    listed, kept = set(headings), profile.options
    if _schema(listed) == profile.schema:
        return dict(kept)
    found = {name: kept[name] for name in READING if name in kept}
    mapped = {name: heading for name, heading in kept.get("headings", {}).items() if heading in listed}
    return found | ({"headings": mapped} if mapped else {})


def department_of(sender: str) -> Department | None:
    """Raises ImporterError where no department has the code."""
    department = Department.objects.filter(code=sender).first()
    if sender and department is None:
        raise ImporterError(_("No department has the code {code}.").format(code=sender))
    return department


def as_text(profile: DeliveryProfile) -> str:
    """YAML for people to keep and to send on."""
    parts = {
        "layer": profile.layer,
        "sender": profile.department.code if profile.department else "",
        "headings": profile.headings,
        "answers": profile.options,
        "new_layer": profile.proposal,
    }
    written = {name: part for name, part in parts.items() if part}
    return yaml.safe_dump(written, allow_unicode=True, sort_keys=False, width=100)


def from_text(text: str, who: Any) -> DeliveryProfile:
    """Keep what :func:`as_text` wrote; raises ImporterError with what is wrong in it."""
    parts = _parsed(text)
    layer, answers = parts.get("layer", ""), parts.get("answers", {})
    if not layer or not parts.get("headings"):
        raise ImporterError(_("A profile names its layer and the headings of its files."))
    if unknown := sorted(set(map(str, answers)) - {*ANSWERS}):
        raise ImporterError(
            _("A profile answers {known}; nobody asks for {unknown}.").format(
                known=", ".join(ANSWERS), unknown=", ".join(unknown)
            )
        )
    _check_answers(answers)
    headings = [str(heading) for heading in parts["headings"]]
    return _keep(layer, parts.get("sender", ""), who, headings, answers, parts.get("new_layer", {}))


def _parsed(text: str) -> dict[str, Any]:
    try:
        parts = yaml.safe_load(text[:MOST_BYTES])
    except (yaml.YAMLError, ValueError, RecursionError) as problem:
        mark = getattr(problem, "problem_mark", None)
        raise ImporterError(
            _("This is no YAML; it breaks off in line {line}.").format(line=mark.line + 1 if mark else 1)
        ) from None
    if not isinstance(parts, dict) or set(parts) - set(PARTS):
        raise ImporterError(_("A profile is made of {parts}.").format(parts=", ".join(PARTS)))
    for name, kind in PARTS.items():
        if name in parts and not isinstance(parts[name], kind):
            raise ImporterError(_("“{name}” is not written as a profile writes it.").format(name=name))
    return parts


def _check_answers(answers: Mapping[str, Any]) -> None:
    kinds: dict[str, type] = {"headings": dict, "values": dict, "adding": list}
    for name, answer in answers.items():
        texts = answer.values() if isinstance(answer, dict) else answer if isinstance(answer, list) else ()
        if not isinstance(answer, kinds.get(name, str)) or not all(isinstance(each, str) for each in texts):
            raise ImporterError(_("“{name}” is not written as a profile writes it.").format(name=name))


def _keep(
    layer: str,
    sender: str,
    who: Any,
    headings: list[str],
    answers: Mapping[str, Any],
    proposal: Mapping[str, Any],
) -> DeliveryProfile:
    department = department_of(sender)
    profile, _made = DeliveryProfile.objects.update_or_create(
        layer=layer,
        schema=_schema(headings),
        department=department,
        person=None if department else who,
        defaults={"headings": headings, "options": dict(answers), "proposal": dict(proposal)},
    )
    return profile


def _of(layer: str, sender: str, who: Any) -> "QuerySet[DeliveryProfile]":
    """The one used last first."""
    of_sender = Q(department__code=sender) if sender else Q(department=None, person=who)
    return DeliveryProfile.objects.filter(of_sender, layer=layer)


def _schema(headings: Iterable[str]) -> str:
    return hashlib.sha256("\x1f".join(sorted(headings)).encode()).hexdigest()
