"""What a container image is built with: the set-up of ./start, without a database and without serving."""

import os
from pathlib import Path

from geoportal.launch import data_folder
from geoportal.launch.options import ROOT
from geoportal.launch.progress import Steps
from geoportal.launch.setup import installation


def build() -> None:
    data = Path(os.environ.get("GEOPORTAL_DATA") or ROOT / "var").absolute()
    data_folder.prepare(data)
    installation.prepare(data, Steps(installation.STEPS), own_database=False, tests=False)
