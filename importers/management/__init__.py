from importers.slim_process import exclude_pandas, import_pypinyin_without_phrases

exclude_pandas()
import_pypinyin_without_phrases()
