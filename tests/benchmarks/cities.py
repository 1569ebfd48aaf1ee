"""Cities of any size and one density: databases of their own, filled with generated buildings and kept."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
from django.conf import settings
from django.db import connection

SPACING = 25.5  # metres of EPSG:3857 between buildings: 576 to a tile of zoom 16
WEST, NORTH = 13_559_000.0, 3_494_000.0

Say = Callable[[str], object]

_FILL = """
SET session_replication_role = replica;
INSERT INTO base_building (name, name_en, address, use, storeys, height, is_generated, geom)
SELECT CASE WHEN n %% 20 = 0 THEN '楼' || n ELSE '' END, '', '演示路' || n %% 500 || '号',
    (ARRAY['residential','commercial','office','industrial','rural'])[1 + (x / 12 + y / 9) %% 5],
    1 + n %% 30, 3 + n %% 90, true,
    ST_Multi(ST_Transform(ST_SetSRID(ST_Rotate(ST_MakePolygon(ST_MakeLine(ARRAY[
        ST_MakePoint(px, py), ST_MakePoint(px + w, py), ST_MakePoint(px + w, py + h * 0.6),
        ST_MakePoint(px + w * 0.5, py + h * 0.6), ST_MakePoint(px + w * 0.5, py + h), ST_MakePoint(px, py + h),
        ST_MakePoint(px, py)])), (n * 37 %% 90) * 0.0174, px, py), 3857), 4490))
FROM (
    SELECT n, n %% %(side)s AS x, n / %(side)s AS y, %(west)s + (n %% %(side)s) * %(spacing)s AS px,
        %(north)s - (n / %(side)s) * %(spacing)s AS py, 9 + n * 7 %% 8 AS w, 8 + n * 5 %% 9 AS h
    FROM generate_series(0, %(count)s - 1) AS n
    ORDER BY md5(n::text)
) AS places;
"""


@contextmanager
def city(count: int, say: Say) -> Iterator[str]:
    """The address of a database with so many buildings, in spatial order; Django is connected to it meanwhile."""
    name = f"geoportal_bench_{count}"
    if not exists(name):
        say(f"Making a city of {count:,} buildings …")
        _make(name, count)
    with connected_to(name) as address:
        yield address


@contextmanager
def connected_to(name: str) -> Iterator[str]:
    """The address of a database to which Django is connected meanwhile."""
    address, before = address_of(name), connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield address
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def _make(name: str, count: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}_new")
    draft = address_of(f"{name}_new")
    env = os.environ | {"DATABASE_URL": draft, "GEOPORTAL_DATA": str(settings.DATA)}
    manage = [sys.executable, str(settings.ROOT / "manage.py")]
    for command in ("migrate", "publish_layers"):
        subprocess.run([*manage, command, "-v0"], env=env, check=True)
    raw = psycopg2.connect(draft)
    raw.autocommit = True
    side = round(count**0.5)
    with raw.cursor() as cursor:
        cursor.execute(
            _FILL, {"side": side, "count": count, "spacing": SPACING, "west": WEST, "north": NORTH}
        )
        cursor.execute("VACUUM ANALYZE base_building")
    raw.close()
    subprocess.run([*manage, "order_tables"], env=env, check=True, stdout=subprocess.DEVNULL)
    subprocess.run([*manage, "shell", "-v0", "-c", _BLOCKS], env=env, check=True)
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {name}_new RENAME TO {name}")


_BLOCKS = "from tiles.invalidation import block_refresh; block_refresh.refresh_blocks()"


def exists(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return cursor.fetchone() is not None


def data_folder(folder: str) -> Path:
    """Of a portal of its own, with the fonts of this one."""
    data = Path(folder)
    (data / "fonts").symlink_to(Path(settings.DATA) / "fonts")
    return data


def address_of(name: str) -> str:
    known = connection.settings_dict
    secret = f":{known['PASSWORD']}" if known["PASSWORD"] else ""
    host = f"?host={known['HOST']}&port={known['PORT'] or 5432}"
    return f"postgresql://{known['USER']}{secret}@/{name}{host}"
