-- Who may see what is remembered by every web process; here each hears what to forget, once it is committed.
CREATE FUNCTION accounts_session_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM pg_notify('geoportal_viewers', 'session:' || encode(sha256(convert_to(OLD.session_key, 'UTF8')), 'hex'));
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM pg_notify('geoportal_viewers', 'session:' || encode(sha256(convert_to(NEW.session_key, 'UTF8')), 'hex'));
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION accounts_user_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM pg_notify('geoportal_viewers', 'user:' || OLD.id);
    RETURN NULL;
END $$;

CREATE FUNCTION accounts_user_departments_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM pg_notify('geoportal_viewers', 'user:' || OLD.user_id);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM pg_notify('geoportal_viewers', 'user:' || NEW.user_id);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION accounts_officer_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM pg_notify('geoportal_viewers', 'user:' || id) FROM accounts_user WHERE officer_id = OLD.id;
    RETURN NULL;
END $$;

CREATE FUNCTION accounts_all_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM pg_notify('geoportal_viewers', 'all');
    RETURN NULL;
END $$;

CREATE TRIGGER accounts_viewers AFTER INSERT OR UPDATE OR DELETE ON accounts_session
FOR EACH ROW EXECUTE FUNCTION accounts_session_changed();

CREATE TRIGGER accounts_viewers_truncated AFTER TRUNCATE ON accounts_session
FOR EACH STATEMENT EXECUTE FUNCTION accounts_all_changed();

CREATE TRIGGER accounts_viewers AFTER UPDATE OR DELETE ON accounts_user
FOR EACH ROW EXECUTE FUNCTION accounts_user_changed();

CREATE TRIGGER accounts_viewers_truncated AFTER TRUNCATE ON accounts_user
FOR EACH STATEMENT EXECUTE FUNCTION accounts_all_changed();

CREATE TRIGGER accounts_viewers AFTER INSERT OR UPDATE OR DELETE ON accounts_user_departments
FOR EACH ROW EXECUTE FUNCTION accounts_user_departments_changed();

CREATE TRIGGER accounts_viewers_truncated AFTER TRUNCATE ON accounts_user_departments
FOR EACH STATEMENT EXECUTE FUNCTION accounts_all_changed();

CREATE TRIGGER accounts_viewers AFTER UPDATE OF department_id, is_active ON agencies_officer
FOR EACH ROW EXECUTE FUNCTION accounts_officer_changed();

CREATE TRIGGER accounts_viewers AFTER UPDATE OF code ON agencies_department
FOR EACH STATEMENT EXECUTE FUNCTION accounts_all_changed();
