"""The README names every command, setting and option, and names none that is not there."""

import re

import pytest
from django.core.management import get_commands

from geoportal.environment import SETTINGS
from layers.registry.registration import all_layers
from tests.conftest import ROOT

pytestmark = pytest.mark.django_db  # layers made of datasets are known to the database

README = (ROOT / "README.md").read_text()
OURS = ("tiles", "importers", "geoportal.demo", "layers")


def test_every_command_of_ours_is_in_the_readme() -> None:
    for name, app in get_commands().items():
        if str(app).startswith(OURS):
            assert f"`{name}" in README, name


def test_every_setting_is_in_the_readme() -> None:
    for setting in SETTINGS:
        assert f"`{setting.name}`" in README, setting.name


def test_the_readme_names_no_command_that_is_missing() -> None:
    known = set(get_commands())
    for name in re.findall(r"manage\.py ([a-z_]+)", README):
        assert name in known, name


def test_every_layer_is_in_the_readme() -> None:
    for layer in all_layers():
        assert f"`{layer.name}`" in README, layer.name
