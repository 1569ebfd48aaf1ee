"""The README in both languages names every command, setting, door and layer, and names none that is not there."""

import re

import pytest
from django.core.management import get_commands

from geoportal.environment import SETTINGS
from layers.registry.registration import all_layers, list_pages
from tests.conftest import ROOT

pytestmark = pytest.mark.django_db  # layers made of datasets are known to the database

ENGLISH, CHINESE = "README.md", "README.zh-Hans.md"
OURS = ("tiles", "importers", "geoportal.backup", "geoportal.demo", "layers")


@pytest.fixture(params=[ENGLISH, CHINESE])
def readme(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return (ROOT / name).read_text()


def test_every_command_of_ours_is_in_the_readme(readme: str) -> None:
    for name, app in get_commands().items():
        if str(app).startswith(OURS):
            assert f"`{name}" in readme, name


def test_every_setting_is_in_the_readme(readme: str) -> None:
    for setting in SETTINGS:
        assert f"`{setting.name}`" in readme, setting.name


def test_the_readme_names_no_command_that_is_missing(readme: str) -> None:
    known = set(get_commands())
    for name in re.findall(r"manage\.py ([a-z_]+)", readme):
        assert name in known, name


def test_the_readme_lists_the_layers_that_there_are(readme: str) -> None:
    [listed] = re.findall(r"^(?:Layers: |图层：)(.*?)\n\n", readme, re.DOTALL | re.MULTILINE)
    assert sorted(re.findall(r"`([a-z-]+)`", listed)) == sorted(layer.name for layer in all_layers())


def test_every_list_page_is_among_the_doors(readme: str) -> None:
    for _layer, page in list_pages():
        assert f"`/{page.path}`" in readme, page.path


def test_both_languages_have_the_same_doors_commands_options_and_settings() -> None:
    """What stands in code in the tables, apart from examples of values."""

    def told(name: str) -> list[set[str]]:
        rows = [line for line in (ROOT / name).read_text().splitlines() if line.startswith("| ")]
        return [words for row in rows if (words := set(re.findall(r"`([^`]+)`", row)))]

    assert told(CHINESE) == told(ENGLISH)
