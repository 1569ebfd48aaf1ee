"""What columns of a table are called that say where its rows lie."""

LONLAT = (
    ("lon", "lat"),
    ("longitude", "latitude"),
    ("lng", "lat"),
    ("long", "lat"),
    ("经度", "纬度"),
    ("东经", "北纬"),
    ("wgs84_lon", "wgs84_lat"),
    ("gcj02_lon", "gcj02_lat"),
    ("bd09_lon", "bd09_lat"),
    ("高德经度", "高德纬度"),
    ("百度经度", "百度纬度"),
)
PLANE = (
    ("easting", "northing"),
    ("东坐标", "北坐标"),
    ("横坐标", "纵坐标"),
    ("x", "y"),
    ("x坐标", "y坐标"),
    ("坐标x", "坐标y"),
)
"""Chinese surveying calls the northing vertical (纵) and the easting horizontal (横)."""

SHAPES = ("wkt", "geojson", "the_geom", "geom", "geometry", "shape", "坐标串", "图形")
PAIRS = (
    "坐标",
    "经纬度",
    "位置",
    "coordinates",
    "coordinate",
    "location",
    "latlon",
    "latlng",
    "lonlat",
    "lnglat",
    "lat_lon",
    "lat,lon",
    "lon,lat",
    "gps",
    "geolocation",
    "point",
)
"""Columns that may hold both numbers of a position."""

ADDRESSES = (
    "address",
    "地址",
    "标准地址",
    "详细地址",
    "经营地址",
    "住所",
    "addr",
    "addr:full",
    "incident address",
)


def name_pairs(headings: set[str]) -> bool:
    """Whether two of them, in small letters, are those of coordinates."""
    return any(set(pair) <= headings for pair in (*LONLAT, *PLANE))


def name_positions(headings: set[str]) -> bool:
    """As :func:`name_pairs`, or whether one is that of a position."""
    return name_pairs(headings) or not headings.isdisjoint((*SHAPES, *PAIRS, *ADDRESSES))
