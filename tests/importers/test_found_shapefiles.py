"""Parts of a shapefile that do not belong together are refused with what does not fit; readers' faults are told."""

from pathlib import Path

import pytest

from importers.errors import ImporterError
from tests.importers.publishing import published


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("dbf-cut", r"\.dbf is cut off"),
        ("dbf-cut-no-cpg", r"\.dbf is cut off"),
        ("dbf-fewer", "40 shapes, 40 entries in the .shx, 25 rows"),
        ("shx-short", "40 shapes, 20 entries in the .shx, 40 rows"),
        ("two-fields-one-name", "two columns of the same name"),
    ],
)
def test_parts_that_do_not_fit_are_refused(name: str, sentence: str, found: Path) -> None:
    with pytest.raises(ImporterError, match=sentence):
        published(found / f"shp-{name}.zip")


@pytest.mark.parametrize("name", ["mif-mid-cut.zip", "shp-dates-no-cpg.zip"])
def test_whatever_a_reader_raises_is_told_in_a_sentence(name: str, found: Path) -> None:
    with pytest.raises(ImporterError, match="cannot be read"):
        published(found / name)
