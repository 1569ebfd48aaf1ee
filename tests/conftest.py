"""Fixtures that every test may use."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import TransactionTestCase
from django.utils import translation
from hypothesis import settings as hypothesis_settings

from tests import database, sharing
from tests.district import SmallDistrict, make_district, read_district

ROOT = Path(__file__).resolve().parent.parent

# How long one try takes says how busy the machine is, and nothing of what is tried.
hypothesis_settings.register_profile("portal", deadline=None)
hypothesis_settings.load_profile("portal")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: sharing.turn(item.path))


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: rubbish is sought among what the tests make only."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> "sharing.Sharing | None":
    return sharing.Sharing(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Tests that commit give back the rows as they found them."""
    with django_db_blocker.unblock():
        database.make_web_role()
        call_command("publish_layers", verbosity=0)
        database.remember_empty()
        make_district()
        database.remember_district()
        database.put_for_everybody(database.EMPTY)
    TransactionTestCase._fixture_teardown = lambda self: database.leave()  # type: ignore[attr-defined]


@pytest.fixture
def district(db: None) -> SmallDistrict:
    database.put(database.DISTRICT)
    return read_district()


@pytest.fixture
def committed_district(transactional_db: None) -> SmallDistrict:
    """For tests whose tiles are drawn by another process, which sees only what is committed."""
    database.put_for_everybody(database.DISTRICT)
    return read_district()


@pytest.fixture(autouse=True)
def own_data_folder(settings: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Each test has its own caches; fonts are those of the set-up."""
    settings.PASSWORD_HASHERS = ["tests.people.QuickHasher"]  # type: ignore[attr-defined]
    folder = tmp_path_factory.mktemp("data")
    fonts = Path(settings.DATA) / "fonts"  # type: ignore[attr-defined]
    if fonts.exists():
        (folder / "fonts").symlink_to(fonts)
    settings.DATA = folder  # type: ignore[attr-defined]
    from tiles.raster.app import reset

    reset()
    yield folder
    reset()


@pytest.fixture(autouse=True)
def portal_language(settings: Any) -> Iterator[None]:
    """Each test begins in the portal's language, whatever the last request of another asked for."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture
def real_data() -> Path:
    """Real files beside the project; they are not part of it."""
    folder = Path(os.environ.get("GEOPORTAL_TEST_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"the real files are not at {folder}; set GEOPORTAL_TEST_DATA")
    return folder
