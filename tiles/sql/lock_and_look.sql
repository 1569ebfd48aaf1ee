-- In the database, where the plan of the question is kept. Statements of a volatile function see what was
-- committed while those before them waited.
CREATE FUNCTION geoportal_lock_and_look(
    seen pg_snapshot, names text[], west float8, south float8, east float8, north float8
) RETURNS boolean LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
DECLARE place geometry := ST_MakeEnvelope(west, south, east, north, {{ WEB_SRID }});
BEGIN
    PERFORM pg_advisory_lock_shared(x'67656F74'::int);
    RETURN EXISTS (
        SELECT FROM tiles_change
        WHERE transaction >= pg_snapshot_xmin(seen) AND NOT pg_visible_in_snapshot(transaction, seen)
        AND layer = ANY(names) AND box && place
    );
END $$;
