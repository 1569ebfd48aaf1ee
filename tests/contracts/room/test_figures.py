"""Cases of the room's own family are counted, drawn and compared as all cases are."""

import csv
import io

from tests.contracts.room.installation import BROKEN, PROCEDURE, Installation

KIND = f"procedure={PROCEDURE}"
CELL = "330206002200"


def test_the_map_of_shades_draws_the_family_s_own_rate(room: Installation) -> None:
    address = f"/cases/statistics/areas.geojson?{KIND}&by=grid&rate=strengthening"
    areas = room.json(address, "officer")
    found = {each["id"]: each["properties"] for each in areas["features"]}
    shown = {code: (each["values"]["rate"], each["values"]["cases"]) for code, each in found.items()}
    assert shown == {f"{CELL}001": (100.0, 1), f"{CELL}002": (None, 1), f"{CELL}004": (None, 1)}
    assert all(each["geometry"]["type"] == "MultiPolygon" for each in areas["features"])
    assert [len(areas["classes"][figure]) > 0 for figure in ("rate", "cases")] == [True, True]
    listed = room.json(found[f"{CELL}002"]["url"], "officer")["items"]
    assert [each["title"] for each in listed] == [BROKEN]
    (village,) = room.json(address.replace("by=grid", "by=division"), "officer")["features"]
    assert (village["id"], village["properties"]["values"]) == (CELL, {"rate": 100.0, "cases": 3})


def test_every_rate_is_told_of_who_is_compared(room: Installation) -> None:
    content = room.json(f"/cases/statistics/?{KIND}&by=department", "administrator")
    codes = [each["code"] for each in content["rates"]]
    assert {"strengthening", "strengthening_on_time", "closing_on_time"} <= set(codes)
    rows = {row["key"]: dict(zip(codes, row["rates"], strict=True)) for row in content["rows"]}
    assert {key: row["strengthening"]["percent"] for key, row in rows.items()} == {"UM": 100.0, "PL": None}
    written = room.text(f"/cases/statistics/table.csv?{KIND}&by=department", "administrator", "text/csv")
    titles, *lines = csv.reader(io.StringIO(written.removeprefix("\ufeff")))
    told = {line[0]: line[titles.index("加固率 %")] for line in lines}
    assert told == {"UM": "100.0", "PL": ""}


def test_figures_of_few_are_kept_from_whose_cases_they_are_not(room: Installation) -> None:
    areas = room.json(f"/cases/statistics/areas.geojson?{KIND}&by=grid&rate=strengthening", "planner")
    assert areas["features"] == []


def test_the_board_shows_where_and_with_whom_cases_are_open(room: Installation) -> None:
    board = room.json(f"/cases/board/?{KIND}", "officer")
    keepers = {each["title"]: each["total"] for each in board["officers"]}
    assert keepers == {"看护员甲": 1}
    assert [(each["title"], each["total"]) for each in board["cells"]] == [(f"{CELL}002", 1)]
    (cell,) = room.json(f"/cases/board/grid.geojson?{KIND}", "officer")["features"]
    assert (cell["id"], cell["properties"]["values"]["open"]) == (f"{CELL}002", 1)
    others = {
        each["title"]: each["total"] for each in room.json("/cases/board/", "other_officer")["officers"]
    }
    assert others["看护员乙"] == 0  # who handles no case now is among those who do
