"""No file makes a reader open another file or ask an address."""

import http.server
import sqlite3
import threading
from pathlib import Path

import pyogrio
import pytest

from importers.safety.inspection import open_checked
from tests.importers.safety.packing import refusal, table, written


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE VIRTUAL TABLE x USING virtualogr('/etc/passwd')",
        "CREATE VIEW x AS SELECT ogr_geocode('Ningbo')",
        "CREATE VIEW x AS SELECT load_extension/**/('/tmp/a.so')",
        "CREATE VIRTUAL TABLE x USING/**/VirtualText('/etc/passwd')",
    ],
)
def test_a_geopackage_that_reaches_out_is_refused(tmp_path: Path, sql: str) -> None:
    path = table("GPKG", tmp_path / "a.gpkg")
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA writable_schema = on")
        database.execute(
            "INSERT INTO sqlite_master VALUES (?, 'x', 'x', 0, ?)",
            [sql.split()[1].lower().replace("virtual", "table"), sql],
        )
    database.close()
    assert "outside the file" in refusal(path)


def test_a_description_kept_as_bytes_is_looked_at(tmp_path: Path) -> None:
    path = table("GPKG", tmp_path / "a.gpkg")
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE x (a, b AS (a + 1))")
        database.execute("PRAGMA writable_schema = on")
        database.execute("UPDATE sqlite_master SET sql = CAST(sql AS BLOB) WHERE name = 'x'")
    database.close()
    with open_checked(path) as found:
        assert len(found) == 1


class Asked(http.server.BaseHTTPRequestHandler):
    paths: list[str] = []

    def do_GET(self) -> None:
        self.paths.append(self.path)
        self.send_error(404)

    def log_message(self, *said: object) -> None:
        pass


def test_reading_gml_asks_no_address(tmp_path: Path) -> None:
    """A file from a feature service names that service's schema; it is taken, and the service left alone."""
    Asked.paths.clear()
    with http.server.HTTPServer(("127.0.0.1", 0), Asked) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            schema = f"http://127.0.0.1:{server.server_port}/wfs?service=WFS&amp;version=1.0.0&amp;request=DescribeFeatureType&amp;typeName=t:a"
            content = (
                '<?xml version="1.0"?><wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs"'
                ' xmlns:gml="http://www.opengis.net/gml" xmlns:t="http://t"'
                f' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://t {schema}">'
                "<gml:featureMember><t:a><t:n>1</t:n><t:g><gml:Point><gml:coordinates>1,2</gml:coordinates></gml:Point></t:g></t:a>"
                "</gml:featureMember></wfs:FeatureCollection>"
            )
            pyogrio.set_gdal_config_options({"GML_DOWNLOAD_SCHEMA": None})
            pyogrio.read_info(written(tmp_path / "asks.gml", content.encode()))
            assert len(Asked.paths) == 1
            with open_checked(written(tmp_path / "a.gml", content.encode())) as found:
                assert pyogrio.read_info(found[0])["features"] == 1
        finally:
            server.shutdown()
            thread.join()
    assert len(Asked.paths) == 1
