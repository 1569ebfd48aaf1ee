from importers.slim_process import import_pypinyin_without_phrases, save_memory

save_memory()
import_pypinyin_without_phrases()
