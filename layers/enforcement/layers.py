from ..registry.audience import Audience
from ..registry.group import Group
from ..registry.layer import Attribute, Geometry, Layer, Place
from ..registry.list_page import ListPage, Navigation
from ..registry.registration import register
from ..registry.symbology import ByCategory, Category, Symbology
from ..registry.text import Text
from .imports import CASES
from .models import EnforcementCase

ENFORCEMENT = Group("enforcement", Text("综合执法", "Enforcement"), 20)
OPEN, DECIDED, CLOSED = "#c8502f", "#d79a2b", "#5f7f95"
RUNNING = (
    "lead",
    "filed",
    "investigation",
    "review",
    "notice",
    "hearing",
    "legal_review",
    "decision",
    "dispatched",
    "handling",
    "pending",
    "feedback",
    "verification",
)
DECIDED_STATES = ("delivery", "execution", "court", "closing")
CLOSED_STATES = ("closed", "evaluated", "archived")

register(
    Layer(
        name="enforcement-cases",
        model=EnforcementCase,
        title=Text("执法案件", "Enforcement cases"),
        summary=Text(
            "公示的行政执法案件；涉及自然人的位置已概化到网格",
            "Published cases; positions that concern natural persons are shown as cells",
        ),
        geometry=Geometry.POINT,
        group=ENFORCEMENT,
        title_attribute="title",
        search_rank=140,
        row_audience="visibility",
        department="department__code",
        joint="joint",
        attributes=(
            Attribute("title", in_tiles=True, search=True),
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
            Attribute("procedure"),
            Attribute("state", in_tiles=True),
            Attribute("lead_source", audience=Audience.DEPARTMENT),
            Attribute("party_kind", personal=False),
            Attribute("division", source="division__name"),
            Attribute(
                "division_en", source="division__name_en", label=Text("区划英文名称", "Division in English")
            ),
            Attribute("reported", audience=Audience.DEPARTMENT),
            Attribute("filed"),
            Attribute("closed"),
            Attribute("penalty"),
            Attribute("decision_number"),
            Attribute("party_public", personal=False),
            Attribute("summary_public"),
            Attribute("grid_cell", source="grid_cell__code", audience=Audience.DEPARTMENT),
            Attribute("fine", audience=Audience.DEPARTMENT, unit=Text("元", "yuan")),
            Attribute("address", audience=Audience.DEPARTMENT),
            Attribute("description", audience=Audience.DEPARTMENT),
            Attribute("resolution", audience=Audience.DEPARTMENT),
            Attribute("officers", audience=Audience.DEPARTMENT),
            Attribute("due", audience=Audience.DEPARTMENT),
            Attribute("party_name", audience=Audience.DEPARTMENT, personal=True),
            Attribute("party_phone", audience=Audience.RESTRICTED, personal=True),
            Attribute("party_id", audience=Audience.RESTRICTED, personal=True),
            Attribute("visibility", audience=Audience.DEPARTMENT),
        ),
        card=(
            "number",
            "department",
            "category",
            "procedure",
            "state",
            "filed",
            "due",
            "closed",
            "penalty",
            "fine",
            "decision_number",
            "party_public",
            "summary_public",
            "party_name",
            "address",
            "description",
        ),
        symbology=Symbology(
            ByCategory(
                "state",
                (
                    *(Category(state, OPEN) for state in RUNNING),
                    *(Category(state, DECIDED) for state in DECIDED_STATES),
                    *(Category(state, CLOSED) for state in CLOSED_STATES),
                    Category("dismissed", "#9a9a9a"),
                ),
                default=CLOSED,
            ),
            outline="#ffffff",
            radius=((10, 2.0), (16, 5.0)),
        ),
        min_zoom=10,
        place=Place("near", radius=300, limit=5, order=50),
        imports=CASES,
        list_page=ListPage(
            "cases/",
            columns=("title", "number", "department", "state", "filed", "due"),
            filters=("state", "procedure"),
            order=("-filed",),
            navigation=Navigation(Text("执法案件", "Cases"), 30),
        ),
    )
)
