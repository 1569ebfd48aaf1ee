from ..registry.declaration.group import SERVICES
from ..registry.declaration.layer import Attribute, Geometry, Layer, Place
from ..registry.declaration.symbology import Label, Symbology
from ..registry.registration import register
from ..registry.text import Text
from .imports import UNITS
from .models import Unit

register(
    Layer(
        name="units",
        model=Unit,
        title=Text("机关单位", "Government units"),
        summary=Text("政府部门与直属单位的办公地点", "Offices of departments and agencies"),
        geometry=Geometry.POINT,
        group=SERVICES,
        title_attribute="name",
        search_rank=40,
        attributes=(
            Attribute("name", in_tiles=True, search=True),
            Attribute("name_en", in_tiles=True, search=True),
            Attribute("department", source="department__name"),
            Attribute(
                "department_en",
                source="department__name_en",
                label=Text("部门英文名称", "Department in English"),
            ),
            Attribute("address", search=True),
            Attribute("phone", personal=False),
            Attribute("hours"),
            Attribute("duties"),
        ),
        imports=UNITS,
        card=("department", "address", "phone", "hours", "duties"),
        symbology=Symbology(
            "#a0322d", outline="#ffffff", radius=((12, 3.0), (17, 6.0)), label=Label("name", min_zoom=16)
        ),
        min_zoom=11,
        place=Place("near", radius=1500, limit=3, order=30),
    )
)
