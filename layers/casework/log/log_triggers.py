"""SQL by which the database keeps the log: nothing is changed or removed, everything is sealed.

An event is sealed when its transaction commits: its hash covers the hash before it, so that a missing, added or
changed event shows. Sealing comes last in a transaction, and one at a time; it cannot wait for anything else.
What is written to a case without a verb (another program, the administration, an import) leaves an event too.
"""

VERB_SETTING = "geoportal.acting"
"""The setting by which a verb says, for its transaction, that it tells of its changes itself."""

APPEND_ONLY = (
    "casework_event",
    "casework_seal",
    "casework_evidence",
    "casework_document",
    "casework_daycorrection",
    "casework_mapsnapshot",
    "casework_procedureversion",
    "casework_documenttemplate",
)
CHANGING = {"casework_procedureversion": ("is_current",)}
"""Columns that may change in tables whose rows are otherwise kept."""

WATCHED = (
    "state",
    "department_id",
    "joint",
    "title",
    "category",
    "description",
    "party_kind",
    "party_name",
    "party_id",
    "party_phone",
    "address",
    "geom",
    "area",
    "filed",
    "due",
    "closed",
    "penalty",
    "fine",
    "decision_number",
    "resolution",
    "visibility",
    "version_id",
    "facts",
)

LOCK = 0x63617365

HASH = """
CREATE FUNCTION casework_hash(previous bytea, e casework_event) RETURNS bytea
LANGUAGE sql STABLE SET TimeZone = 'UTC' SET extra_float_digits = 1 AS $$
    SELECT sha256(previous || convert_to((jsonb_strip_nulls(to_jsonb(e) - 'position')
        || jsonb_build_object('position', encode(ST_AsEWKB(e.position), 'hex')))::text, 'UTF8'))
$$;
"""

SEAL = f"""
CREATE FUNCTION casework_seal_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE before casework_seal;
BEGIN
    PERFORM pg_advisory_xact_lock({LOCK});
    SELECT * INTO before FROM casework_seal ORDER BY seq DESC LIMIT 1;
    INSERT INTO casework_seal (seq, event_id, hash)
    VALUES (COALESCE(before.seq, 0) + 1, NEW.id, casework_hash(COALESCE(before.hash, ''::bytea), NEW));
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER casework_seal AFTER INSERT ON casework_event
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION casework_seal_event();
"""

GUARD = """
CREATE FUNCTION casework_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - TG_ARGV = to_jsonb(NEW) - TG_ARGV THEN RETURN NEW; END IF;
    RAISE EXCEPTION '% is kept: nothing in it is changed or removed', TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
""" + "".join(
    f"""
CREATE TRIGGER casework_kept BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION casework_kept({", ".join(repr(c) for c in CHANGING.get(table, ()))});
CREATE TRIGGER casework_kept_whole BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION casework_kept();
"""
    for table in APPEND_ONLY
)


def _columns(row: str) -> str:
    return ", ".join(
        f"'{name}', ST_AsEWKT({row}.{name})" if name in {"geom", "area"} else f"'{name}', {row}.{name}"
        for name in WATCHED
    )


WRITTEN = f"""
CREATE FUNCTION casework_written() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE was jsonb := jsonb_build_object({_columns("OLD")}); now_is jsonb := jsonb_build_object({_columns("NEW")});
BEGIN
    IF COALESCE(current_setting('{VERB_SETTING}', true), '') = '' THEN
        INSERT INTO casework_event (case_id, kind, before, after, who, at, data)
        SELECT NEW.id, 'written', OLD.state, NEW.state, session_user, clock_timestamp(),
               jsonb_build_object('changed', jsonb_object_agg(key, jsonb_build_array(was -> key, now_is -> key)))
        FROM jsonb_object_keys(was) AS key WHERE was -> key IS DISTINCT FROM now_is -> key HAVING count(*) > 0;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER casework_written AFTER UPDATE ON casework_case
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION casework_written();
"""

KEEP = HASH + SEAL + GUARD + WRITTEN

RELEASE = "".join(
    f"DROP FUNCTION {name} CASCADE;"
    for name in (
        "casework_written()",
        "casework_kept()",
        "casework_seal_event()",
        "casework_hash(bytea, casework_event)",
    )
)
