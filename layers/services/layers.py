from ..registry.declaration.group import SERVICES
from ..registry.declaration.layer import Attribute, Geometry, Layer, Place, Related
from ..registry.declaration.list_page import ListPage, Navigation
from ..registry.declaration.symbology import Label, Symbology
from ..registry.registration import register
from ..registry.text import Text
from .imports import COUNTERS, ITEMS
from .models import Counter, ServiceItem

register(
    Layer(
        name="services",
        model=Counter,
        title=Text("服务窗口", "Service counters"),
        summary=Text("办理政务服务事项的窗口", "Counters where public services are handled"),
        geometry=Geometry.POINT,
        group=SERVICES,
        title_attribute="name",
        search_rank=20,
        attributes=(
            Attribute("name", in_tiles=True, search=True),
            Attribute("name_en", in_tiles=True, search=True),
            Attribute("unit", source="unit__name"),
            Attribute("unit_en", source="unit__name_en", label=Text("单位英文名称", "Unit in English")),
            Attribute("address", search=True),
            Attribute("phone", personal=False),
            Attribute("hours"),
        ),
        related=(Related("service-items", "items"),),
        imports=COUNTERS,
        card=("unit", "address", "phone", "hours"),
        symbology=Symbology(
            "#1f6f8b", outline="#ffffff", radius=((11, 3.5), (17, 7.0)), label=Label("name", min_zoom=15)
        ),
        min_zoom=9,
        shown=True,
        place=Place("near", radius=3000, limit=4, order=20),
    )
)

register(
    Layer(
        name="service-items",
        model=ServiceItem,
        title=Text("服务事项", "Service items"),
        summary=Text("办事指南", "Guides to public services"),
        geometry=Geometry.NONE,
        group=SERVICES,
        title_attribute="name",
        search_rank=10,
        attributes=(
            Attribute("name", search=True),
            Attribute("name_en", search=True),
            Attribute("code", search=True),
            Attribute("department", source="department__name"),
            Attribute(
                "department_en",
                source="department__name_en",
                label=Text("部门英文名称", "Department in English"),
            ),
            Attribute("theme"),
            Attribute("audience"),
            Attribute("conditions"),
            Attribute("materials"),
            Attribute("process"),
            Attribute("basis"),
            Attribute("statutory_limit", unit=Text("个工作日", "working days")),
            Attribute("promised_limit", unit=Text("个工作日", "working days")),
            Attribute("fee", unit=Text("元", "yuan"), zero=Text("不收费", "free of charge")),
            Attribute("result"),
            Attribute("online_depth"),
            Attribute("visits"),
        ),
        related=(Related("services", "counters"),),
        imports=ITEMS,
        card=("department", "theme", "audience", "promised_limit", "fee", "result", "online_depth"),
        list_page=ListPage(
            "services/",
            columns=("name", "department", "theme", "promised_limit"),
            filters=("audience", "theme"),
            navigation=Navigation(Text("办事指南", "Services"), 10),
        ),
    )
)
