-- Words of a party's name; an index on a function of ours cannot come before the function, as a migration's would.
CREATE INDEX case_party ON casework_case
    USING gin (lower(party_name) gin_trgm_ops, geoportal_doubled(lower(party_name)) gin_trgm_ops);
