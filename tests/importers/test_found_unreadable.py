"""A value that nobody can show leaves its own layer out of a place card, and no other."""

from pathlib import Path

from django.db import connection
from django.test import Client

from layers.datasets.models import Dataset
from tests.importers.making import load
from tests.importers.publishing import published


def unreadable(path: Path) -> None:
    """A layer with a time before Christ, as no file brings any more."""
    path.write_text("name,seen,lon,lat\na,2020-01-01 10:00,121.8501,29.9\n")
    published(path)
    table = f"datasets_{Dataset.objects.get().pk}"
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET seen = '0001-12-31 15:54:17+00 BC'")


def test_other_layers_are_shown_beside_one_that_cannot_be_read(folder: Path, client: Client) -> None:
    unreadable(folder / "a.csv")
    pois = folder / "p.csv"
    pois.write_text("名称,类别,lon,lat\n新碶药店,药店,121.85,29.9\n")
    load(pois, "pois", source_crs="EPSG:4490", anywhere=True)
    response = client.get("/place/?lon=121.85&lat=29.9&format=json", headers={"accept-language": "en"})
    assert response.status_code == 200
    sections = {section["layer"]: section for section in response.json()["sections"]}
    assert [item["title"] for item in sections["pois"]["items"]] == ["新碶药店"]
    assert sections["found"]["items"] == []
    assert sections["found"]["problem"] == "This layer holds a value that cannot be shown."
    page = client.get("/place/?lon=121.85&lat=29.9", headers={"accept": "text/html"}).content.decode()
    assert "新碶药店" in page
    assert "无法显示" in page
