"""The demo district, built once for all tests here."""

import pytest

from geoportal.demo.district import District, build


@pytest.fixture(scope="package")
def made() -> District:
    return build()
