"""Officers who sign in at the desk, and cases for them to work with."""

from collections.abc import Callable, Mapping
from io import BytesIO

import pytest
from django.test import Client
from PIL import Image

from geoportal.accounts.models import Role, User
from layers.casework.access.actor import Actor
from layers.casework.models import Case
from tests.cases.case_story import decided, story
from tests.casework.conftest import Open, People, open_ordinary, people
from tests.people import PASSWORD

__all__ = ["Open", "People", "decided", "open_ordinary", "people", "story"]
SignIn = Callable[..., Client]


def account_of(actor: Actor) -> User:
    """The account of an officer, in the officer's department."""
    assert actor.officer is not None
    user = User.objects.filter(officer=actor.officer).first()
    if user is None:
        user = User.objects.create_user(
            actor.officer.code, password=PASSWORD, role=Role.OFFICER, officer=actor.officer
        )
    return user


@pytest.fixture
def sign_in(people: People) -> SignIn:
    """A browser of one of the officers, for pages unless told otherwise."""

    def signed_in(name: str, accept: str = "text/html") -> Client:
        client = Client(headers={"accept": accept, "accept-language": "zh"})
        client.force_login(account_of(people[name]), "django.contrib.auth.backends.ModelBackend")
        return client

    return signed_in


def entered(client: Client, case: Case, path: str, data: Mapping[str, object]) -> tuple[int, str]:
    """Status and page after a form of a case was sent as it stands on the page."""
    case.refresh_from_db()
    response = client.post(f"/cases/{case.pk}/{path}", {"revision": case.revision, **data})
    return response.status_code, response.content.decode()


def picture(color: str = "orange") -> BytesIO:
    out = BytesIO()
    Image.new("RGB", (64, 48), color).save(out, "JPEG")
    out.seek(0)
    out.name = "现场 照片.jpg"
    return out
