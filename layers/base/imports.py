"""Mappings of delivered files to base geography."""

from typing import Any

from ..registry.mapping import Column, ImportMapping

METRES_PER_STOREY = 3.0


def number(value: Any) -> float | None:
    """A length in metres: ``12``, ``12.5 m``, ``40'`` and ``40 ft`` in feet."""
    text = str(value).strip().lower().replace(",", ".")
    factor = 1.0
    for unit, metres in (("feet", 0.3048), ("ft", 0.3048), ("'", 0.3048), ("metres", 1.0), ("m", 1.0)):
        if text.endswith(unit):
            text, factor = text.removesuffix(unit).strip(), metres
            break
    try:
        found = float(text) * factor
    except ValueError:
        raise ValueError(f"“{value}” is no length") from None
    if not -500 <= found <= 3000:
        raise ValueError(f"{found:g} m is no height on earth")
    return found


def whole(value: Any) -> int:
    try:
        return int(float(str(value)))
    except ValueError:
        raise ValueError(f"“{value}” is no whole number") from None


def complete_building(row: dict[str, Any]) -> dict[str, Any]:
    """Height from storeys where none was delivered, and where it comes from."""
    if row.get("height") is not None:
        return {**row, "height_source": row.get("height_source") or "实测 / measured"}
    if row.get("storeys"):
        height = row["storeys"] * METRES_PER_STOREY
        return {**row, "height": height, "height_source": f"层数×{METRES_PER_STOREY:g} m / storeys"}
    return row


THEMES = {
    "food": ("餐", "饭", "咖啡", "restaurant", "cafe", "food"),
    "medical": ("医", "药", "卫生", "hospital", "clinic", "pharmacy", "doctor"),
    "learning": ("学", "教育", "幼儿", "图书", "school", "college", "universit", "kindergarten", "library"),
    "transport": ("站", "停车", "加油", "station", "parking", "fuel", "bus"),
    "travel": ("公园", "景", "博物", "museum", "park", "attraction"),
    "leisure": ("影", "健身", "体育", "cinema", "sport", "theatre"),
    "housing": ("宾馆", "酒店", "住", "hotel", "hostel"),
}


def complete_point(row: dict[str, Any]) -> dict[str, Any]:
    """The living theme by the words of the category where the file names none; trade is what is left."""
    if row.get("theme"):
        return row
    category = str(row.get("category", "")).lower()
    theme = next(
        (theme for theme, words in THEMES.items() if any(word in category for word in words)), "shopping"
    )
    return {**row, "theme": theme}


NAME = Column("name", ("name", "name:zh", "NAME_ZH", "名称"))
NAME_EN = Column("name_en", ("name_en", "name:en", "英文名称"))
ADDRESS = Column("address", ("address", "地址", "addr:full", "addr"))

BUILDINGS = ImportMapping(
    columns=(
        NAME,
        NAME_EN,
        ADDRESS,
        Column("use", ("use", "用途")),
        Column(
            "storeys", ("storeys", "levels", "building:levels", "building_levels", "层数", "floors"), whole
        ),
        Column("height", ("height", "height_m", "measured_height", "measuredheight", "高度"), number),
        Column("year_built", ("year_built", "year", "建成年份"), whole),
        Column(
            "external_id",
            ("external_id", "osm_id", "gml_id", "bldg_id", "buildingid", "building_id", "uid", "id", "编号"),
        ),
    ),
    defaults={"use": "other"},
    derive=complete_building,
)
POINTS = ImportMapping(
    columns=(
        NAME,
        NAME_EN,
        ADDRESS,
        Column("theme", ("theme", "主题")),
        Column("category", ("category", "类别", "类型", "kind", "fclass", "amenity", "type")),
        Column("phone", ("phone", "电话")),
        Column("external_id", ("external_id", "osm_id", "id", "编号")),
    ),
    derive=complete_point,
)
