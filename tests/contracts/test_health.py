"""Health: up by itself, ready only with database, cache, worker and room on the disk."""

from pathlib import Path

import pytest
from django.test import Client

from tiles.cache import heartbeat


def test_the_process_answers_without_its_database(client: Client) -> None:
    assert client.get("/healthz").content == b"ok"


@pytest.mark.django_db
def test_without_a_worker_the_portal_is_not_ready(client: Client, own_data_folder: Path) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"database": True, "cache": True, "worker": False, "disk": True}
    heartbeat.beat()
    assert client.get("/readyz").status_code == 200
