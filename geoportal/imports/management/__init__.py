from importers.slim_process import exclude_pandas

exclude_pandas()
