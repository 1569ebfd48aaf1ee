from geoportal.settings import *  # noqa: F403
from geoportal.settings import INSTALLED_APPS

INSTALLED_APPS = ["tests.benches", *INSTALLED_APPS]
