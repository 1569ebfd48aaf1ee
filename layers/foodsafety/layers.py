from ..registry.audience import Audience
from ..registry.declaration.group import Group
from ..registry.declaration.layer import Attribute, Geometry, Layer, Place, Related
from ..registry.declaration.list_page import ListPage, Navigation
from ..registry.declaration.symbology import ByCategory, Category, Label, Symbology
from ..registry.registration import register
from ..registry.text import Text
from .imports import INSPECTIONS, PREMISES
from .models import Inspection, Premises

FOOD = Group("food", Text("食品安全", "Food safety"), 30)

register(
    Layer(
        name="food-premises",
        model=Premises,
        title=Text("食品经营主体", "Food premises"),
        summary=Text("食品生产、销售与餐饮单位及其量化等级", "Food businesses and their grades"),
        geometry=Geometry.POINT,
        group=FOOD,
        title_attribute="name",
        search_rank=60,
        attributes=(
            Attribute("name", in_tiles=True, search=True),
            Attribute("name_en", in_tiles=True, search=True),
            Attribute("establishment_id", search=True),
            Attribute("sector", in_tiles=True),
            Attribute("grade", in_tiles=True),
            Attribute("address", search=True),
            Attribute("division", source="division__name"),
            Attribute(
                "division_en", source="division__name_en", label=Text("区划英文名称", "Division in English")
            ),
            Attribute("credit_code"),
            Attribute("licence_number"),
            Attribute("licence_until"),
            Attribute("last_inspection"),
            Attribute("risk_grade", audience=Audience.DEPARTMENT),
            Attribute("risk_score", audience=Audience.DEPARTMENT),
            Attribute("legal_person", audience=Audience.DEPARTMENT, personal=True),
            Attribute("phone", audience=Audience.DEPARTMENT, personal=True),
        ),
        related=(Related("food-inspections", "inspections"),),
        card=(
            "grade",
            "sector",
            "address",
            "licence_number",
            "licence_until",
            "last_inspection",
            "risk_grade",
        ),
        symbology=Symbology(
            ByCategory(
                "grade",
                (
                    Category("A", "#2e8b57"),
                    Category("B", "#d39b22"),
                    Category("C", "#c0392b"),
                    Category("pending", "#5c86c4"),
                ),
                default="#8b8b8b",
            ),
            outline="#ffffff",
            radius=((12, 2.0), (17, 5.0)),
            label=Label("name", min_zoom=17, size=11),
        ),
        min_zoom=11,
        place=Place("near", radius=300, limit=5, order=40),
        imports=PREMISES,
        list_page=ListPage(
            "food/",
            columns=("name", "sector", "grade", "address", "last_inspection"),
            filters=("sector", "grade"),
            note=Text("检查结果仅说明该次检查的情况。", "A result says only what was found on that visit."),
            navigation=Navigation(FOOD.title, 20),
        ),
    )
)

register(
    Layer(
        name="food-inspections",
        model=Inspection,
        title=Text("食品安全检查", "Food inspections"),
        summary=Text("已公示的监督检查结果", "Published results of inspections"),
        geometry=Geometry.POINT,
        group=FOOD,
        title_attribute="premises",
        search_rank=150,
        time="date",
        place_path="premises",
        row_audience="visibility",
        department="department__code",
        attributes=(
            Attribute("premises", source="premises__name", label=Text("经营主体", "Premises"), in_tiles=True),
            Attribute("premises_id", source="premises__id", label=Text("主体", "Premises id"), in_tiles=True),
            Attribute("number", search=True),
            Attribute("date", in_tiles=True),
            Attribute("kind", in_tiles=True),
            Attribute("score"),
            Attribute("result", in_tiles=True),
            Attribute("key_items_failed"),
            Attribute("general_items_failed"),
            Attribute("published"),
            Attribute("department", source="department__name"),
            Attribute(
                "department_en",
                source="department__name_en",
                label=Text("部门英文名称", "Department in English"),
            ),
            Attribute("findings"),
            Attribute("rectified"),
            Attribute("inspectors", audience=Audience.DEPARTMENT),
        ),
        related=(Related("food-premises", "premises"),),
        card=("date", "kind", "result", "score", "key_items_failed", "general_items_failed", "findings"),
        symbology=Symbology(
            ByCategory(
                "result",
                (
                    Category("conform", "#2e8b57"),
                    Category("basically", "#d39b22"),
                    Category("not", "#c0392b"),
                ),
                default="#8b8b8b",
            ),
            outline="#333333",
            radius=((12, 1.5), (17, 4.0)),
        ),
        min_zoom=12,
        imports=INSPECTIONS,
        place=Place("near", radius=300, limit=5, order=45),
    )
)
