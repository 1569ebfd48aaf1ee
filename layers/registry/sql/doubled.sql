-- Every character outside ASCII twice and nothing else: two of them make two trigrams.
CREATE FUNCTION geoportal_doubled(wording text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN regexp_replace(regexp_replace(wording, '[\x01-\x7f]+', ' ', 'g'), '([^ ])', '\1\1', 'g');
