"""Processes of commands do without pandas and Arrow's own allocator, and everything that they may come to load as well."""

import os
import subprocess
import sys

from tests.conftest import ROOT

SCRIPT = """
import sys
import importers.history.report_files
import importers.sources.files
import pyarrow
from django.urls import reverse
print(reverse("import", args=[1]), pyarrow.default_memory_pool().backend_name, *sorted({"pandas", "geopandas"} & sys.modules.keys()))
"""


def test_pages_are_found_in_a_process_that_saves_memory() -> None:
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "geoportal.settings"}
    ended = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", SCRIPT],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (ended.stdout, ended.returncode) == ("/imports/1/ system\n", 0), ended.stderr
