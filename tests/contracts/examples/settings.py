"""The portal's settings with what the documents add, and the packages that hold their new modules."""

import os
from pathlib import Path

import geoportal
import importers.sources
import layers
from geoportal.settings import *  # noqa: F403
from geoportal.settings import INSTALLED_APPS

FOLDER = Path(os.environ["GEOPORTAL_EXAMPLES"])
layers.__path__.append(str(FOLDER / "layers"))
geoportal.__path__.append(str(FOLDER / "geoportal"))
importers.sources.__path__.append(str(FOLDER / "importers" / "sources"))
INSTALLED_APPS = [*INSTALLED_APPS]
exec((FOLDER / "added" / "geoportal.settings").read_text())  # noqa: S102  our own document
