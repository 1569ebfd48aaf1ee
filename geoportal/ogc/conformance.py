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
        "ogcapi-features-3/1.0/conf/filter",
        "ogcapi-features-3/1.0/conf/features-filter",
        "ogcapi-features-5/1.0/conf/schemas",
        "ogcapi-features-5/1.0/conf/core-roles-features",
        *(
            f"cql2/1.0/conf/{part}"
            for part in (
                "cql2-text",
                "cql2-json",
                "basic-cql2",
                "advanced-comparison-operators",
                "case-insensitive-comparison",
                "accent-insensitive-comparison",
                "basic-spatial-functions",
                "basic-spatial-functions-plus",
                "spatial-functions",
                "temporal-functions",
                "property-property",
                "functions",
                "arithmetic",
            )
        ),
    )
]
