"""MapProxy's capabilities, completed by what only the layers know: where they lie, and what their colours mean."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from lxml import etree
from pyproj import Transformer

from layers.coordinates import LONLAT_SRID
from layers.registry.audience import PUBLIC_VIEWER
from layers.registry.declaration.layer import Layer
from tiles.extents import Box, box_around, boxes_of

from .configuration import BASE_MAPS, SYSTEMS, base_layers, drawn_layers

Element = Any
LegendSize = Callable[[Sequence[Layer]], tuple[int, int]]
"""Width and height in pixels of the legend of layers."""
XLINK = "{http://www.w3.org/1999/xlink}"
OWS = "{http://www.opengis.net/ows/1.1}"
SLD = "{http://www.opengis.net/sld}"
NORTH_FIRST = {"EPSG:4326", "EPSG:4490", "EPSG:4549", "EPSG:4550"}
SCALE_SET = "urn:ogc:def:wkss:OGC:1.0:GoogleMapsCompatible"
IMAGE = "image/png"
LEAST_SIDE = 1e-5
"""Degrees, about a metre."""


def complete(document: bytes, service: str, legend_size: LegendSize) -> bytes:
    """``service`` is the address of WMS, at which legends of that size are drawn."""
    root = etree.fromstring(document, etree.XMLParser(resolve_entities=False, no_network=True))
    boxes = extents()
    name = etree.QName(root).localname
    if name == "Capabilities":
        _complete_wmts(root, service, boxes, legend_size)
    elif name in {"WMS_Capabilities", "WMT_MS_Capabilities"}:
        _complete_wms(root, service, boxes, legend_size)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def extents() -> dict[str, Box]:
    """Of the maps that have anything, in degrees (west, south, east, north)."""
    found = {name: _with_area(box) for name, box in boxes_of(drawn_layers(), PUBLIC_VIEWER).items()}
    base = box_around([found[layer.name] for layer in base_layers() if layer.name in found])
    return found | (dict.fromkeys(BASE_MAPS, base) if base else {})


def _with_area(box: Box) -> Box:
    """A little wider where it is a line or a position: QGIS opens no map that lies in a box without area."""
    west, south, east, north = box
    wider, higher = (max(0.0, LEAST_SIDE - side) / 2 for side in (east - west, north - south))
    return west - wider, south - higher, east + wider, north + higher


def prepare() -> None:
    """What the first of all capabilities would wait for."""
    for system in SYSTEMS:
        _in_system((121.0, 29.0, 122.0, 30.0), system, by_authority=True)


def legend_address(service: str, name: str, version: str = "1.3.0") -> str:
    words = {
        "service": "WMS",
        "version": version,
        "request": "GetLegendGraphic",
        "layer": name,
        "format": IMAGE,
    }
    return f"{service}?{urlencode(words)}"


def _complete_wms(root: Element, service: str, boxes: Mapping[str, Box], legend_size: LegendSize) -> None:
    version = root.get("version", "1.3.0")
    space = f"{{{root.nsmap[None]}}}" if None in root.nsmap else ""
    for info in list(root.iter(f"{space}GetFeatureInfo")):
        legend = etree.Element(f"{SLD}GetLegendGraphic" if space else "GetLegendGraphic")
        etree.SubElement(legend, f"{space}Format").text = IMAGE
        legend.extend(info.findall(f"{space}DCPType"))
        info.getparent().replace(info, legend)
    for layer in root.iter(f"{space}Layer"):
        name = layer.findtext(f"{space}Name") or ""
        if name in boxes:
            _place(layer, space, boxes[name])
        if name:
            style = etree.SubElement(layer, f"{space}Style")
            etree.SubElement(style, f"{space}Name").text = "default"
            etree.SubElement(style, f"{space}Title").text = "default"
            width, height = legend_size(_shown(name))
            words = {"width": str(width), "height": str(height)}
            address = etree.SubElement(style, f"{space}LegendURL", words)
            etree.SubElement(address, f"{space}Format").text = IMAGE
            link = {f"{XLINK}type": "simple", f"{XLINK}href": legend_address(service, name, version)}
            etree.SubElement(address, f"{space}OnlineResource", link)


def _shown(name: str) -> list[Layer]:
    return [layer for layer in drawn_layers() if layer.name == name] or (
        base_layers() if name in BASE_MAPS else []
    )


def _place(layer: Element, space: str, box: Box) -> None:
    sides = ("westBoundLongitude", "southBoundLatitude", "eastBoundLongitude", "northBoundLatitude")
    for around in layer.findall(f"{space}EX_GeographicBoundingBox"):
        for side, value in zip(sides, box, strict=True):
            around.find(f"{space}{side}").text = str(value)
    for around in layer.findall(f"{space}LatLonBoundingBox"):
        for side, value in zip(("minx", "miny", "maxx", "maxy"), box, strict=True):
            around.set(side, str(value))
    for around in layer.findall(f"{space}BoundingBox"):
        system = around.get("CRS") or around.get("SRS")
        for side, value in zip(
            ("minx", "miny", "maxx", "maxy"), _in_system(box, system, bool(space)), strict=True
        ):
            around.set(side, str(value))


def _in_system(box: Box, system: str, by_authority: bool) -> Box:
    """With the axes in the authority's order from version 1.3.0 on."""
    if system == "CRS:84":
        return box
    west, south, east, north = _transformer(system).transform_bounds(*box, densify_pts=21)
    return (
        (south, west, north, east) if by_authority and system in NORTH_FIRST else (west, south, east, north)
    )


@lru_cache
def _transformer(system: str) -> Transformer:
    """Kept: to make one takes a hundred times as long as all the boxes of the capabilities."""
    return Transformer.from_crs(LONLAT_SRID, system, always_xy=True)


def _complete_wmts(root: Element, service: str, boxes: Mapping[str, Box], legend_size: LegendSize) -> None:
    space = f"{{{root.nsmap[None]}}}"
    for layer in root.iter(f"{space}Layer"):
        name = layer.findtext(f"{OWS}Identifier") or ""
        for around in layer.iter(f"{OWS}WGS84BoundingBox"):
            if name in boxes:
                west, south, east, north = boxes[name]
                around.find(f"{OWS}LowerCorner").text = f"{west} {south}"
                around.find(f"{OWS}UpperCorner").text = f"{east} {north}"
        for style in layer.iter(f"{space}Style"):
            width, height = legend_size(_shown(name))
            words = {"format": IMAGE, f"{XLINK}href": legend_address(service, name)}
            words |= {"width": str(width), "height": str(height)}
            etree.SubElement(style, f"{space}LegendURL", words)
    for system in root.iter(f"{OWS}SupportedCRS"):
        system.text = "urn:ogc:def:crs:EPSG::3857"
        scale_set = etree.Element(f"{space}WellKnownScaleSet")
        scale_set.text = SCALE_SET
        system.addnext(scale_set)
