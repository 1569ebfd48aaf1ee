"""The standard's own tables, published as layers, answer each of its filters with the number of items it expects."""

import csv
from collections.abc import Iterator
from pathlib import Path

import geopandas
import pytest
from django.utils.translation import override

from geoportal.imports import dataset_publication
from importers.options import ImportOptions
from layers.query.compiler import compile_condition
from layers.query.json_form import from_json, to_json
from layers.query.text_form import from_text
from layers.registry.access.layer_query import LayerQuery
from layers.registry.audience import PUBLIC_VIEWER, Audience
from layers.registry.registration import get_layer
from tests.imports.datasets import take_back_datasets

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = {
    "ne_110m_admin_0_countries": "countries",
    "ne_110m_populated_places_simple": "places",
    "ne_110m_rivers_lake_centerlines": "rivers",
}


@pytest.fixture
def tables(real_data: Path, tmp_path: Path) -> Iterator[Path]:
    """The South Pole, which no tile can show, is cut off."""
    folder, file = real_data / "cql2", real_data / "cql2" / "ne110m4cql2.gpkg"
    for table, name in NAMES.items():
        path = file
        if name == "countries":
            path = tmp_path / "countries.gpkg"
            geopandas.read_file(file, layer=table).clip((-180, -85, 180, 90)).to_file(path, layer=table)
        proposal = dataset_publication.DatasetProposal(name, name, name, Audience.PUBLIC)
        published = dataset_publication.publish(path, proposal, ImportOptions(file_layer=table))
        assert published.refusal == ""
    with override("en"):
        yield folder
    take_back_datasets()


def test_every_filter_of_the_standard_finds_as_many_as_it_says(tables: Path) -> None:
    found, expected = {}, {}
    with (tables / "expected.tsv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            collection, text = row["collection"], row["filter (CQL2 text)"].replace("\\", "")
            reading = LayerQuery(get_layer(NAMES[collection], PUBLIC_VIEWER), PUBLIC_VIEWER)
            node = from_text(text)
            assert from_json(to_json(node)) == node
            found[collection, text] = reading.count(compile_condition(node, reading))
            expected[collection, text] = int(row["expected items"])
    assert len(expected) == 105
    assert found == expected
