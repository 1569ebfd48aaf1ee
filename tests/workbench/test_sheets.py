"""Maps on paper are at the scale they say: lengths measured on the printed sheet are those on the ground."""

from io import BytesIO
from typing import Any

import numpy as np
import pypdfium2
import pytest
from django.test import Client
from PIL import Image
from pypdf import PdfReader

from geoportal.workbench.sheet.paper import SIZES, Sheet, fitting, to_degrees, to_plane
from layers.base.models import PointOfInterest
from layers.registry.models import ExportLogEntry
from tests.district import LAT, LON, SmallDistrict, point
from tests.people import client_of

HERE = "/workbench/sheet/"
DOTS = 300
EAST, NORTH = (round(number) for number in to_plane().transform(LON, LAT))
RECIPE = {"layer": "pois", "filter": "category = '控制点'", "do": "features", "by": "name"}


@pytest.mark.parametrize("size", SIZES)
def test_a_sheet_shows_as_much_ground_as_its_scale_says(size: str) -> None:
    sheet = Sheet(size, True, 5000, (EAST, NORTH))
    (west, _), (east, _) = sheet.on_paper(EAST, NORTH), sheet.on_paper(EAST + 500, NORTH)
    assert east - west == pytest.approx(100.0, abs=1e-9)
    width, height = sheet.frame
    assert sheet.box[2] - sheet.box[0] == pytest.approx(width * 5)
    assert (west, sheet.on_paper(EAST, NORTH)[1]) == pytest.approx((width / 2, height / 2))
    eastings, northings = sheet.grid()
    assert eastings
    assert northings
    assert all(sheet.on_paper(metres, NORTH)[0] == pytest.approx(at) for at, metres in eastings)
    assert 10 <= sheet.bar * 1000 / sheet.scale <= 60, "it has its place below the map"


def test_the_largest_scale_that_fits_is_taken_and_the_grid_turns_as_it_does() -> None:
    bounds = (EAST - 900.0, NORTH - 300.0, EAST + 900.0, NORTH + 300.0)
    assert fitting("A3", True, bounds).scale == 5000
    assert fitting("A1", True, bounds).scale == 2500
    assert fitting("A4", True, bounds, 500).scale == 500
    sheet = fitting("A3", True, bounds)
    lon, lat = to_degrees().transform(*sheet.centre)
    _easting, further = to_plane().transform(lon, lat + 0.01)
    turned = np.degrees(np.arctan2(_easting - sheet.centre[0], further - sheet.centre[1]))
    assert sheet.convergence == pytest.approx(-turned, abs=0.01)


@pytest.fixture
def planner(district: SmallDistrict) -> Client:
    """Two points that are 500 m apart in the plane of the zone."""
    for place in (-250, 250):
        lon, lat = to_degrees().transform(EAST + place, NORTH)
        PointOfInterest.objects.create(
            name=f"p{place}", category="控制点", theme="travel", geom=point(lon, lat)
        )
    client = client_of("planner")
    client.defaults["HTTP_ACCEPT"] = "text/html"
    return client


def dots(picture: Any, color: tuple[int, int, int], left: bool) -> tuple[float, float]:
    """The middle of what has the colour, in the left or right half of the map."""
    pixels = np.asarray(picture.convert("RGB")).astype(int)
    high, wide, _ = pixels.shape
    same = np.abs(pixels - color).max(axis=2) < 12
    same[int(high * 0.8) :] = False  # the legend has it too
    same[:, wide // 2 :] = same[:, wide // 2 :] & (not left)
    same[:, : wide // 2] = same[:, : wide // 2] & left
    rows, columns = np.nonzero(same)
    assert len(rows) > 50
    return float(columns.mean()), float(rows.mean())


def _runs(row: Any) -> int:
    """The longest run of dark pixels."""
    ends = np.flatnonzero(np.diff(np.concatenate([[0], row.astype(int), [0]])))
    return int(max(ends[1::2] - ends[::2], default=0))


@pytest.mark.django_db
def test_five_hundred_metres_at_one_to_five_thousand_are_a_hundred_millimetres(planner: Client) -> None:
    order = {**RECIPE, "paper": "A3", "scale": "5000", "heading": "控制点检查图", "number": "浙S(2026)1号"}
    response = planner.post(HERE, order)
    assert response.status_code == 200, response.content[:2000]
    assert response["Content-Type"] == "application/pdf"
    reader = PdfReader(BytesIO(response.content))
    (page,) = reader.pages
    assert [float(side) * 25.4 / 72 for side in page.mediabox[2:]] == pytest.approx([420, 297], abs=0.2)
    words = page.extract_text()
    for said in ("控制点检查图", "1 : 5,000", "EPSG:4550", "浙S(2026)1号", "收敛角 -0.58°", "审图号"):
        assert said in words, words
    fonts: Any = page["/Resources"]["/Font"]  # type: ignore[index]
    kinds = [
        font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"] for font in fonts.values()
    ]
    assert all("/FontFile2" in kind.get_object() or "/FontFile3" in kind.get_object() for kind in kinds)
    with pypdfium2.PdfDocument(response.content) as document:
        picture = document[0].render(scale=DOTS / 72).to_pil()
    color = (0x2F, 0x6F, 0xA8)
    (west, high), (east, low) = dots(picture, color, True), dots(picture, color, False)
    assert (east - west) / DOTS * 25.4 == pytest.approx(100.0, rel=0.005)
    assert low - high == pytest.approx(0, abs=1)
    foot = np.asarray(picture.convert("L"))[int((297 - 10 - 42 + 1) / 25.4 * DOTS) :, :]
    longest = max(_runs(row < 60) for row in foot[: foot.shape[0] // 3])
    assert longest / DOTS * 25.4 == pytest.approx(40.0, rel=0.02), "the scale bar of 200 m"
    assert ExportLogEntry.objects.filter(who="planner", layer="pois", rows=2).count() == 1


@pytest.mark.django_db
def test_a_map_is_a_picture_too_and_what_cannot_be_printed_is_said(planner: Client) -> None:
    form = planner.get(HERE, RECIPE).content.decode()
    assert 'name="paper"' in form
    response = planner.post(
        HERE, {**RECIPE, "theme": "value", "file": "png", "paper": "A4", "turned": "upright"}
    )
    assert response.status_code == 200, response.content[:2000]
    picture = Image.open(BytesIO(response.content))
    assert (picture.width / 150 * 25.4, picture.height / 150 * 25.4) == pytest.approx((210, 297), abs=0.3)
    for wrong in ({"paper": "A0"}, {"scale": "17"}, {"file": "svg"}, {"turned": "x"}, {"heading": "x" * 121},
                  {"filter": "id < 0"}, {"theme": "no"}):  # fmt: skip
        response = planner.post(HERE, {**RECIPE, **wrong})
        assert response.status_code == 400, wrong
        assert 'role="alert"' in response.content.decode(), wrong
    refused = planner.post(HERE, {**RECIPE, "theme": "value", "scale": "17"}).content.decode()
    assert 'name="theme" value="value"' in refused, "the map's choices are there again"
    assert "&amp;theme=value" in refused, "on the way back too"
    assert planner.get(HERE)["Location"] == "/workbench/"
    assert client_of("officer").get(HERE).status_code == 404
