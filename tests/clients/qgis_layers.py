"""Opens every layer in QGIS without a window and prints what it sees as JSON; Debian's own Python runs it, which knows QGIS.

It reads JSON: ``address`` of the portal without a stroke at its end, ``box`` in EPSG:3857 of which maps are drawn, and
``layers`` by name, whether they have geometry.
"""

import json
import sys
from typing import Any

from qgis.core import (  # type: ignore[import-not-found]
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
    QgsVectorTileLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QSize  # type: ignore[import-not-found]
from qgis.PyQt.QtGui import QColor  # type: ignore[import-not-found]

SIDE = 256
"""Pixels of a map."""
PAPER = "#ff00ff"
"""What shows where nothing is drawn; no layer has this colour."""


def main(address: str, box: list[float], layers: dict[str, bool]) -> None:
    application = QgsApplication([], False)
    application.initQgis()
    try:
        print(json.dumps({name: _seen(name, drawn, address, box) for name, drawn in layers.items()}))
    finally:
        application.exitQgis()


def _seen(name: str, is_drawn: bool, address: str, box: list[float]) -> dict[str, Any]:
    found: dict[str, Any] = {"features": _features(name, address)}
    if not is_drawn:
        return found
    wanted = f"crs=EPSG:3857&format=image/png&layers={name}&url={address}/mapproxy"
    matrix = "&styles=default&tileMatrixSet=webmercator"
    found["wms"] = _drawn(QgsRasterLayer(f"{wanted}/service&styles=", name, "wms"), box)
    found["wmts"] = _drawn(
        QgsRasterLayer(f"{wanted}/wmts/1.0.0/WMTSCapabilities.xml{matrix}", name, "wms"), box
    )
    tiles = f"{address}/tiles/{name}/%7Bz%7D/%7Bx%7D/%7By%7D.pbf"
    style = f"{address}/styles/{name}.json"
    vector = QgsVectorTileLayer(f"type=xyz&url={tiles}&styleUrl={style}&zmin=0&zmax=16", name)
    problem, is_styled = vector.loadDefaultStyle()
    styles = [each for each in vector.renderer().styles() if each.layerName() != "background"]
    vector.renderer().setStyles(styles)  # so that what the layer draws is seen on the paper
    found["tiles"] = _drawn(vector, box) | {"styled": is_styled and not problem, "styles": len(styles)}
    found["tiles"]["texts"] = [each.labelSettings().fieldName for each in vector.labeling().styles()]
    return found


def _features(name: str, address: str) -> dict[str, Any]:
    wanted = f"url='{address}/ogc' typename='{name}'"
    layer = QgsVectorLayer(wanted, name, "OAPIF")
    keys = [feature.id() for feature in layer.getFeatures()]
    found = {
        "valid": layer.isValid(),
        "count": layer.featureCount(),
        "read": len(keys),
        "geometry": QgsWkbTypes.displayString(layer.wkbType()),
    }
    layer.setSubsetString("\"is_generated\" = 'no'" if not found["count"] else _of_one(layer))
    return found | {"filtered": len(list(layer.getFeatures())), "filter": layer.subsetString()}


def _of_one(layer: Any) -> str:
    """A filter by the first text of the first feature."""
    first = next(layer.getFeatures())
    for field in layer.fields():
        value = first[field.name()]
        if isinstance(value, str) and value and "'" not in value:
            return f"\"{field.name()}\" = '{value}'"
    raise ValueError(f"{layer.name()} has no text.")


def _drawn(layer: Any, box: list[float]) -> dict[str, Any]:
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setOutputSize(QSize(SIDE, SIDE))
    settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    settings.setExtent(QgsRectangle(*box))
    settings.setBackgroundColor(QColor(PAPER))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    picture = job.renderedImage()
    colors = {QColor(picture.pixel(x, y)).name() for x in range(SIDE) for y in range(SIDE)} - {PAPER}
    errors = [error.message for error in job.errors()]
    return {"valid": layer.isValid(), "errors": errors, "colors": sorted(colors)[:500]}


if __name__ == "__main__":
    main(**json.load(sys.stdin))
