"""Fields that name something the portal keeps: an officer, a department, a piece of evidence, a feature.

Each is kept with what it was called when it was entered, so that the log reads the same for ever.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from layers.casework.procedures.fields import Field
from layers.casework.procedures.vocabulary import FieldKind
from layers.registry.text import Text

NAMED_BY = {
    FieldKind.PERSON: "code",
    FieldKind.UNIT: "code",
    FieldKind.BODY: "code",
    FieldKind.FILE: "evidence",
    FieldKind.FEATURE: "feature",
}
MUST_BE = {
    FieldKind.PERSON: Text(
        "应为本案办理部门的在岗人员", "must be an officer in service of a department that handles the case"
    ),
    FieldKind.UNIT: Text("应为现有部门", "must be one of the departments"),
    FieldKind.BODY: Text(
        "应为本案办理部门登记的责任单位",
        "must be a responsible body that is registered with a department that handles the case",
    ),
    FieldKind.FILE: Text("应为本案的证据", "must be a piece of the case's evidence"),
    FieldKind.FEATURE: Text("应为所定图层中您可见的对象", "must be a feature of its layer that you may see"),
}


def reference_problem(field: Field, value: Any) -> Text | None:
    """None of a reference that was found."""
    if (
        isinstance(value, Mapping)
        and value.get(NAMED_BY[field.kind])
        and value.get("layer", "") == field.layer
    ):
        return None
    must = MUST_BE[field.kind]
    return Text(f"“{field.title.zh}”{must.zh}", f'"{field.title.en}" {must.en}')


def mismatches(field: Field, value: Any, held: Mapping[str, Any]) -> Iterator[Text]:
    """Attributes of a feature that are not as another field, of those ``held``, says that they must be."""
    if not isinstance(value, Mapping):
        return
    for attribute, named in field.matches.items():
        whole, _, part = named.partition(".")
        other = held.get(whole)
        if isinstance(other, Mapping) and other.get(part) != value.get(attribute):
            yield Text(
                f"“{field.title.zh}”与“{other['title']}”不相符",
                f'"{field.title.en}" does not belong to "{other["title"]}"',
            )


def reference_words(field: Field, value: Any) -> Text | None:
    """What it was called; None of what is no reference."""
    if reference_problem(field, value):
        return None
    match field.kind:
        case FieldKind.PERSON:
            return Text(f"{value['name']}（{value['code']}）", f"{value['name']} ({value['code']})")
        case FieldKind.UNIT | FieldKind.BODY:
            return Text(value["name"], value["name_en"] or value["name"])
        case FieldKind.FEATURE:
            name = f"{value['title']} ({value['layer']}/{value['feature']})"
            return Text(f"{value['title']}（{value['layer']}/{value['feature']}）", name)
        case _:
            digest = value["sha256"][:12]
            return Text(f"{value['title']}（SHA-256 {digest}…）", f"{value['title']} (SHA-256 {digest}…)")
