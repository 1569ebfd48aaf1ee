"""Loading the demo district: all of it, once, and never over somebody's data."""

import json
import math
from pathlib import Path

import mapbox_vector_tile
import pytest
from django.core.management import CommandError, call_command

from geoportal.accounts.models import User
from geoportal.demo import loader
from geoportal.demo.district import District
from layers.agencies.models import Department
from layers.base.models import Building, Division
from layers.casework.documents.issuance import document_statuses
from layers.casework.models import Case, Document
from layers.enforcement.models import EnforcementCase
from layers.registry.audience import PUBLIC_VIEWER, Audience
from layers.registry.declaration.layer import Geometry
from layers.registry.registration import get_layer, public_layers
from tests.tiles.areas import areas, faults
from tiles.scheme import tiles_over
from tiles.seeding import box_of
from tiles.vector.mvt import render

pytestmark = pytest.mark.django_db


def test_the_command_loads_the_district_once(
    own_data_folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    made: District,
) -> None:
    monkeypatch.setattr(loader, "build", lambda seed, now: made)
    call_command("load_demo")
    assert Division.objects.count() == 245
    assert Building.objects.filter(is_generated=True).count() > 15_000
    assert Building.objects.filter(search_text="").count() < Building.objects.count()
    sign_ins = own_data_folder / "demo-sign-ins.json"
    assert sign_ins.stat().st_mode & 0o777 == 0o600
    for entry in json.loads(sign_ins.read_text()):
        assert User.objects.get(username=entry["name"]).check_password(entry["password"])
    for case in Case.objects.exclude(documents=None):
        assert not [each.kind.code for each in document_statuses(case) if each.is_outstanding], case.number
        assert case.evidence.pieces().count() == 2
        assert all(made.event and made.made_at == made.event.at for made in case.documents.all())
    assert set(Document.objects.values_list("case__procedure", flat=True)) == {"ordinary", "simple", "urban"}
    call_command("load_demo")
    assert "is loaded" in capsys.readouterr().out
    assert_no_public_tile_tells_a_protected_place()
    assert_areas_are_valid()


def assert_areas_are_valid() -> None:
    """At every zoom, in tiles over the middle of each layer."""
    seen = set()
    for layer in public_layers():
        if layer.geometry != Geometry.POLYGON or not (box := box_of([layer])):
            continue
        for zoom in range(5, 17):
            tiles = tiles_over(box, zoom)
            for tile in tiles[len(tiles) // 2 :][:2]:
                drawn = areas(layer, tile)
                found = [fault for shape in drawn.values() for fault in faults(shape)]
                assert found == [], (layer.name, tile)
                if drawn:
                    seen.add(zoom)
    assert seen == set(range(5, 17))


def assert_no_public_tile_tells_a_protected_place() -> None:
    """Every public tile of the cases, decoded: each position is the public one, and no exact one is there."""
    layer = get_layer("enforcement-cases", PUBLIC_VIEWER)
    cases = {
        case.pk: (case.geom_3857, case.public_geom_3857, case.party_kind)
        for case in EnforcementCase.objects.filter(visibility=Audience.PUBLIC)
    }
    box = box_of([layer])
    assert box
    met = 0
    for zoom in (14, 16):
        for tile in tiles_over(box, zoom):
            content = render([layer], tile, PUBLIC_VIEWER).content
            if not content:
                continue
            features = mapbox_vector_tile.decode(content, default_options={"y_coord_down": True})[layer.name][
                "features"
            ]
            west, _, _, north = tile.box
            unit = tile.size / 4096
            for feature in features:
                x, y = feature["geometry"]["coordinates"]
                exact, public, party = cases[feature["id"]]
                shown = (west + x * unit, north - y * unit)
                assert math.dist(shown, public.coords) < 2 * unit
                if party == "person":
                    met += 1
                    assert (
                        math.dist(shown, exact.coords) > 2 * unit
                        or math.dist(exact.coords, public.coords) < 2 * unit
                    )
    assert met > 100


def test_other_data_are_left_alone(own_data_folder: Path) -> None:
    Department.objects.create(code="X", name="已有")
    with pytest.raises(CommandError, match="holds rows already"):
        call_command("load_demo")
    assert Department.objects.count() == 1
    assert not Division.objects.exists()
