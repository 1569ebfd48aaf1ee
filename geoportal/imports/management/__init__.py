from importers.pipeline.slim_process import without_geopandas

without_geopandas()
