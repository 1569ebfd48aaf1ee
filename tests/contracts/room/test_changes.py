"""Changes of a room that is added by settings alone are told, and its tables are kept by administrators."""

import json
import urllib.error
import urllib.request

import psycopg2

from tests.contracts.room.installation import ONE, WORK, Installation


def test_administrators_find_it_where_they_work(room: Installation) -> None:
    for address in ("/admin/benches/bench/", f"/admin/benches/bench/{room.benches[ONE]}/change/"):
        assert ONE in room.text(address, "administrator", "text/html")
        assert ONE not in room.ask(address, "officer", "text/html")[1].decode()
    assert 'value="benches"' in room.text("/imports/", "administrator", "text/html")


def test_a_change_is_told_and_the_next_tile_shows_it(room: Installation) -> None:
    asked = urllib.request.Request(f"{room.url}/changes/")  # noqa: S310  our own http address
    with urllib.request.urlopen(asked, timeout=60) as stream:  # noqa: S310
        first = stream.readline()
        assert first
        with psycopg2.connect(room.database) as connection, connection.cursor() as cursor:
            cursor.execute("UPDATE benches_repair SET work = work || '。'")
            cursor.execute("UPDATE benches_bench SET material = 'stone' WHERE code = %s", [ONE])
        connection.close()
        told = []
        while "benches" not in told:
            line = stream.readline().decode()
            assert line, "the stream ended"
            if line.startswith("data:") and "layer" in line:
                told.append(json.loads(line.removeprefix("data:")).get("layer"))
    assert "bench-repairs" not in told
    assert room.tile(ONE)[ONE]["material"] == "stone"
    with psycopg2.connect(room.database) as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE benches_repair SET work = %s", [WORK])
        cursor.execute("UPDATE benches_bench SET material = 'wood' WHERE code = %s", [ONE])
    connection.close()
