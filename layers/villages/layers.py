from ..registry.audience import Audience
from ..registry.declaration.group import Group
from ..registry.declaration.layer import Attribute, Geometry, Layer, Place
from ..registry.declaration.symbology import ByCategory, Category, Label, Symbology
from ..registry.registration import register
from ..registry.text import Text
from .imports import SITES
from .models import VillageSite

VILLAGES = Group("villages", Text("村村通网络", "Village network"), 40)

register(
    Layer(
        name="village-sites",
        model=VillageSite,
        title=Text("村级网络站点", "Village network sites"),
        summary=Text("村村通网络与远程教育站点", "Network sites and distance-education stations"),
        geometry=Geometry.POINT,
        group=VILLAGES,
        title_attribute="name",
        search_rank=80,
        attributes=(
            Attribute("name", in_tiles=True, search=True),
            Attribute("name_en", search=True),
            Attribute("code", search=True),
            Attribute("kind", in_tiles=True),
            Attribute("status", in_tiles=True),
            Attribute("village", source="village__name"),
            Attribute("address"),
            Attribute("hours"),
            Attribute("opened"),
            Attribute("area", unit="m²"),
            Attribute("seats"),
            Attribute("computers"),
            Attribute("bandwidth", unit="Mbit/s"),
            Attribute("medium"),
            Attribute("operator"),
            Attribute("is_demonstration"),
            Attribute("last_inspection"),
            Attribute("manager", audience=Audience.DEPARTMENT, personal=True),
            Attribute("telephone", audience=Audience.DEPARTMENT, personal=True),
            Attribute("last_heartbeat", audience=Audience.DEPARTMENT),
        ),
        imports=SITES,
        card=(
            "kind",
            "status",
            "village",
            "address",
            "hours",
            "computers",
            "bandwidth",
            "is_demonstration",
            "manager",
            "telephone",
            "last_heartbeat",
        ),
        symbology=Symbology(
            ByCategory(
                "status",
                (
                    Category("online", "#2e8b57"),
                    Category("degraded", "#d39b22"),
                    Category("offline", "#c0392b"),
                    Category("building", "#4a78b5"),
                    Category("planned", "#8aa4c8"),
                ),
                default="#8b8b8b",
            ),
            outline="#ffffff",
            radius=((10, 2.5), (16, 6.0)),
            label=Label("name", min_zoom=15, size=11),
        ),
        min_zoom=9,
        place=Place("near", radius=3000, limit=2, order=70),
    )
)
