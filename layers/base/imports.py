"""Mappings of delivered files to base geography."""

from typing import Any

from layers.sentences.sentence import gettext as _

from ..registry.declaration.mapping import Column, ImportMapping
from ..registry.declaration.values import division_code, length, one_of, plain, words_of
from ..registry.text import Text
from .models import BuildingUse, DivisionLevel, LandUseKind, OneWay, RoadClass, Theme, WaterKind
from .rules import division_code_errors
from .vocabulary import LAND, ONE_WAYS, ROAD_RANKS, ROADS, USES, WATERS, theme_of

METRES_PER_STOREY = 3.0
TALLEST = 1000.0
MEASURED = "实测 / measured"
FROM_STOREYS = f"层数×{METRES_PER_STOREY:g} m / storeys"


def height(value: Any) -> float | None:
    """Metres above ground; zero and less mean that nobody measured."""
    found = length(value)
    if found > TALLEST:
        raise ValueError(_("{found:g} m is taller than any building").format(found=found))
    return found if found > 0 else None


def complete_building(row: dict[str, Any]) -> dict[str, Any]:
    """Height from storeys where none was delivered, and where it comes from."""
    row = _addressed(row)
    row.setdefault("use", USES.get(str(row.pop("detail", "")).lower(), BuildingUse.OTHER))
    if row.get("height") is not None:
        return {**row, "height_source": row.get("height_source") or MEASURED}
    if row.get("storeys"):
        return {**row, "height": row["storeys"] * METRES_PER_STOREY, "height_source": FROM_STOREYS}
    return row


def complete_road(row: dict[str, Any]) -> dict[str, Any]:
    row.setdefault("rank", ROAD_RANKS[row["road_class"]])
    return row


def complete_point(row: dict[str, Any]) -> dict[str, Any]:
    """The living theme by the category where the file names none."""
    row = _addressed(row)
    category = str(row.get("category", ""))
    theme = row.get("theme") or theme_of(category)
    if not theme:
        raise ValueError(_("“{category}” belongs to none of the eight themes").format(category=category))
    return {**row, "theme": theme}


def complete_address(row: dict[str, Any]) -> dict[str, Any]:
    full = row.get("full") or joined(str(row.get("road", "")), str(row.get("number", "")))
    if not full:
        raise ValueError(_("the address is empty"))
    return {**row, "full": full}


def complete_division(row: dict[str, Any]) -> dict[str, Any]:
    """Refuses codes that do not fit their level; the parent is looked up by its own."""
    wrong = [said for said in division_code_errors(row["code"], row["level"], "") if "parent" not in said]
    if wrong:
        raise ValueError(_("; ").join(wrong))
    return row


def joined(street: str, number: str) -> str:
    """Street and door number as one writes them: Chinese without a space between."""
    space = "" if any("\u4e00" <= letter <= "\u9fff" for letter in street) else " "
    return f"{street}{space}{number}".strip()


def _addressed(row: dict[str, Any]) -> dict[str, Any]:
    address = joined(row.pop("street", ""), row.pop("door", ""))
    if address and not row.get("address"):
        row["address"] = address
    return row


def words(choices: Any, synonyms: dict[str, str]) -> Any:
    """A converter to a code list by its codes, its labels in both languages, and other words."""
    return one_of({**synonyms, **words_of(choices.choices)})


NAME = Column("name", ("name:zh", "name_zh", "名称", "name"), first_filled=True)
NAME_EN = Column("name_en", ("name_en", "name:en", "int_name", "英文名称"))
ADDRESS = Column("address", ("address", "地址", "addr:full", "addr"))
STREET = Column("street", ("addr_street", "addr:street", "街路"), title=Text("街路", "Street"))
DOOR = Column(
    "door", ("addr_housenumber", "addr:housenumber", "门牌号"), plain, title=Text("门牌号", "Door number")
)
IDENTIFIER = Column(
    "external_id",
    ("external_id", "osm_id", "gml_id", "bldg_id", "buildingid", "building_id", "uid", "id", "编号"),
)

