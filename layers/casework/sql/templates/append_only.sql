CREATE TRIGGER casework_append_only BEFORE UPDATE OR DELETE ON {{ table }}
    FOR EACH ROW EXECUTE FUNCTION casework_append_only({{ changing }});

CREATE TRIGGER casework_never_emptied BEFORE TRUNCATE ON {{ table }}
    FOR EACH STATEMENT EXECUTE FUNCTION casework_append_only();
