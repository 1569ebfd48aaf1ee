#!/usr/bin/env python3
"""Administrative commands; finds the data folder in GEOPORTAL_DATA, else var/ beside this file."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "geoportal.settings")
    from geoportal.command_line import execute
    from importers.slim_process import save_memory

    save_memory()
    execute(sys.argv)