BUILDINGS = ImportMapping(
    columns=(
        NAME,
        NAME_EN,
        ADDRESS,
        STREET,
        DOOR,
        IDENTIFIER,
        Column("use", ("use", "用途"), words(BuildingUse, USES)),
        Column("detail", ("kind_detail", "building"), plain, title=Text("细分类型", "Kind in other words")),
        Column("storeys", ("storeys", "levels", "building:levels", "building_levels", "层数", "floors")),
        Column("height", ("height", "height_m", "measured_height", "measuredheight", "高度"), height),
        Column("height_source", ("height_source", "高度来源")),
        Column("year_built", ("year_built", "year", "建成年份")),
    ),
    identifier="external_id",
    derive=complete_building,
    derived_from=("address", "street", "door", "use", "detail", "storeys", "height", "height_source"),
)
POINTS = ImportMapping(
    columns=(
        NAME,
        NAME_EN,
        ADDRESS,
        STREET,
        DOOR,
        IDENTIFIER,
        Column("theme", ("theme", "主题"), words(Theme, {})),
        Column("category", ("category", "类别", "类型", "kind", "fclass", "amenity", "type")),
        Column("phone", ("phone", "电话", "联系电话")),
    ),
    key=("source", "geom", "name"),
    identifier="external_id",
    derive=complete_point,
    derived_from=("address", "street", "door", "theme", "category"),
)
ROAD_LINES = ImportMapping(
    columns=(
        NAME,
        NAME_EN,
        Column(
            "road_class",
            ("road_class", "道路等级", "highway", "fclass", "kind_detail", "class", "kind"),
            words(RoadClass, {**ROADS, **{f"{k}_link": v for k, v in ROADS.items()}}),
            required=True,
            first_filled=True,
        ),
        Column("rank", ("rank",)),
        Column("width", ("width", "宽度"), length),
        Column("one_way", ("one_way", "oneway", "通行方向"), words(OneWay, ONE_WAYS)),
    ),
    derive=complete_road,
    derived_from=("road_class", "rank"),
)
WATER_AREAS = ImportMapping(
    columns=(
        NAME,
        NAME_EN,
        Column("kind", ("kind", "类型", "water", "fclass", "natural"), words(WaterKind, WATERS)),
    ),
    defaults={"kind": WaterKind.OTHER},
)
LAND_AREAS = ImportMapping(
    columns=(
        NAME,
        Column(
            "kind",
            ("kind", "用地类型", "地类名称", "landuse", "fclass"),
            words(LandUseKind, LAND),
            required=True,
        ),
    ),
)
ADDRESSES = ImportMapping(
    columns=(
        Column("full", ("full", "address", "addr:full", "地址", "标准地址")),
        Column("road", ("road", "street", "addr:street", "addr_street", "道路", "街路巷")),
        Column("number", ("number", "addr:housenumber", "addr_housenumber", "门牌号", "门牌")),
        Column("division", ("division", "区划代码", "社区代码"), division_code, match="code"),
    ),
    key=("source", "geom", "full"),
    derive=complete_address,
    derived_from=("full", "road", "number"),
)
DIVISIONS = ImportMapping(
    columns=(
        Column("code", ("code", "区划代码", "adcode", "代码"), division_code, required=True),
        Column("name", ("name", "名称"), required=True),
        NAME_EN,
        Column("level", ("level", "级别"), words(DivisionLevel, {}), required=True),
        Column("parent", ("parent", "上级代码", "上级"), division_code, match="code"),
        Column("households", ("households", "户数")),
        Column("population", ("population", "人口")),
    ),
    key=("code",),
    derive=complete_division,
    derived_from=("code", "level"),
)
CELLS = ImportMapping(
    columns=(
        Column("code", ("code", "网格编码", "编码"), required=True),
        Column("division", ("division", "区划代码", "社区代码"), division_code, match="code"),
        Column("area", ("area", "面积")),
        Column("responsible", ("responsible", "责任主体")),
        Column("management_level", ("management_level", "管理等级")),
        Column("valid_from", ("valid_from", "启用日期")),
    ),
    key=("code",),
)
