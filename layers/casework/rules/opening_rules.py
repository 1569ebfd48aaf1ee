"""What must be known of a case when it is opened, since its first state is not entered without it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from layers.casework.procedures.model import Procedure
from layers.casework.procedures.vocabulary import GeometryKind
from layers.registry.text import Text

from .steps.subject_rules import Named, subject_title


@dataclass(frozen=True)
class Opening:
    """``parties`` are the roles in which somebody is known; ``is_located``: at a point, ``is_outlined``: as an area."""

    lead_source: str
    lead_title: Text
    parties: Collection[str] = ()
    subjects: Collection[Named] = ()
    is_located: bool = False
    is_outlined: bool = False


def opening_refusals(procedure: Procedure, opening: Opening) -> list[Text]:
    """Everything that stands against opening it."""
    return [
        *_lead_refusals(procedure, opening),
        *_party_refusals(procedure, opening),
        *_subject_refusals(procedure, opening),
        *_place_refusals(procedure, opening),
    ]


def _lead_refusals(procedure: Procedure, opening: Opening) -> Iterator[Text]:
    if procedure.leads and opening.lead_source not in procedure.leads:
        title, known = procedure.title, opening.lead_title
        zh = f"{title.zh}不受理“{known.zh}”线索。"
        yield Text(zh, f"{title.en} takes no leads of this source: {known.en}.")


def _party_refusals(procedure: Procedure, opening: Opening) -> Iterator[Text]:
    for role in procedure.parties.values():
        if role.required == procedure.start and role.code not in opening.parties:
            yield Text(f"须先登记“{role.title.zh}”。", f'"{role.title.en}" must be entered first.')


def _subject_refusals(procedure: Procedure, opening: Opening) -> Iterator[Text]:
    rules = procedure.subjects
    for layer in sorted({layer for layer, _ in opening.subjects if rules and layer not in rules}):
        title = subject_title(layer)
        yield Text(f"此类案件不涉及“{title.zh}”。", f'Cases of this kind are not about "{title.en}".')
    for layer, rule in rules.items():
        count, title = sum(1 for each, _ in opening.subjects if each == layer), subject_title(layer)
        if rule.required == procedure.start and not count:
            yield Text(f"须先写明涉及的“{title.zh}”。", f'Say first which "{title.en}" it is about.')
        if count > rule.most:
            yield Text(
                f"本案最多涉及 {rule.most} 个“{title.zh}”。",
                f'The case is about {rule.most} of "{title.en}" at most.',
            )


def _place_refusals(procedure: Procedure, opening: Opening) -> Iterator[Text]:
    place = procedure.place
    if place.required != procedure.start or place.geometry is GeometryKind.NONE:
        return
    if place.geometry is GeometryKind.POLYGON and not opening.is_outlined:
        yield Text("须先划定范围。", "The area must be drawn on the map first.")
    elif not (opening.is_located or opening.is_outlined):
        yield Text("须先标定位置。", "The place must be marked on the map first.")
