from importers.pipeline.slim_process import without_geopandas, without_phrases

without_geopandas()
without_phrases()
