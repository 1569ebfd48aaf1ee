"""Datasets that a test made, and their end."""

from geoportal.imports import dataset_publication
from layers.datasets import sync
from layers.datasets.models import Dataset


def take_back(name: str) -> None:
    """As if every process had forgotten it already."""
    dataset_publication.withdraw(name)
    dataset_publication.drop(name)


def take_back_datasets() -> None:
    Dataset.objects.update(is_published=False)
    sync.refresh(now=True)
    for name in Dataset.objects.values_list("name", flat=True):
        dataset_publication.drop(name)
