-- What is written to {{ table }} without a verb leaves an event in the case's log, as what is written to the case does.
-- A case that comes with its row has no log yet.
CREATE FUNCTION {{ table }}_written() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    held bigint := CASE TG_OP WHEN 'DELETE' THEN OLD.case_id ELSE NEW.case_id END;
    was jsonb := CASE TG_OP WHEN 'INSERT' THEN '{}'::jsonb ELSE to_jsonb(OLD) - 'case_id' END;
    now_is jsonb := CASE TG_OP WHEN 'DELETE' THEN '{}'::jsonb ELSE to_jsonb(NEW) - 'case_id' END;
BEGIN
    IF COALESCE(current_setting('geoportal.acting', true), '') = '' THEN
        INSERT INTO casework_event (case_id, kind, before, after, who, at, data)
        SELECT c.id, 'written', c.state, c.state, session_user, clock_timestamp(),
               jsonb_build_object('changed', jsonb_object_agg(name, jsonb_build_array(was -> name, now_is -> name)))
        FROM casework_case AS c, jsonb_object_keys(was || now_is) AS name
        WHERE c.id = held AND was -> name IS DISTINCT FROM now_is -> name
            AND (TG_OP = 'UPDATE' OR EXISTS (SELECT FROM casework_event AS e WHERE e.case_id = held))
        GROUP BY c.id;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER casework_written AFTER INSERT OR UPDATE OR DELETE ON {{ table }}
    FOR EACH ROW EXECUTE FUNCTION {{ table }}_written();
