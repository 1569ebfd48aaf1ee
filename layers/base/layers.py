from django.db.models import Q

from ..registry.declaration.group import BASE, Group
from ..registry.declaration.layer import Attribute, Blocks, Geometry, Layer, Place, Related
from ..registry.declaration.symbology import ByCategory, Category, Extrusion, Label, Symbology
from ..registry.registration import register
from ..registry.text import Text
from .imports import (
    ADDRESSES,
    BUILDINGS,
    CELLS,
    DIVISIONS,
    LAND_AREAS,
    POINTS,
    ROAD_LINES,
    WATER_AREAS,
)
from .models import (
    Address,
    Building,
    Division,
    DivisionLevel,
    GridCell,
    LandUse,
    PointOfInterest,
    Road,
    Water,
)

LIVING = Group("living", Text("便民生活", "Living"), 50)
UPPER = (DivisionLevel.DISTRICT, DivisionLevel.SUBDISTRICT, DivisionLevel.ZONE)
LOWER = (DivisionLevel.VILLAGE, DivisionLevel.COMMUNITY)

DIVISION_ATTRIBUTES = (
    Attribute("name", in_tiles=True, search=True),
    Attribute("name_en", in_tiles=True, search=True),
    Attribute("code", in_tiles=True, search=True),
    Attribute("level", in_tiles=True),
    Attribute("parent", source="parent__name", label=Text("上级", "Part of")),
    Attribute("households"),
    Attribute("population"),
)

register(
    Layer(
        name="land-use",
        model=LandUse,
        title=Text("用地", "Land use"),
        geometry=Geometry.POLYGON,
        group=BASE,
        title_attribute="name",
        search_rank=130,
        attributes=(Attribute("name", in_tiles=True, search=True), Attribute("kind", in_tiles=True)),
        imports=LAND_AREAS,
        card=("kind",),
        symbology=Symbology(
            ByCategory(
                "kind",
                (
                    Category("residential", "#f1ebe2"),
                    Category("commercial", "#f6e3d6"),
                    Category("industrial", "#e8e4ec"),
                    Category("port", "#dfe1e8"),
                    Category("public", "#f3ecd2"),
                    Category("park", "#cfe5bd"),
                    Category("forest", "#c3dab0"),
                    Category("farmland", "#e9efcf"),
                    Category("beach", "#efe6c8"),
                ),
                default="#efece5",
            ),
        ),
        min_zoom=8,
        base_map=True,
    )
)

register(
    Layer(
        name="water",
        model=Water,
        title=Text("水系", "Water"),
        geometry=Geometry.POLYGON,
        group=BASE,
        title_attribute="name",
        search_rank=120,
        attributes=(
            Attribute("name", in_tiles=True, search=True),
            Attribute("name_en", in_tiles=True, search=True),
            Attribute("kind", in_tiles=True),
        ),
        imports=WATER_AREAS,
        card=("kind",),
        symbology=Symbology(
            "#b5d3e3", label=Label("name", min_zoom=13, color="#3d6d8c", halo="#e4f0f6", size=11)
        ),
        min_zoom=6,
        base_map=True,
    )
)

register(
    Layer(
        name="buildings",
        model=Building,
        title=Text("建筑", "Buildings"),
        summary=Text("建筑轮廓、层数与高度，三维底图", "Footprints with storeys and heights; the 3D city"),
        geometry=Geometry.POLYGON,
        group=BASE,
        title_attribute="name",
        search_rank=110,
        attributes=(
            Attribute("name", in_tiles=True, search=True),
            Attribute("name_en", search=True),
            Attribute("address", search=True),
            Attribute("use", in_tiles=True),
            Attribute("storeys", in_tiles=True),
            Attribute("height", in_tiles=True, unit="m"),
            Attribute("height_source"),
            Attribute("year_built"),
            Attribute("external_id"),
        ),
        imports=BUILDINGS,
        blocks=Blocks("use", mean="height"),
        card=("address", "use", "storeys", "height", "height_source", "year_built"),
        symbology=Symbology(
            ByCategory(
                "use",
                (
                    Category("residential", "#e6d9c8"),
                    Category("commercial", "#ecc9b4"),
                    Category("office", "#cfd6df"),
                    Category("public", "#e3c9a0"),
                    Category("education", "#d9cbe4"),
                    Category("medical", "#eec4c4"),
                    Category("industrial", "#cbc8d2"),
                    Category("warehouse", "#c3c7cc"),
                    Category("rural", "#e2dccb"),
                    Category("religious", "#dcc7a8"),
                ),
                default="#ddd6ca",
            ),
            outline="#b9ad9b",
            width=((15, 0.3), (18, 1.0)),
            label=Label("name", min_zoom=17, size=11),
            extrusion=Extrusion("height", default=6.0),
        ),
        min_zoom=13,
        base_map=True,
        place=Place("contains", order=10),
    )
)

