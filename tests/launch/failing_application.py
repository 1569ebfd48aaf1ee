"""An application that the first worker alone can load."""

import os
from pathlib import Path

from geoportal.launch.readiness import READY

if any(Path(os.environ[READY]).iterdir()):
    raise RuntimeError("another is ready")

from tests.launch.worker_application import application

__all__ = ["application"]
