"""A file that is to become a layer of its own: what the page shows of it, and what was decided about it."""

from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from geoportal.features.feature_text import KINDS as KIND_TITLES
from importers.crs import transformation
from importers.crs.district import district_box
from importers.crs.position_columns import find_positions
from importers.errors import ImporterError
from importers.history.delivery_profile import NEW as NEW
from importers.models import Import
from importers.options import ImportOptions
from importers.pipeline.plan import examine_offset, middle_bounds, sample_shapes, system_of
from importers.schema.inference import latin
from importers.sources.source import Source
from layers.registry.audience import Audience
from layers.registry.declaration.layer import Geometry, Kind
from layers.registry.registration import is_registered
from layers.registry.text import Text

from . import uploads
from .dataset_publication import COLOR, DatasetProposal, check_name, color_of, infer_layer_schema
from .last_answers import LastAnswers
from .preview import examined_source, reading_choices, sample_content

KINDS = {
    "text": KIND_TITLES[Kind.TEXT],
    "integer": KIND_TITLES[Kind.INTEGER],
    "number": KIND_TITLES[Kind.NUMBER],
    "boolean": KIND_TITLES[Kind.BOOLEAN],
    "date": KIND_TITLES[Kind.DATE],
    "time": KIND_TITLES[Kind.TIME],
}
GEOMETRIES = {
    Geometry.POINT: Text("点", "points"),
    Geometry.LINE: Text("线", "lines"),
    Geometry.POLYGON: Text("面", "areas"),
}


def initial_proposal(file_name: str) -> dict[str, Any]:
    """From the name of the file."""
    stem = PurePath(file_name).stem
    name = latin(stem, "-")[:38] or "layer"
    name = name if name[0].isalpha() and len(name) > 1 else f"l-{name}"
    free = (f"{name}{number}" for number in ("", *(f"-{again}" for again in range(2, 100))))
    return {
        "name": next((each for each in free if not is_registered(each)), name),
        "title": stem[:80],
        "audience": int(Audience.DEPARTMENT),
    }


def proposal_of(imported: Import) -> DatasetProposal:
    kept = imported.proposal
    columns = kept.get("columns", {})
    return DatasetProposal(
        name=kept.get("name", ""),
        title=kept.get("title", ""),
        title_en=kept.get("title_en", ""),
        audience=Audience(kept.get("audience", Audience.DEPARTMENT)),
        color=kept.get("color", ""),
        title_column=kept.get("title_column") or None,
        key=tuple(kept.get("key", ())),
        left_out=tuple(heading for heading, said in columns.items() if said["left_out"]),
        labels={heading: (said["label"], said["label_en"]) for heading, said in columns.items()},
        geometry=next((each for each in GEOMETRIES if each == kept.get("geometry")), None),
        kinds={heading: kind for heading, said in columns.items() if (kind := said.get("kind", "")) in KINDS},
    )


def inspect(imported: Import) -> dict[str, Any]:
    """For the page; ``problem`` says what has to be decided before the file can become a layer."""
    last = LastAnswers(imported)
    content: dict[str, Any] = {
        "color": color_of(imported.proposal.get("name", "")),
        "problem": "",
        "parts": [],
        **reading_choices(),
        "kinds": kind_choices(),
        "audiences": audiences(),
        "geometries": [{"value": each.value, "label": str(label)} for each, label in GEOMETRIES.items()],
    }
    try:
        source = examined_source(last.examine(uploads.file_of(imported)), content)
        content |= sample_content(source) | {"last": last.fill(source.headings), "notes": source.notes}
        content["columns"] = _columns(source, imported, {})
        content |= _described(source, imported, last.options)
        check_name(proposal_of(imported).name)
    except ImporterError as problem:
        content["problem"] = str(problem)
    return content


