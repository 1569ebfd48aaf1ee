"""The administration has a form with a map for every model, and a moved point lands where it was put."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from layers.base.models import PointOfInterest
from layers.datasets.models import Dataset
from layers.registry.registration import all_layers
from layers.terrain.models import Terrain
from tests.district import LAT, LON, SmallDistrict
from tests.people import client_of

pytestmark = pytest.mark.django_db


def test_every_model_of_a_layer_has_a_list_and_a_form_with_its_map(district: SmallDistrict) -> None:
    client = client_of("administrator")
    for model in dict.fromkeys(layer.model for layer in all_layers()):
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        assert client.get(reverse(f"{name}_changelist")).status_code == 200, model
        first = model._default_manager.first()
        if first is None and model in {Dataset, Terrain}:
            continue  # the small district has none
        assert first is not None, model
        page = client.get(reverse(f"{name}_change", args=[first.pk])).content.decode()
        if any(field.name == "geom" for field in model._meta.fields):
            assert "/mapproxy/tiles/1.0.0/basemap-webp/" in page, model
            assert "https://" not in page.replace("https://docs.djangoproject.com", ""), model


def test_a_point_moved_in_the_form_keeps_its_axes(district: SmallDistrict) -> None:
    client = client_of("administrator")
    place = PointOfInterest.objects.get()
    moved = {"type": "Point", "coordinates": [LON + 0.0123, LAT + 0.0045]}
    form = {
        "name": place.name,
        "theme": place.theme,
        "category": place.category,
        "source": "测绘",
        "geom": json.dumps(moved),
    }
    response = client.post(reverse("admin:base_pointofinterest_change", args=[place.pk]), form)
    assert response.status_code == 302, response.content.decode()[:2000]
    place.refresh_from_db()
    assert place.geom is not None
    assert place.geom.coords == pytest.approx((LON + 0.0123, LAT + 0.0045), abs=1e-7)
    assert place.source == "测绘"


def test_only_staff_reach_it() -> None:
    assert Client().get("/admin/").status_code == 302
    assert client_of("citizen").get("/admin/").status_code == 302
