from layers.registry.declaration.group import Group
from layers.registry.declaration.layer import Attribute, Geometry, Layer, Related
from layers.registry.declaration.list_page import ListPage
from layers.registry.registration import register
from layers.registry.text import Text

from .imports import DISCRETION, VIOLATIONS
from .models import DiscretionGrade, Violation

YUAN = Text("元", "yuan")

VIOLATION_ATTRIBUTES = (
    Attribute("name", search=True),
    Attribute("name_en", search=True),
    Attribute("code", search=True),
    Attribute("department", source="department__name"),
    Attribute(
        "department_en",
        source="department__name_en",
        label=Text("部门英文名称", "Department in English"),
    ),
    Attribute("department_code", source="department__code", label=Text("部门代码", "Department code")),
    Attribute("violated"),
    Attribute("penalised"),
    Attribute("measures"),
    Attribute("base"),
    Attribute("least", unit=YUAN),
    Attribute("most", unit=YUAN),
    Attribute("valid_from"),
    Attribute("valid_until"),
)


def register_library(group: Group) -> None:
    """Public as a whole: discretion standards are to be published (Administrative Penalty Law, Art. 34)."""
    register(_violations(group))
    register(_discretion(group))


def _violations(group: Group) -> Layer:
    return Layer(
        name="violations",
        model=Violation,
        title=Text("违法事项库", "Library of violations"),
        summary=Text(
            "各部门查处的违法行为、处罚依据和罚款幅度",
            "What departments punish, by which clause, and within which range",
        ),
        geometry=Geometry.NONE,
        group=group,
        title_attribute="name",
        search_rank=150,
        attributes=VIOLATION_ATTRIBUTES,
        related=(Related("discretion", "grades"),),
        imports=VIOLATIONS,
        card=(
            "department",
            "violated",
            "penalised",
            "least",
            "most",
            "base",
            "measures",
            "valid_from",
            "valid_until",
        ),
        list_page=ListPage(
            "violations/", columns=("name", "department", "penalised", "least", "most"), order=("code",)
        ),
    )


def _discretion(group: Group) -> Layer:
    return Layer(
        name="discretion",
        model=DiscretionGrade,
        title=Text("裁量基准", "Discretion standard"),
        summary=Text("每项违法行为各档次的罚款幅度", "The range of fines for each grade of each violation"),
        geometry=Geometry.NONE,
        group=group,
        title_attribute="grade",
        attributes=(
            Attribute("grade"),
            Attribute("code", source="violation__code"),
            Attribute("name", source="violation__name"),
            Attribute("name_en", source="violation__name_en"),
            Attribute("circumstances"),
            Attribute("least", unit=YUAN),
            Attribute("most", unit=YUAN),
        ),
        imports=DISCRETION,
        card=("least", "most", "circumstances", "name"),
    )
