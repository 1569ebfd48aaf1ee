-- The words by which those outside a row's department find it, never those of its working texts; none where they do not
-- see the row at all.
CREATE FUNCTION {{ function }}() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    NEW.search_text_outside := CASE WHEN {{ shown }} THEN geoportal_search_text({{ words }}) ELSE '' END;
    RETURN NEW;
END $$;

CREATE TRIGGER geoportal_search_outside BEFORE INSERT OR UPDATE ON {{ table }}
    FOR EACH ROW WHEN ({{ shown }} OR NEW.search_text_outside <> '') EXECUTE FUNCTION {{ function }}();

CREATE INDEX {{ table }}_search_outside ON {{ table }} USING gin (search_text_outside gin_trgm_ops);

CREATE INDEX {{ table }}_doubled_outside ON {{ table }} USING gin (geoportal_doubled(search_text_outside) gin_trgm_ops);
