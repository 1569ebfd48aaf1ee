-- Where a place that is not told exactly is shown: at the centre of a cell that holds at least ten addresses.
-- Cells have sides of 0.002 degrees (about 190 m by 220 m at 30 degrees north), or twice, four times ... thirty-two
-- times that. In each subdistrict the addresses of a cell that holds ten of them are shown there; those left over
-- are counted together in the cell of twice the side, and so on, so that knowing who is shown nearer by does not
-- leave fewer than ten either. Addresses that are left over in the end are shown where the nearest other one is.
{% set k, levels, cells_a_degree = 10, 6, 500 %}
CREATE TABLE base_public_cell (
    place geometry(Point, {{ STORE_SRID }}) NOT NULL, area text NOT NULL, shown geometry(Point, {{ STORE_SRID }}) NOT NULL
);

CREATE INDEX base_public_cell_place ON base_public_cell USING gist (place);

-- Transactions that changed addresses since; each its own, so that what one commits is not taken for another's.
CREATE TABLE base_public_cell_change (by xid8 PRIMARY KEY);

CREATE FUNCTION base_public_cells_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO base_public_cell_change VALUES (pg_current_xact_id()) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE TRIGGER base_public_cells_changed AFTER INSERT OR UPDATE OF geom, "full", division_id OR DELETE OR TRUNCATE
    ON base_address FOR EACH STATEMENT EXECUTE FUNCTION base_public_cells_changed();

CREATE FUNCTION base_public_cells_make() RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('base_public_cell'));
    DELETE FROM base_public_cell_change;
    DELETE FROM base_public_cell;
    INSERT INTO base_public_cell
    WITH left0 AS (
        SELECT DISTINCT ON (a."full") a.geom AS place, COALESCE(left(d.code, 9), '') AS area,
            floor(ST_X(a.geom) * {{ cells_a_degree }})::int AS x, floor(ST_Y(a.geom) * {{ cells_a_degree }})::int AS y
        FROM base_address AS a LEFT JOIN base_division AS d ON d.id = a.division_id
        WHERE NOT ST_IsEmpty(a.geom)
        ORDER BY a."full", a.id
    )
    {% for n in range(levels) %}
    , counted{{ n }} AS (
        SELECT *, count(*) OVER (PARTITION BY area, x >> {{ n }}, y >> {{ n }}) >= {{ k }} AS is_enough FROM left{{ n }}
    ), left{{ n + 1 }} AS (SELECT place, area, x, y FROM counted{{ n }} WHERE NOT is_enough)
    {% endfor %}
    {% for n in range(levels) %}
    {{ "UNION ALL" if n }} SELECT place, area, ST_SetSRID(ST_MakePoint(
        ((x >> {{ n }}) + 0.5) * {{ 2 ** n / cells_a_degree }}, ((y >> {{ n }}) + 0.5) * {{ 2 ** n / cells_a_degree }}
    ), {{ STORE_SRID }}) FROM counted{{ n }} WHERE is_enough
    {% endfor %};
    IF FOUND THEN
        ANALYZE base_public_cell;
    END IF;
END $$;

-- Where a place in a division is shown; nowhere, while fewer than ten addresses are known.
CREATE FUNCTION base_public_position(wanted geometry, division bigint) RETURNS geometry
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    subdistrict text := (SELECT left(code, 9) FROM base_division WHERE id = division);
    found geometry;
BEGIN
    IF EXISTS (SELECT FROM base_public_cell_change)
        OR (NOT EXISTS (SELECT FROM base_public_cell) AND EXISTS (SELECT FROM base_address))
    THEN
        PERFORM base_public_cells_make();
    END IF;
    SELECT shown INTO found FROM base_public_cell WHERE area = subdistrict
    ORDER BY place <-> wanted LIMIT 1;
    IF found IS NULL THEN
        SELECT shown INTO found FROM base_public_cell ORDER BY place <-> wanted LIMIT 1;
    END IF;
    RETURN found;
END $$;
