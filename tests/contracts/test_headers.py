"""Pages tell the browser to load from this server only."""

import pytest
from django.test import Client


@pytest.mark.django_db
def test_pages_may_load_nothing_from_elsewhere(client: Client) -> None:
    for path in ("/", "/layers/", "/services/", "/accounts/sign-in/"):
        said = client.get(path)["Content-Security-Policy"].split("; ")
        policy = {name: set(sources) for name, *sources in map(str.split, said)}
        assert policy["default-src"] == {"'self'"}
        assert set().union(*policy.values()) == {"'self'", "'unsafe-inline'", "data:", "blob:"}
        assert [name for name, sources in policy.items() if "'unsafe-inline'" in sources] == ["style-src"]
