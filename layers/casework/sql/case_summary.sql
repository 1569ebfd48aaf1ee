-- What figures ask of a case's log and limits is kept beside it, so that they need not read these.
CREATE FUNCTION casework_summarize() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO casework_casesummary AS kept (case_id, marks, posts)
    SELECT e.case_id, COALESCE(array_agg(DISTINCT mark) FILTER (WHERE mark IS NOT NULL), '{}'),
        COALESCE(array_agg(DISTINCT post) FILTER (WHERE post IS NOT NULL), '{}')
    FROM added AS e
    LEFT JOIN agencies_officer AS o ON o.id = e.officer_id AND e.kind = 'step'
    LEFT JOIN LATERAL unnest(e.marks) AS mark ON true
    LEFT JOIN LATERAL unnest(o.posts) AS post ON true
    WHERE e.kind = 'step' OR e.marks IS NOT NULL
    GROUP BY 1
    ON CONFLICT (case_id) DO UPDATE SET
        marks = ARRAY(SELECT DISTINCT unnest(kept.marks || EXCLUDED.marks) ORDER BY 1),
        posts = ARRAY(SELECT DISTINCT unnest(kept.posts || EXCLUDED.posts) ORDER BY 1)
    WHERE NOT (kept.marks @> EXCLUDED.marks AND kept.posts @> EXCLUDED.posts);
    RETURN NULL;
END $$;

CREATE TRIGGER casework_summarize AFTER INSERT ON casework_event
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION casework_summarize();

CREATE FUNCTION casework_summarize_limits() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO casework_casesummary AS kept (case_id, marks, posts, late_marks, next_due)
    SELECT w.case_id, '{}', '{}',
        COALESCE(array_agg(DISTINCT mark) FILTER (WHERE status = 'missed' OR due < ended), '{}'),
        min(due) FILTER (WHERE ended IS NULL AND status <> 'missed')
    FROM (SELECT DISTINCT case_id FROM written) AS w
    LEFT JOIN casework_limit AS l
        ON l.case_id = w.case_id AND of = 'agency' AND status IN ('missed', 'running', 'dropped')
    LEFT JOIN LATERAL unnest(measures || ''::varchar) AS mark ON true
    GROUP BY 1
    ON CONFLICT (case_id) DO UPDATE SET late_marks = EXCLUDED.late_marks, next_due = EXCLUDED.next_due
    WHERE kept.late_marks <> EXCLUDED.late_marks OR kept.next_due IS DISTINCT FROM EXCLUDED.next_due;
    RETURN NULL;
END $$;

CREATE TRIGGER casework_summarize_new AFTER INSERT ON casework_limit
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION casework_summarize_limits();
CREATE TRIGGER casework_summarize_changed AFTER UPDATE ON casework_limit
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION casework_summarize_limits();
