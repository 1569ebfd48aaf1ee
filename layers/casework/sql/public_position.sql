-- A natural person's case, and one that its procedure has so, is shown to others at a cell (base_public_position). It
-- keeps the cell that it was first shown at, lest two that were chosen by different addresses have few in common.
{% set is_protected = "(%s.party_kind = 'person' OR %s.is_generalised)" %}
CREATE FUNCTION casework_public_position() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF NOT {{ is_protected | replace("%s", "NEW") }} OR NEW.geom IS NULL THEN
        NEW.public_geom := NEW.geom;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        NEW.public_geom := OLD.public_geom;
        IF {{ is_protected | replace("%s", "OLD") }} AND OLD.public_geom IS NOT NULL
            AND OLD.geom::bytea IS NOT DISTINCT FROM NEW.geom::bytea
        THEN
            RETURN NEW;
        END IF;
    END IF;
    NEW.public_geom := base_public_position(NEW.geom, NEW.division_id);
    RETURN NEW;
END $$;

CREATE TRIGGER casework_public_position BEFORE INSERT OR UPDATE ON casework_case
    FOR EACH ROW EXECUTE FUNCTION casework_public_position();

-- Cases that wait for addresses.
CREATE INDEX casework_case_unshown ON casework_case (id) WHERE public_geom IS NULL AND geom IS NOT NULL;

CREATE FUNCTION casework_show_waiting() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    UPDATE casework_case SET public_geom = NULL WHERE public_geom IS NULL AND geom IS NOT NULL;
    RETURN NULL;
END $$;

CREATE TRIGGER casework_show_waiting AFTER INSERT OR UPDATE OF geom ON base_address
    FOR EACH STATEMENT EXECUTE FUNCTION casework_show_waiting();
