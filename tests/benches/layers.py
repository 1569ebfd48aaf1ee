from layers.casework.layer_attributes import case_attributes
from layers.registry.audience import Audience
from layers.registry.declaration.group import Group
from layers.registry.declaration.layer import Attribute, Geometry, Layer, Place, Related
from layers.registry.declaration.list_page import ListPage, Navigation
from layers.registry.declaration.symbology import Label, Symbology
from layers.registry.registration import register
from layers.registry.text import Text

from .imports import BENCHES
from .models import Bench, BenchReport, Repair

STREET = Group("street", Text("街道家具", "Street furniture"), 45)

register(
    Layer(
        name="benches",
        model=Bench,
        title=Text("街椅", "Benches"),
        geometry=Geometry.POINT,
        group=STREET,
        title_attribute="code",
        search_rank=45,
        row_audience="visibility",
        department="department__code",
        attributes=(
            Attribute("code", in_tiles=True, search=True),
            Attribute("material", in_tiles=True),
            Attribute("department", source="department__name"),
            Attribute("repair_cost", in_tiles=True, audience=Audience.DEPARTMENT),
            Attribute("keeper_phone", audience=Audience.DEPARTMENT, personal=True),
        ),
        related=(Related("bench-repairs", "repairs"),),
        card=("material", "repair_cost", "keeper_phone"),
        symbology=Symbology("#00aa55", radius=8.0, label=Label("code")),
        place=Place("near", radius=300),
        imports=BENCHES,
        list_page=ListPage(
            "street/benches/",
            columns=("code", "material", "repair_cost"),
            filters=("material",),
            order=("-code",),
            navigation=Navigation(Text("街椅", "Benches"), 25),
        ),
    )
)

register(
    Layer(
        name="bench-repairs",
        model=Repair,
        title=Text("街椅维修", "Repairs of benches"),
        geometry=Geometry.NONE,
        group=STREET,
        audience=Audience.DEPARTMENT,
        title_attribute="work",
        attributes=(
            Attribute("work", audience=Audience.DEPARTMENT, search=True),
            Attribute("bench", source="bench__code", audience=Audience.DEPARTMENT),
        ),
        card=("bench",),
        list_page=ListPage(
            "street/repairs/", columns=("work", "bench"), navigation=Navigation(Text("维修", "Repairs"), 26)
        ),
    )
)

register(
    Layer(
        name="bench-reports",
        model=BenchReport,
        title=Text("街椅报修", "Reports of broken benches"),
        geometry=Geometry.POINT,
        group=STREET,
        title_attribute="title",
        row_audience="visibility",
        department="department__code",
        joint="joint",
        attributes=(
            *case_attributes(BenchReport.FAMILY),
            Attribute("hours", source="mending__hours", audience=Audience.DEPARTMENT),
        ),
        card=("number", "state", "due", "hours"),
        symbology=Symbology("#5500aa", radius=8.0),
        list_page=ListPage("street/reports/", columns=("title", "state"), filters=("state",)),
    )
)
