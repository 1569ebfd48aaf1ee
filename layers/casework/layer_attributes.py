"""What every layer of cases tells of them; a room adds what its own cases have besides."""

from functools import partial

from layers.registry.audience import Audience
from layers.registry.declaration.layer import Attribute
from layers.registry.text import Text

from .procedures.titles import procedure_titles, state_titles

DETAILS = (
    Attribute("lead_source", audience=Audience.DEPARTMENT),
    Attribute("party_kind", personal=False),
    Attribute("division", source="division__name", narrows=True),
    Attribute(
        "division_en",
        source="division__name_en",
        label=Text("区划英文名称", "Division in English"),
        narrows=True,
    ),
    Attribute("reported", audience=Audience.DEPARTMENT),
    Attribute("filed"),
    Attribute("closed"),
    Attribute("grid_cell", source="grid_cell__code", audience=Audience.DEPARTMENT),
    Attribute("address", audience=Audience.DEPARTMENT),
    Attribute("description", audience=Audience.DEPARTMENT),
    Attribute("officers", audience=Audience.DEPARTMENT),
    Attribute("due", audience=Audience.DEPARTMENT),
    Attribute("party_name", audience=Audience.DEPARTMENT, personal=True),
    Attribute("party_phone", audience=Audience.RESTRICTED, personal=True),
    Attribute("party_id", audience=Audience.RESTRICTED, personal=True),
    Attribute("visibility", audience=Audience.DEPARTMENT),
)
"""Of cases of every family, whatever their procedures."""


def case_attributes(family: str) -> tuple[Attribute, ...]:
    return (
        Attribute("title", in_tiles=True, search=True, outside="shown_title"),
        Attribute("number", search=True),
        Attribute("department", source="department__name"),
        Attribute(
            "department_en",
            source="department__name_en",
            label=Text("部门英文名称", "Department in English"),
        ),
        Attribute(
            "department_code",
            source="department__code",
            in_tiles=True,
            label=Text("部门代码", "Department code"),
        ),
        Attribute("category", in_tiles=True, search=True),
        Attribute("procedure", titles=partial(procedure_titles, family)),
        Attribute("state", in_tiles=True, titles=partial(state_titles, family)),
        Attribute("phase", in_tiles=True),
        *DETAILS,
    )
