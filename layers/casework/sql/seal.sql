-- An event is sealed when its transaction commits: its hash covers the hash before it, so that a missing, added or
-- changed event shows. Sealing comes last in a transaction, and one at a time; it cannot wait for anything else.
CREATE FUNCTION casework_hash(previous bytea, e casework_event) RETURNS bytea
LANGUAGE sql STABLE SET search_path FROM CURRENT SET TimeZone = 'UTC' SET extra_float_digits = 1 AS $$
    SELECT sha256(previous || convert_to((jsonb_strip_nulls(to_jsonb(e) - 'position')
        || jsonb_build_object('position', encode(ST_AsEWKB(e.position), 'hex')))::text, 'UTF8'))
$$;

-- Whoever adds an event may not write seals. The last one is found by its key even where the plan was made while the
-- table was known to be empty.
CREATE FUNCTION casework_seal_event() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET enable_seqscan = off AS $$
DECLARE before casework_seal;
BEGIN
    PERFORM pg_advisory_xact_lock(x'63617365'::int);
    SELECT * INTO before FROM casework_seal ORDER BY seq DESC LIMIT 1;
    INSERT INTO casework_seal (seq, event_id, hash)
    VALUES (COALESCE(before.seq, 0) + 1, NEW.id, casework_hash(COALESCE(before.hash, ''::bytea), NEW));
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION casework_seal_event() FROM PUBLIC;

CREATE CONSTRAINT TRIGGER casework_seal AFTER INSERT ON casework_event
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION casework_seal_event();
