CREATE FUNCTION geoportal_pinyin(wording text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (
    SELECT string_agg(spoken, '' ORDER BY n) || ' ' || string_agg(left(spoken, 1), '' ORDER BY n)
    FROM (
        SELECT n, COALESCE((SELECT reading FROM registry_pinyin WHERE "character" = c), c) AS spoken
        FROM regexp_split_to_table(replace(wording, ' ', ''), '') WITH ORDINALITY AS letters (c, n) OFFSET 0
    ) AS letters
);

CREATE FUNCTION geoportal_search_text(VARIADIC wordings text[]) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (
    SELECT COALESCE(string_agg(lower(w) || CASE WHEN w ~ '[^\x01-\x7f]' THEN
        ' ' || geoportal_pinyin(lower(w)) ELSE '' END, ' | '), '')
    FROM unnest(wordings) AS w WHERE w <> ''
);
