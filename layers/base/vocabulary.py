"""The words by which OpenStreetMap, files made from it and Chinese departments name what our code lists name.

Source of the English words: the tags that the OpenStreetMap wiki documents for each key.
"""

ROADS = {
    "motorway": "motorway",
    "trunk": "trunk",
    "primary": "primary",
    "secondary": "secondary",
    "tertiary": "tertiary",
    **dict.fromkeys(("residential", "unclassified", "living_street", "road"), "residential"),
    "service": "service",
    **dict.fromkeys(
        ("footway", "path", "pedestrian", "steps", "cycleway", "track", "bridleway", "corridor"), "path"
    ),
    **dict.fromkeys(("rail", "light_rail", "subway", "tram", "funicular", "monorail"), "railway"),
}
ROAD_RANKS = {
    "motorway": 1,
    "trunk": 2,
    "primary": 3,
    "secondary": 4,
    "railway": 4,
    "tertiary": 5,
    "residential": 6,
    "service": 7,
    "path": 8,
}
"""Which roads are drawn first as one zooms in."""

ONE_WAYS = {
    **dict.fromkeys(("yes", "true", "1", "f"), "forward"),
    **dict.fromkeys(("-1", "reverse", "t"), "backward"),
    **dict.fromkeys(("no", "false", "0", "b", "reversible", "alternating"), ""),
}
"""Letters are those of shapefiles made from OpenStreetMap; a street whose direction changes is open both ways."""

WATERS = {
    "river": "river",
    "riverbank": "river",
    "canal": "river",
    "stream": "river",
    "lake": "lake",
    "lagoon": "lake",
    "reservoir": "reservoir",
    "pond": "pond",
    "basin": "pond",
    "sea": "sea",
    "ocean": "sea",
    "bay": "sea",
    **dict.fromkeys(("water", "swimming_pool", "dock", "moat", "wastewater"), "other"),
}
LAND = {
    "residential": "residential",
    **dict.fromkeys(("commercial", "retail"), "commercial"),
    **dict.fromkeys(("industrial", "railway", "quarry", "landfill"), "industrial"),
    **dict.fromkeys(("port", "harbour", "pier"), "port"),
    **dict.fromkeys(
        ("education", "religious", "institutional", "school", "hospital", "library", "place_of_worship"),
        "public",
    ),
    **dict.fromkeys(
        ("park", "garden", "grass", "recreation_ground", "village_green", "pitch", "playground", "cemetery"),
        "park",
    ),
    **dict.fromkeys(("forest", "wood", "natural_wood", "scrub"), "forest"),
    **dict.fromkeys(("farmland", "meadow", "orchard", "vineyard", "allotments"), "farmland"),
    **dict.fromkeys(("beach", "sand", "mud"), "beach"),
    **dict.fromkeys(("construction", "brownfield", "greenfield", "parking", "pedestrian", "fuel"), "other"),
}
USES = {
    **dict.fromkeys(
        ("residential", "apartments", "house", "detached", "terrace", "semidetached_house", "dormitory"),
        "residential",
    ),
    **dict.fromkeys(
        ("commercial", "retail", "hotel", "supermarket", "mall", "shop", "bank", "restaurant", "cafe"),
        "commercial",
    ),
    "office": "office",
    **dict.fromkeys(
        ("government", "public", "civic", "train_station", "transportation", "townhall", "police", "embassy"),
        "public",
    ),
    **dict.fromkeys(("school", "university", "college", "kindergarten", "library"), "education"),
    **dict.fromkeys(("hospital", "clinic"), "medical"),
    "industrial": "industrial",
    "warehouse": "warehouse",
    **dict.fromkeys(("farm", "farm_auxiliary", "barn"), "rural"),
    **dict.fromkeys(
        ("church", "cathedral", "chapel", "mosque", "temple", "synagogue", "place_of_worship"), "religious"
    ),
}
PLACES = {
    "food": "restaurant cafe fast_food bar pub food_court ice_cream biergarten",
    "housing": "hotel hostel guest_house apartment motel camp_site chalet dormitory",
    "transport": (
        "bus_station bus_stop parking parking_space parking_entrance fuel taxi ferry_terminal bicycle_parking bicycle "
        "bicycle_rental car_rental car_sharing charging_station station halt tram_stop subway_entrance platform "
        "motorcycle_parking aerodrome helipad"
    ),
    "travel": (
        "attraction museum gallery artwork viewpoint zoo aquarium theme_park monument memorial castle ruins "
        "picnic_site park garden nature_reserve protected_area place_of_worship"
    ),
    "shopping": (
        "marketplace shop mall supermarket convenience department_store clothes shoes jewelry electronics computer "
        "mobile_phone books gift bakery butcher greengrocer kiosk hairdresser beauty florist furniture hardware "
        "cbd commercial retail company bank atm"
    ),
    "leisure": (
        "cinema theatre nightclub casino arts_centre community_centre sports_centre fitness_centre fitness "
        "stadium swimming_pool marina pitch playground sports_hall"
    ),
    "medical": "hospital clinic doctors dentist pharmacy veterinary nursing_home",
    "learning": "school kindergarten college university library language_school music_school driving_school",
}
"""Living theme to the kinds of places that belong to it; trade and banking are shopping."""

THEMES = {kind: theme for theme, kinds in PLACES.items() for kind in kinds.split()}
THEME_PARTS = {
    "food": ("餐", "饭", "咖啡", "小吃", "茶", "restaurant", "café"),
    "medical": ("医", "药", "卫生", "诊所", "hospital", "clinic"),
    "learning": ("学", "教育", "幼儿", "图书", "school", "universit"),
    "transport": ("车站", "站点", "停车", "加油", "码头", "公交", "地铁", "parking"),
    "travel": ("公园", "景", "博物", "旅游", "museum"),
    "leisure": ("影", "健身", "体育", "娱乐", "ktv", "sport", "cinema"),
    "housing": ("宾馆", "酒店", "住宿", "民宿", "小区", "楼盘", "hotel"),
    "shopping": ("商", "店", "超市", "市场", "购物", "银行", "shop", "market", "store"),
}
"""Parts of words for categories in free text; the first theme with a part in it is taken."""


def theme_of(category: str) -> str:
    """The living theme of a category, empty where it belongs to none."""
    word = category.strip().lower()
    if word in THEMES:
        return THEMES[word]
    return next((t for t, parts in THEME_PARTS.items() if any(part in word for part in parts)), "")
