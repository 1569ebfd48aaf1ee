"""A room that is added by settings alone, last or first of the apps, on a cluster of its own."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from geoportal.launch import data_folder
from geoportal.launch.database import cluster
from tests.conftest import ROOT
from tests.contracts.room.installation import Installation
from tests.portal_server import portal_server


@pytest.fixture(scope="package")
def fresh_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[cluster.Cluster]:
    """None of the portal's roles is known there."""
    data = tmp_path_factory.mktemp("cluster")
    data_folder.prepare(data)
    own = cluster.locate(data, data / "logs" / "postgres.log", throw_away=True)
    cluster.create(own)
    server = cluster.start(own)
    try:
        cluster.furnish(own)
        yield own
    finally:
        cluster.stop(server)
        shutil.rmtree(own.home)


@pytest.fixture(scope="package", params=["last", "first"])
def room(
    request: pytest.FixtureRequest, fresh_cluster: cluster.Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    order = request.param
    cluster.ask(fresh_cluster, f"create database {order}")
    cluster.ask(fresh_cluster, "create extension postgis", order)
    data = tmp_path_factory.mktemp(order)
    if (fonts := Path(settings.DATA) / "fonts").exists():
        (data / "fonts").symlink_to(fonts)
    database = fresh_cluster.url.replace(f"/{cluster.DATABASE}?", f"/{order}?")
    settings_module = f"tests.benches.{order}"
    environment = {
        "DATABASE_URL": database,
        "GEOPORTAL_DATA": str(data),
        "GEOPORTAL_SECRET_KEY": settings.SECRET_KEY,
        "DJANGO_SETTINGS_MODULE": settings_module,
        "PYTHONPATH": str(ROOT),
    }
    scene = run(environment, "-m", "tests.benches.scene", str(data))
    with portal_server(data, DATABASE_URL=database, DJANGO_SETTINGS_MODULE=settings_module) as portal:
        yield Installation(portal.url, database, **json.loads(scene.splitlines()[-1]))


def run(environment: dict[str, str], *words: str) -> str:
    ended = subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
    return ended.stdout
