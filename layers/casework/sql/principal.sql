-- A case's principal party is the row that is_principal. The case's own columns tell of it, for lists, layers and its
-- position for the public: they are kept from the row here, and what an import or another program writes to them is
-- written to the row.
{% set told = {"party_kind": "kind", "party_name": "name", "party_id": "identity", "party_phone": "phone"} %}
{% macro columns(row) %}ROW({% for name in told %}{{ row }}.{{ name }}{{ ", " if not loop.last }}{% endfor %}){% endmacro %}
{% macro values(row) %}ROW({% for name in told.values() %}{{ row }}.{{ name }}{{ ", " if not loop.last }}{% endfor %}){% endmacro %}
CREATE FUNCTION casework_principal_role() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    NEW.role := COALESCE(
        (SELECT v.principal FROM casework_case AS c JOIN casework_procedureversion AS v ON v.id = c.version_id
         WHERE c.id = NEW.case_id),
        'party'
    );
    RETURN NEW;
END $$;

CREATE TRIGGER casework_principal_role BEFORE INSERT OR UPDATE ON casework_party
    FOR EACH ROW WHEN (NEW.is_principal) EXECUTE FUNCTION casework_principal_role();

CREATE FUNCTION casework_principal_told() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    was bigint := CASE WHEN TG_OP <> 'INSERT' AND OLD.is_principal THEN OLD.case_id END;
    now_is bigint := CASE WHEN TG_OP <> 'DELETE' AND NEW.is_principal THEN NEW.case_id END;
BEGIN
    IF was IS NOT NULL AND was IS DISTINCT FROM now_is THEN
        UPDATE casework_case SET party_kind = 'none', party_name = '', party_id = '', party_phone = '' WHERE id = was;
    END IF;
    IF now_is IS NOT NULL THEN
        UPDATE casework_case AS c SET ({{ told | join(", ") }}) = {{ values("NEW") }}
        WHERE c.id = now_is AND {{ columns("c") }} IS DISTINCT FROM {{ values("NEW") }};
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER casework_principal_told AFTER INSERT OR UPDATE OR DELETE ON casework_party
    FOR EACH ROW EXECUTE FUNCTION casework_principal_told();

CREATE FUNCTION casework_principal_written() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO casework_party AS p (case_id, is_principal, role, {{ told.values() | join(", ") }}, address, head, representative)
    VALUES (NEW.id, true, '', {% for name in told %}NEW.{{ name }}, {% endfor %}'', '', '')
    ON CONFLICT (case_id) WHERE is_principal DO UPDATE
        SET ({{ told.values() | join(", ") }}) = {{ columns("NEW") }}
        WHERE {{ values("p") }} IS DISTINCT FROM {{ columns("NEW") }};
    RETURN NULL;
END $$;

CREATE TRIGGER casework_principal_opened AFTER INSERT ON casework_case
    FOR EACH ROW WHEN ({{ columns("NEW") }} IS DISTINCT FROM ROW('none'::varchar, ''::varchar, ''::varchar, ''::varchar))
    EXECUTE FUNCTION casework_principal_written();

CREATE TRIGGER casework_principal_written AFTER UPDATE ON casework_case
    FOR EACH ROW WHEN ({{ columns("OLD") }} IS DISTINCT FROM {{ columns("NEW") }})
    EXECUTE FUNCTION casework_principal_written();

-- Its parties go with a case. Whoever removed them first would write to a case that is there no more.
CREATE FUNCTION casework_parties_gone() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    DELETE FROM casework_party WHERE case_id = OLD.id;
    RETURN NULL;
END $$;

CREATE TRIGGER casework_parties_gone AFTER DELETE ON casework_case
    FOR EACH ROW EXECUTE FUNCTION casework_parties_gone();
