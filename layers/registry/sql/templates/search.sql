CREATE FUNCTION {{ function }}() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    NEW.search_text := geoportal_search_text({{ words }});
    RETURN NEW;
END $$;

-- Most rows of many layers have no words at all; the condition spares them the call.
CREATE TRIGGER geoportal_search BEFORE INSERT OR UPDATE ON {{ table }}
    FOR EACH ROW WHEN (current_setting('{{ given }}', true) IS DISTINCT FROM 'yes'
        AND concat(NEW.search_text, {{ words }}) <> '')
    EXECUTE FUNCTION {{ function }}();

CREATE INDEX {{ table }}_search ON {{ table }} USING gin (search_text gin_trgm_ops);

CREATE INDEX {{ table }}_doubled ON {{ table }} USING gin (geoportal_doubled(search_text) gin_trgm_ops);
