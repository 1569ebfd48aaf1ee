from ..casework.layer_attributes import case_attributes
from ..casework.phases import Phase
from ..registry.audience import Audience
from ..registry.declaration.group import Group
from ..registry.declaration.layer import Attribute, Geometry, Layer, Place
from ..registry.declaration.list_page import ListPage, Navigation
from ..registry.declaration.symbology import ByCategory, Category, Symbology
from ..registry.registration import register
from ..registry.text import Text
from .imports import CASES
from .library.layers import register_library
from .models import EnforcementCase

ENFORCEMENT = Group("enforcement", Text("综合执法", "Enforcement"), 20)
PHASES = (
    Category(Phase.OPEN, "#c8502f"),
    Category(Phase.DECIDED, "#d79a2b"),
    Category(Phase.CLOSED, "#5f7f95"),
    Category(Phase.DISMISSED, "#9a9a9a"),
)

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
        time="filed",
        row_audience="visibility",
        department="department__code",
        joint="joint",
        attributes=(
            *case_attributes(EnforcementCase.FAMILY),
            Attribute("penalty", source="penaltydecision__penalty"),
            Attribute("decision_number", source="penaltydecision__decision_number"),
            Attribute("party_public", personal=False),
            Attribute("summary_public"),
            Attribute(
                "fine",
                source="penaltydecision__fine",
                audience=Audience.DEPARTMENT,
                unit=Text("元", "yuan"),
            ),
            Attribute("resolution", audience=Audience.DEPARTMENT),
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
            ByCategory("phase", PHASES, default="#5f7f95"),
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
register_library(ENFORCEMENT)
