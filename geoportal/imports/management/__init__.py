from importers.slim_process import save_memory

save_memory()
