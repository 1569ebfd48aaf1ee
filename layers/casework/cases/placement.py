"""SQL by which the database places cases in the community or village and in the grid cell that hold their position.

It holds whoever wrote the case: a verb, an import, the administration. Who says division or cell with a new
position is believed. A division or a cell that arrives later takes in the cases that lie in it and in no other;
from one that goes away they are free.
"""

SMALLEST = "('community', 'village')"
"""Levels of the divisions that cases are counted by."""

_HELD_BY = {
    "division_id": f"SELECT id FROM base_division AS held WHERE level IN {SMALLEST}",
    "grid_cell_id": "SELECT id FROM base_gridcell AS held WHERE true",
}


def _area_columns(geom: str) -> dict[str, str]:
    return {
        column: f"({areas} AND ST_Covers(held.geom, {geom}) ORDER BY id LIMIT 1)"
        for column, areas in _HELD_BY.items()
    }


_NEW = _area_columns("NEW.geom")

OF_CASES = f"""
CREATE FUNCTION casework_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.division_id := {_NEW["division_id"]};
    NEW.grid_cell_id := {_NEW["grid_cell_id"]};
    RETURN NEW;
END $$;
CREATE TRIGGER casework_place_new BEFORE INSERT ON casework_case FOR EACH ROW
    WHEN (NEW.geom IS NOT NULL AND NEW.division_id IS NULL AND NEW.grid_cell_id IS NULL)
    EXECUTE FUNCTION casework_place();
CREATE TRIGGER casework_place_moved BEFORE UPDATE ON casework_case FOR EACH ROW
    WHEN (OLD.geom IS DISTINCT FROM NEW.geom AND OLD.division_id IS NOT DISTINCT FROM NEW.division_id
        AND OLD.grid_cell_id IS NOT DISTINCT FROM NEW.grid_cell_id)
    EXECUTE FUNCTION casework_place();
"""


def _area_triggers(table: str, column: str, which: str) -> str:
    """One statement for all areas that arrived or went away together."""
    triggers = "".join(
        f"""
CREATE TRIGGER casework_place_{event.lower()} AFTER {event} ON {table}
    REFERENCING {rows} FOR EACH STATEMENT EXECUTE FUNCTION casework_place_in_{table}();"""
        for event, rows in (
            ("INSERT", "NEW TABLE AS held"),
            ("UPDATE", "NEW TABLE AS held"),
            ("DELETE", "OLD TABLE AS gone"),
        )
    )
    return f"""
CREATE FUNCTION casework_place_in_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        UPDATE casework_case SET {column} = NULL WHERE {column} IN (SELECT id FROM gone);
    ELSE
        UPDATE casework_case AS c SET {column} = held.id FROM held
        WHERE c.{column} IS NULL AND {which} AND ST_Covers(held.geom, c.geom);
    END IF;
    RETURN NULL;
END $$;{triggers}
"""


PLACE = (
    OF_CASES
    + _area_triggers("base_division", "division_id", f"held.level IN {SMALLEST}")
    + _area_triggers("base_gridcell", "grid_cell_id", "true")
)

RELEASE = """
DROP FUNCTION casework_place() CASCADE;
DROP FUNCTION casework_place_in_base_division() CASCADE;
DROP FUNCTION casework_place_in_base_gridcell() CASCADE;
"""
