"""Asks the door."""

from typing import Any

from django.test import Client


def ask(client: Client, address: str, status: int = 200, headers: dict[str, str] | None = None) -> Any:
    response = client.get(address, headers=headers)
    assert response.status_code == status, response.content
    return response.json()
