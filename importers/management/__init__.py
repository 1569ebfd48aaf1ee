from importers.lean import without_geopandas, without_phrases

without_geopandas()
without_phrases()
