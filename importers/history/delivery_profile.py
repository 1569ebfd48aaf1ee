"""What was answered about a sender's files, for the next one: by department, else by the person who loads them."""

import hashlib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from django.db.models import Q, QuerySet

from importers.errors import ImporterError
from importers.models import DeliveryProfile
from importers.options import ImportOptions
from layers.agencies.models import Department
from layers.registry.registration import all_layers
from layers.sentences.sentence import gettext as _

from . import profile_text

NEW = "+"
"""In place of a layer's name, for files that become a layer of their own."""
READING = ("source_crs", "encoding", "date_order", "source")
MAPPING = ("headings", "values", "adding")
MOST_NAMED = 6
"""Layers that are named where none looks like the one that was written."""
ANSWERS = (*READING, *MAPPING)
"""The options that are remembered; what is done with rows is decided each time."""


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
    return profile_text.write(
        {
            "layer": profile.layer,
            "sender": profile.department.code if profile.department else "",
            "headings": profile.headings,
            "answers": profile.options,
            "new_layer": profile.proposal,
        }
    )


def from_text(text: str, who: Any) -> DeliveryProfile:
    """Keep what :func:`as_text` wrote; raises ImporterError with what is wrong in it."""
    parts = profile_text.read(text)
    layer, headings, answers = parts.get("layer", ""), parts.get("headings", []), parts.get("answers", {})
    if not layer or not headings:
        raise ImporterError(_("A profile names its layer and the headings of its files."))
    _check_layer(layer)
    if unknown := sorted(set(answers) - {*ANSWERS}):
        raise ImporterError(
            _("A profile answers {known}; nobody asks for {unknown}.").format(
                known=", ".join(ANSWERS), unknown=", ".join(unknown)
            )
        )
    return _keep(layer, parts.get("sender", ""), who, headings, answers, parts.get("new_layer", {}))


def _check_layer(name: str) -> None:
    """Raises ImporterError for one that takes no files, with the names that look like it."""
    known = [each.name for each in all_layers() if each.imports]
    if name == NEW or name in known:
        return
    near = get_close_matches(name, known, n=3, cutoff=0.4) or sorted(known)[:MOST_NAMED]
    raise ImporterError(
        _(
            "There is no layer {layer} that takes files. Did you mean {known}? A new layer is written {new}."
        ).format(layer=name, known=", ".join(near), new=NEW)
    )


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
