"""Pages tell the browser to load from this server only."""

import pytest
from django.test import Client


@pytest.mark.django_db
def test_pages_may_load_nothing_from_elsewhere(client: Client) -> None:
    for path in ("/", "/layers/", "/services/", "/accounts/sign-in/"):
        policy = client.get(path)["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "http" not in policy