register(
    Layer(
        name="roads",
        model=Road,
        title=Text("道路", "Roads"),
        geometry=Geometry.LINE,
        group=BASE,
        title_attribute="name",
        search_rank=90,
        attributes=(
            Attribute("name", in_tiles=True, search=True),
            Attribute("name_en", in_tiles=True, search=True),
            Attribute("road_class", in_tiles=True),
            Attribute("rank", in_tiles=True),
            Attribute("width", unit="m"),
            Attribute("one_way"),
        ),
        imports=ROAD_LINES,
        card=("road_class", "width"),
        symbology=Symbology(
            ByCategory(
                "road_class",
                (
                    Category("motorway", "#e9a55c"),
                    Category("trunk", "#efb96f"),
                    Category("primary", "#f6d08b"),
                    Category("secondary", "#fae6b4"),
                    Category("path", "#cbbfae"),
                    Category("railway", "#8f8b86"),
                ),
                default="#ffffff",
            ),
            outline="#c9bda9",
            width=((10, 0.8), (13, 1.6), (15, 3.5), (18, 12.0)),
            width_factors=(
                ("motorway", 1.3),
                ("trunk", 1.25),
                ("primary", 1.1),
                ("tertiary", 0.8),
                ("residential", 0.65),
                ("service", 0.45),
                ("path", 0.25),
                ("railway", 0.3),
            ),
            label=Label("name", min_zoom=14, size=11),
        ),
        min_zoom=9,
        rank="rank",
        base_map=True,
    )
)

register(
    Layer(
        name="divisions",
        model=Division,
        title=Text("行政区划", "Divisions"),
        summary=Text("区、街道与功能区", "District, subdistricts and zones"),
        geometry=Geometry.POLYGON,
        group=BASE,
        title_attribute="name",
        search_rank=30,
        attributes=DIVISION_ATTRIBUTES,
        rows=Q(level__in=UPPER),
        related=(Related("divisions", "children"), Related("villages", "children")),
        imports=DIVISIONS,
        card=("code", "level", "parent", "households", "population"),
        symbology=Symbology(
            "#7d5a9c",
            outline="#7d5a9c",
            opacity=0.0,
            width=((9, 1.0), (14, 2.0)),
            dash=(4, 2),
            label=Label(
                "name",
                min_zoom=10,
                size=13,
                color="#5d3f7a",
                by="level",
                max_zooms=((DivisionLevel.DISTRICT, 10), (DivisionLevel.SUBDISTRICT, 15)),
            ),
        ),
        min_zoom=6,
        base_map=True,
        place=Place("contains", order=1),
    )
)

register(
    Layer(
        name="villages",
        model=Division,
        title=Text("村和社区", "Villages and communities"),
        geometry=Geometry.POLYGON,
        group=BASE,
        title_attribute="name",
        search_rank=70,
        attributes=DIVISION_ATTRIBUTES,
        rows=Q(level__in=LOWER),
        imports=DIVISIONS,
        card=("code", "level", "parent", "households", "population"),
        symbology=Symbology(
            "#4f8a8b",
            outline="#4f8a8b",
            opacity=0.04,
            width=((11, 0.6), (15, 1.4)),
            dash=(2, 2),
            label=Label("name", min_zoom=13, size=11, color="#2f6566"),
        ),
        min_zoom=11,
        place=Place("contains", order=2),
    )
)

register(
    Layer(
        name="grid",
        model=GridCell,
        title=Text("单元网格", "Unit grid"),
        summary=Text("数字城管万米单元网格", "Cells of digital urban management"),
        geometry=Geometry.POLYGON,
        group=BASE,
        title_attribute="code",
        search_rank=160,
        attributes=(
            Attribute("code", in_tiles=True, search=True),
            Attribute("division", source="division__name"),
            Attribute("area", unit="m²"),
            Attribute("responsible"),
            Attribute("management_level"),
        ),
        imports=CELLS,
        card=("division", "area", "responsible", "management_level"),
        symbology=Symbology(
            "#5b7db1",
            outline="#5b7db1",
            opacity=0.03,
            width=0.8,
            label=Label("code", min_zoom=18, size=10, color="#41608f"),
        ),
        min_zoom=14,
        place=Place("contains", order=3),
    )
)

register(
    Layer(
        name="addresses",
        model=Address,
        title=Text("地址", "Addresses"),
        geometry=Geometry.POINT,
        group=BASE,
        title_attribute="full",
        search_rank=100,
        attributes=(
            Attribute("full", search=True),
            Attribute("road"),
            Attribute("number", in_tiles=True),
            Attribute("division", source="division__name"),
        ),
        imports=ADDRESSES,
        card=("road", "number", "division"),
        symbology=Symbology(
            "#8a8378", radius=1.5, label=Label("number", min_zoom=18, size=10, color="#6a6359")
        ),
        min_zoom=17,
        place=Place("near", radius=60, limit=1, order=0),
    )
)

register(
    Layer(
        name="pois",
        model=PointOfInterest,
        title=Text("生活兴趣点", "Points of interest"),
        summary=Text("食住行游购娱医学八类便民信息", "Eight themes of daily life"),
        geometry=Geometry.POINT,
        group=LIVING,
        title_attribute="name",
        search_rank=50,
        attributes=(
            Attribute("name", in_tiles=True, search=True),
            Attribute("name_en", in_tiles=True, search=True),
            Attribute("theme", in_tiles=True),
            Attribute("category", in_tiles=True, search=True),
            Attribute("address"),
            Attribute("phone", personal=False),
            Attribute("external_id"),
        ),
        imports=POINTS,
        card=("theme", "category", "address", "phone"),
        symbology=Symbology(
            ByCategory(
                "theme",
                (
                    Category("food", "#c8692c"),
                    Category("housing", "#8a6d3b"),
                    Category("transport", "#3c6ea8"),
                    Category("travel", "#3d8b5f"),
                    Category("shopping", "#b0457f"),
                    Category("leisure", "#7a57a6"),
                    Category("medical", "#c23b3b"),
                    Category("learning", "#2c8795"),
                ),
                default="#6f6f6f",
            ),
            outline="#ffffff",
            radius=((13, 2.0), (17, 4.5)),
            label=Label("name", min_zoom=17, size=11),
        ),
        min_zoom=13,
        place=Place("near", radius=400, limit=4, order=60),
    )
)
