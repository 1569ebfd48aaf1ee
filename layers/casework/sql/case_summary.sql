-- What figures ask of a case's log is kept beside it, so that they need not read the log.
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
