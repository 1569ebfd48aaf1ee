"""What imports say is looked at in English."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils.translation import override

from tests.imports.datasets import take_back_datasets


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with override("en"):
        yield


@pytest.fixture
def found(real_data: Path, db: None) -> Iterator[Path]:
    """Small files that importing got wrong once; layers made of them end with the test."""
    yield real_data.parent / "found" / "import"
    take_back_datasets()


@pytest.fixture
def folder(tmp_path: Path, db: None) -> Iterator[Path]:
    """For files that become layers, which end with the test."""
    yield tmp_path
    take_back_datasets()
