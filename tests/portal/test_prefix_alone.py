"""The prefix without its slash is the portal too."""

from geoportal.prefix import PrefixMiddleware
from tests.asgi import INNER, ask, behind


def test_it_leads_to_the_address_below_which_all_others_lie() -> None:
    app = PrefixMiddleware(behind, "/geo")
    status, headers, _ = ask(app, "/geo?lang=en")
    assert (status, headers["location"]) == (308, "/geo/?lang=en")
    assert ask(app, "/geo")[1]["location"] == "/geo/"
    for path in ("/geo/", "/geo/layers/", "/geology"):
        assert ask(app, path)[0] == INNER
    assert ask(PrefixMiddleware(behind, ""), "/")[0] == INNER
