"""The README names every command, setting and option, and names none that is not there."""

import re

import pytest
from django.core.management import get_commands

from geoportal.environment import SETTINGS
from layers.registry.registration import all_layers, list_pages
from tests.conftest import ROOT

pytestmark = pytest.mark.django_db  # layers made of datasets are known to the database

README = (ROOT / "README.md").read_text()
OURS = ("tiles", "importers", "geoportal.backup", "geoportal.demo", "layers")


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


def test_the_readme_lists_the_layers_that_there_are() -> None:
    [listed] = re.findall(r"^Layers: (.*?)\n\n", README, re.DOTALL | re.MULTILINE)
    assert sorted(re.findall(r"`([a-z-]+)`", listed)) == sorted(layer.name for layer in all_layers())


def test_every_list_page_is_among_the_doors() -> None:
    for _layer, page in list_pages():
        assert f"`/{page.path}`" in README, page.path
