"""What a container image is built with: the set-up of ./start, without a database and without serving."""

import os
from pathlib import Path

from geoportal.launch import folder, setup
from geoportal.launch.options import ROOT
from geoportal.launch.steps import Steps


def build() -> None:
    data = Path(os.environ.get("GEOPORTAL_DATA") or ROOT / "var").absolute()
    folder.prepare(data)
    setup.prepare(data, Steps(setup.STEPS), own_database=False, tests=False)
