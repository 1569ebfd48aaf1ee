"""The first step of a worker that may be a new process on another machine: Django comes before everything else."""

import pickle
from typing import Any

import django
from django.apps import apps


def work(task: bytes) -> Any:
    """Do what :func:`importers.pipeline.workers.pack` packed."""
    if not apps.ready:
        django.setup()
    plan, table, batch = pickle.loads(task)  # noqa: S301  packed by our own process
    from .batch_worker import prepare_and_copy

    return prepare_and_copy(plan, table, batch)
