from importers.lean import without_geopandas

without_geopandas()
