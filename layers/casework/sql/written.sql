-- What is written to a case without a verb (another program, the administration, an import) leaves an event too.
-- A verb says by a setting of its transaction that it tells of its changes itself.
{% macro columns(row) -%}
{% for name in [
    "state", "department_id", "joint", "title", "category", "description",
    "party_kind", "party_name", "party_id", "party_phone", "address", "geom", "area", "filed", "due", "closed",
    "resolution", "visibility", "title_public", "party_public", "summary_public", "is_generalised", "version_id", "facts",
] -%}
'{{ name }}', {% if name in ("geom", "area") %}ST_AsEWKT({{ row }}.{{ name }}){% else %}{{ row }}.{{ name }}{% endif %}
{%- if not loop.last %}, {% endif %}
{%- endfor %}
{%- endmacro %}
CREATE FUNCTION casework_written() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    was jsonb := jsonb_build_object({{ columns("OLD") }});
    now_is jsonb := jsonb_build_object({{ columns("NEW") }});
BEGIN
    IF COALESCE(current_setting('geoportal.acting', true), '') = '' THEN
        INSERT INTO casework_event (case_id, kind, before, after, who, at, data)
        SELECT NEW.id, 'written', OLD.state, NEW.state, session_user, clock_timestamp(),
               jsonb_build_object('changed', jsonb_object_agg(key, jsonb_build_array(was -> key, now_is -> key)))
        FROM jsonb_object_keys(was) AS key WHERE was -> key IS DISTINCT FROM now_is -> key HAVING count(*) > 0;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER casework_written AFTER UPDATE ON casework_case
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION casework_written();
