-- Rows are added to these tables and never changed or removed; the columns a trigger names may change.
CREATE FUNCTION casework_append_only() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - TG_ARGV = to_jsonb(NEW) - TG_ARGV THEN RETURN NEW; END IF;
    RAISE EXCEPTION '% is kept: nothing in it is changed or removed', TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

{% for table, changing in [
    ("casework_event", ""),
    ("casework_seal", ""),
    ("casework_evidence", ""),
    ("casework_document", ""),
    ("casework_daycorrection", ""),
    ("casework_mapsnapshot", ""),
    ("casework_procedureversion", "'is_current'"),
    ("casework_documenttemplate", ""),
] %}
CREATE TRIGGER casework_append_only BEFORE UPDATE OR DELETE ON {{ table }}
    FOR EACH ROW EXECUTE FUNCTION casework_append_only({{ changing }});

CREATE TRIGGER casework_never_emptied BEFORE TRUNCATE ON {{ table }}
    FOR EACH STATEMENT EXECUTE FUNCTION casework_append_only();
{% endfor %}
