-- Cases lie in the community or village and in the grid cell that hold their position, whoever wrote them: a verb,
-- an import, the administration. Who says division or cell with a new position is believed. A division or a cell
-- that arrives later takes in the cases that lie in it and in no other; from one that goes away they are free.
{% set counted_by = "level IN ('community', 'village')" %}
CREATE FUNCTION casework_place() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    NEW.division_id := (
        SELECT id FROM base_division WHERE {{ counted_by }} AND ST_Covers(geom, NEW.geom) ORDER BY id LIMIT 1
    );
    NEW.grid_cell_id := (SELECT id FROM base_gridcell WHERE ST_Covers(geom, NEW.geom) ORDER BY id LIMIT 1);
    RETURN NEW;
END $$;

CREATE TRIGGER casework_place_new BEFORE INSERT ON casework_case FOR EACH ROW
    WHEN (NEW.geom IS NOT NULL AND NEW.division_id IS NULL AND NEW.grid_cell_id IS NULL)
    EXECUTE FUNCTION casework_place();

-- Bytes are compared by an operator that is found whatever the search path: a restored backup keeps the trigger.
CREATE TRIGGER casework_place_moved BEFORE UPDATE ON casework_case FOR EACH ROW
    WHEN (OLD.geom::bytea IS DISTINCT FROM NEW.geom::bytea
        AND OLD.division_id IS NOT DISTINCT FROM NEW.division_id
        AND OLD.grid_cell_id IS NOT DISTINCT FROM NEW.grid_cell_id)
    EXECUTE FUNCTION casework_place();

{% for table, column, condition in [
    ("base_division", "division_id", "held." ~ counted_by),
    ("base_gridcell", "grid_cell_id", "true"),
] %}
-- One statement for all areas that arrived or went away together.
CREATE FUNCTION casework_place_in_{{ table }}() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        UPDATE casework_case SET {{ column }} = NULL WHERE {{ column }} IN (SELECT id FROM gone);
    ELSE
        UPDATE casework_case AS c SET {{ column }} = held.id FROM held
        WHERE c.{{ column }} IS NULL AND {{ condition }} AND ST_Covers(held.geom, c.geom);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER casework_place_insert AFTER INSERT ON {{ table }}
    REFERENCING NEW TABLE AS held FOR EACH STATEMENT EXECUTE FUNCTION casework_place_in_{{ table }}();

CREATE TRIGGER casework_place_update AFTER UPDATE ON {{ table }}
    REFERENCING NEW TABLE AS held FOR EACH STATEMENT EXECUTE FUNCTION casework_place_in_{{ table }}();

CREATE TRIGGER casework_place_delete AFTER DELETE ON {{ table }}
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION casework_place_in_{{ table }}();
{% endfor %}
