-- Words of the names of all who take part in cases.
CREATE INDEX party_name ON casework_party
    USING gin (lower(name) gin_trgm_ops, geoportal_doubled(lower(name)) gin_trgm_ops);

-- What is written to the parties of a case without a verb leaves an event in the case's log, in both cases' logs if
-- a party is moved from one to another. A case that comes with its parties has no log yet. Of its principal party the
-- case's own columns tell (principal.sql); what they have not is told here.
CREATE FUNCTION casework_party_written() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    was jsonb := CASE TG_OP WHEN 'INSERT' THEN '{}'::jsonb ELSE to_jsonb(OLD) - 'id' - 'is_principal' END;
    now_is jsonb := CASE TG_OP WHEN 'DELETE' THEN '{}'::jsonb ELSE to_jsonb(NEW) - 'id' - 'is_principal' END;
    row_id bigint := CASE TG_OP WHEN 'DELETE' THEN OLD.id ELSE NEW.id END;
    is_principal boolean := CASE TG_OP WHEN 'DELETE' THEN OLD.is_principal ELSE NEW.is_principal END;
BEGIN
    IF COALESCE(current_setting('geoportal.acting', true), '') = '' THEN
        INSERT INTO casework_event (case_id, kind, before, after, who, at, data)
        SELECT c.id, 'written', c.state, c.state, session_user, clock_timestamp(),
               jsonb_build_object(
                   'party', row_id,
                   'changed', jsonb_object_agg(name, jsonb_build_array(was -> name, now_is -> name))
               )
        FROM casework_case AS c, jsonb_object_keys(was || now_is) AS name
        WHERE c.id IN ((was ->> 'case_id')::bigint, (now_is ->> 'case_id')::bigint)
            AND was -> name IS DISTINCT FROM now_is -> name
            AND (TG_OP = 'UPDATE' OR name <> 'case_id')
            AND NOT (
                is_principal AND (
                    name IN ('case_id', 'role', 'kind', 'name', 'identity', 'phone')
                    OR COALESCE(was ->> name, '') = COALESCE(now_is ->> name, '')
                )
            )
            AND (TG_OP = 'UPDATE' OR EXISTS (SELECT FROM casework_event AS e WHERE e.case_id = c.id))
        GROUP BY c.id;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER casework_written AFTER INSERT OR UPDATE OR DELETE ON casework_party
    FOR EACH ROW EXECUTE FUNCTION casework_party_written();
