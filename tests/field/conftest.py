"""Officers who are signed in, as the phone finds them."""

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from geoportal.accounts.models import Role, User
from layers.casework.access.actor import Actor
from layers.casework.procedures.versions import ship_versions
from layers.casework.room_texts import SHIPPED
from tests.district import LAT, LON, SmallDistrict
from tests.officers import make_officers
from tests.people import PASSWORD
from tests.room_texts import procedure_texts

People = dict[str, Actor]
Send = Callable[..., Any]
HERE = {"lon": LON + 0.0003, "lat": LAT + 0.0003, "accuracy": 12.0}


def make_accounts(names: tuple[str, ...] = ("first", "second", "leader", "planning")) -> People:
    ship_versions(procedure_texts(), SHIPPED)  # tests that commit leave the tables empty
    people = make_officers()
    for name in names:
        officer = people[name].officer
        assert officer is not None
        User.objects.create_user(name, password=PASSWORD, role=Role.OFFICER, officer=officer)
    return people


@pytest.fixture
def people(district: SmallDistrict) -> People:
    return make_accounts()


def phone(name: str = "first") -> Client:
    client = Client(headers={"accept": "application/json", "accept-language": "en"})
    client.force_login(User.objects.get(username=name), "django.contrib.auth.backends.ModelBackend")
    return client


def post(client: Client, path: str, body: object) -> Any:
    text = body if isinstance(body, str) else json.dumps(body)
    return client.post(f"/field/api/{path}", text, content_type="application/json")


def case_body(**more: Any) -> dict[str, Any]:
    return {
        "key": str(uuid4()),
        "category": "exposed_garbage",
        "position": HERE,
        "note": "three bags",
        **more,
    }


def picture(color: str = "red") -> bytes:
    out = BytesIO()
    Image.new("RGB", (64, 48), color).save(out, "JPEG")
    return out.getvalue()


def send_photo(client: Client, case_key: str, key: str | None = None, **more: Any) -> Any:
    file = SimpleUploadedFile("photo.jpg", picture(), "image/jpeg")
    fields = {"key": key or str(uuid4()), "case_key": case_key, "position": json.dumps(HERE), **more}
    return client.post("/field/api/evidence/", {**fields, "file": file})