def _described(source: Source, imported: Import, options: ImportOptions) -> dict[str, Any]:
    """Types as the first rows have them; all rows decide when the layer is made."""
    proposal = proposal_of(imported)
    found = infer_layer_schema(source, proposal, options, all_rows=False)
    kinds = {each["label"]: each["kind"] for each in found.fields}
    named = next(each["label"] for each in found.fields if each["name"] == found.title_field)
    return {
        "notes": [*source.notes, *_place_notes(source, options)],
        "geometry": str(GEOMETRIES[found.geometry]),
        "shape_note": found.note,
        "columns": _columns(source, imported, kinds),
        "title_column": named,
        "crs": options.source_crs or source.crs or "",
    }


def _place_notes(source: Source, options: ImportOptions) -> list[str]:
    """Raises ImporterError where the reference system has to be decided."""
    box = district_box()
    found = None if source.has_geometry else find_positions(source, options.source_crs, box)
    shapes = sample_shapes(source, found)
    crs = system_of(source, found, options)
    move = transformation.find_transformation(crs, lambda: middle_bounds(shapes), box)
    return list(filter(None, [move.note, examine_offset(source, shapes, move, options)]))


def _columns(source: Source, imported: Import, kinds: dict[str, str]) -> list[dict[str, Any]]:
    return described_columns(source.headings, imported.proposal.get("columns", {}), kinds)


def described_columns(
    headings: Iterable[str], said: Mapping[str, Any], kinds: Mapping[str, str]
) -> list[dict[str, Any]]:
    """``kind`` is empty where a column is left out or says where the rows lie."""
    return [
        {
            "number": number,
            "heading": heading,
            "is_position": bool(kinds) and heading not in kinds and not said.get(heading, {}).get("left_out"),
            "kind": str(KINDS[kinds[heading]]) if heading in kinds else "",
            "chosen_kind": said.get(heading, {}).get("kind", ""),
            "left_out": bool(said.get(heading, {}).get("left_out")),
            "label": said.get(heading, {}).get("label", ""),
            "label_en": said.get(heading, {}).get("label_en", ""),
        }
        for number, heading in enumerate(headings)
    ]


def kind_choices() -> list[dict[str, str]]:
    return [{"value": kind, "label": str(label)} for kind, label in KINDS.items()]


def decide(request: HttpRequest, imported: Import) -> None:
    """Keep what the form says."""
    form = request.POST
    color = text_of_form(form, "color", 7).lower()
    imported.proposal = {
        "name": text_of_form(form, "name", 40),
        "title": text_of_form(form, "title", 80) or imported.proposal.get("title", ""),
        "title_en": text_of_form(form, "title_en", 80),
        "audience": int(audience_of(form.get("audience", ""))),
        "color": color if COLOR.fullmatch(color) else "",
        "geometry": text_of_form(form, "geometry", 10),
        **columns_of_form(form),
    }
    imported.layer = imported.proposal["name"]
    imported.save(update_fields=["proposal", "layer"])


def columns_of_form(form: QueryDict) -> dict[str, Any]:
    return {
        "title_column": text_of_form(form, "title_column", 200),
        "key": [heading for heading in form.getlist("key") if heading],
        "columns": {
            heading: {
                "left_out": not form.get(f"keep-{number}"),
                "label": text_of_form(form, f"label-{number}", 80),
                "label_en": text_of_form(form, f"label_en-{number}", 80),
                "kind": text_of_form(form, f"kind-{number}", 10),
            }
            for number, heading in enumerate(form.getlist("heading"))
        },
    }


def text_of_form(form: QueryDict, name: str, longest: int) -> str:
    return form.get(name, "").strip().replace("\x00", "")[:longest]


def audiences() -> list[dict[str, Any]]:
    return [{"value": audience.value, "label": str(audience.label)} for audience in Audience]


def audience_of(text: str) -> Audience:
    """Raises ImporterError where the form was tampered with."""
    found = next((audience for audience in Audience if str(audience.value) == text), None)
    if found is None:
        raise ImporterError(_("Choose who may see the layer."))
    return found
