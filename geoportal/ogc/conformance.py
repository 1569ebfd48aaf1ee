"""The classes of OGC's standards that the door conforms to."""

SPEC = "http://www.opengis.net/spec"
CLASSES = [
    f"{SPEC}/{name}"
    for name in (
        "ogcapi-common-1/1.0/conf/core",
        "ogcapi-common-2/1.0/conf/collections",
        "ogcapi-features-1/1.0/conf/core",
        "ogcapi-features-1/1.0/conf/oas30",
        "ogcapi-features-1/1.0/conf/html",
        "ogcapi-features-1/1.0/conf/geojson",
        "ogcapi-features-2/1.0/conf/crs",
        "ogcapi-features-3/1.0/conf/queryables",
        "ogcapi-features-3/1.0/conf/queryables-query-parameters",
        "ogcapi-features-5/1.0/conf/schemas",
        "ogcapi-features-5/1.0/conf/core-roles-features",
    )
]
