#!/usr/bin/env python3
"""Administrative commands; finds the data folder in GEOPORTAL_DATA, else var/ beside this file."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "geoportal.settings")
    from django.core.management import execute_from_command_line

    from importers.slim_process import save_memory

    save_memory()
    execute_from_command_line(sys.argv)
