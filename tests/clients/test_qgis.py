"""QGIS opens every layer by every door: all rows with their geometry, filtered, drawn as map, as tiles and in its style."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from django.conf import settings

from layers.coordinates import lonlat_to_web
from layers.registry.access.layer_query import Condition, LayerQuery
from layers.registry.audience import PUBLIC_VIEWER
from layers.registry.declaration.layer import Geometry
from layers.registry.registration import public_layers
from tests.district import LAT, LON, SmallDistrict
from tests.portal_server import portal_server

PYTHON = "/usr/bin/python3"
SCRIPT = Path(__file__).with_name("qgis_layers.py")
SECONDS = 900
GEOMETRIES = {
    Geometry.POINT: {"Point", "MultiPoint"},
    Geometry.LINE: {"MultiLineString"},
    Geometry.POLYGON: {"MultiPolygon"},
}


def look(address: str, folder: Path) -> dict[str, Any]:
    box = [*lonlat_to_web(LON - 0.001, LAT - 0.001), *lonlat_to_web(LON + 0.002, LAT + 0.002)]
    layers = {layer.name: layer.has_geometry for layer in public_layers()}
    folder.mkdir(mode=0o700)
    own = {
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_RUNTIME_DIR": str(folder),
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL"))}
    done = subprocess.run(
        [PYTHON, str(SCRIPT)],
        input=json.dumps({"address": address, "box": box, "layers": layers}),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        env=kept | own,
        check=False,
    )
    assert done.returncode == 0, f"Debian's package python3-qgis brings QGIS. {done.stderr[-2000:]}"
    return dict(json.loads(done.stdout))


def test_every_layer_opens_in_qgis_by_every_door(committed_district: SmallDistrict, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "fonts").symlink_to(Path(settings.DATA) / "fonts")
    with portal_server(data) as portal:
        found = look(portal.url, tmp_path / "qgis")
    assert set(found) == {layer.name for layer in public_layers()}
    for layer in public_layers():
        reading = LayerQuery(layer, PUBLIC_VIEWER)
        features = found[layer.name]["features"]
        rows = reading.count()
        assert (features["valid"], features["count"], features["read"]) == (True, rows, rows), layer.name
        if rows:  # of what is empty QGIS 3.22 knows no geometry
            kinds = GEOMETRIES[layer.geometry] if layer.has_geometry else {"NoGeometry"}
            assert features["geometry"] in kinds, layer.name
            name, value = (part.strip("\"' ") for part in features["filter"].split(" = "))
            assert features["filtered"] == reading.count(Condition(f'"{name}" = %s', (value,))) > 0, (
                layer.name
            )
        if layer.has_geometry:
            for door in ("wms", "wmts", "tiles"):
                told = found[layer.name][door]
                assert (told["valid"], told["errors"]) == (True, []), (layer.name, door)
            assert found[layer.name]["tiles"]["styled"], layer.name
    for name in ("buildings", "roads"):
        for door in ("wms", "wmts", "tiles"):
            assert len(found[name][door]["colors"]) > 2, (name, door)
    # It asks in English here, and must be able to read how the style chooses between the names.
    assert found["roads"]["tiles"]["texts"] == [
        """CASE WHEN ("name_en" = '') THEN "name" ELSE "name_en" END"""
    ]
