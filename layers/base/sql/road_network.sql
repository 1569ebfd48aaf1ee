-- The road network: roads cut where one can turn from one into another, for travel along them.
-- Roads meet at vertices that they share, where one ends within half a metre of another, and where they
-- cross; what crosses a motorway or an expressway (class trunk) without a vertex of both passes over or under it.
{% set tolerance = 0.000005 %}
CREATE TABLE base_road_edge (
    id bigint PRIMARY KEY, road_id bigint NOT NULL, road_class text NOT NULL, one_way text NOT NULL,
    source bigint NOT NULL, target bigint NOT NULL, metres double precision NOT NULL,
    geom geometry(LineString, {{ STORE_SRID }}) NOT NULL
);

CREATE INDEX base_road_edge_geom ON base_road_edge USING gist (geom);

-- Transactions that changed roads since; each its own, so that what one commits is not taken for another's.
CREATE TABLE base_road_network_change (by xid8 PRIMARY KEY);

CREATE FUNCTION base_road_network_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO base_road_network_change VALUES (pg_current_xact_id()) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE TRIGGER base_road_network_changed AFTER INSERT OR UPDATE OF geom, road_class, one_way OR DELETE OR TRUNCATE
    ON base_road FOR EACH STATEMENT EXECUTE FUNCTION base_road_network_changed();

CREATE FUNCTION base_road_network_make() RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    DELETE FROM base_road_network_change;
    DELETE FROM base_road_edge;

    DROP TABLE IF EXISTS pg_temp.road_part, pg_temp.road_vertex, pg_temp.road_node, pg_temp.road_cut;
    CREATE TEMPORARY TABLE road_part ON COMMIT DROP AS
        SELECT row_number() OVER () AS id, r.id AS road_id, r.road_class, r.one_way, part.geom
        FROM base_road AS r, ST_Dump(r.geom) AS part
        WHERE r.road_class <> 'railway' AND ST_Length(part.geom) > 0;
    CREATE INDEX ON road_part USING gist (geom);
    ANALYZE road_part;

    -- Vertices with the share of their line at which they lie.
    CREATE TEMPORARY TABLE road_vertex ON COMMIT DROP AS
        SELECT part, geom, n = 1 OR n = count(*) OVER (PARTITION BY part) AS is_end,
            sum(step) OVER (PARTITION BY part ORDER BY n) / sum(step) OVER (PARTITION BY part) AS place
        FROM (
            SELECT p.id AS part, v.path[1] AS n, v.geom, COALESCE(ST_Distance(
                v.geom, lag(v.geom) OVER (PARTITION BY p.id ORDER BY v.path[1])), 0) AS step
            FROM road_part AS p, ST_DumpPoints(p.geom) AS v
        ) AS each;

    CREATE TEMPORARY TABLE road_node ON COMMIT DROP AS
        SELECT geom, bool_or(is_end) AS is_end FROM road_vertex
        GROUP BY ST_X(geom), ST_Y(geom), geom HAVING count(*) > 1 OR bool_or(is_end);
    CREATE INDEX ON road_node USING gist (geom);
    ANALYZE road_node;

    CREATE TEMPORARY TABLE road_cut ON COMMIT DROP AS
        SELECT v.part, v.place, v.geom FROM road_vertex AS v
        JOIN road_node AS n ON ST_X(n.geom) = ST_X(v.geom) AND ST_Y(n.geom) = ST_Y(v.geom);
    INSERT INTO road_cut
        SELECT p.id, ST_LineLocatePoint(p.geom, n.geom), n.geom
        FROM road_node AS n JOIN road_part AS p ON ST_DWithin(p.geom, n.geom, {{ tolerance }})
        WHERE n.is_end AND NOT EXISTS (
            SELECT FROM road_vertex AS v
            WHERE v.part = p.id AND ST_X(n.geom) = ST_X(v.geom) AND ST_Y(n.geom) = ST_Y(v.geom)
        );
    INSERT INTO road_cut
        SELECT side.part, ST_LineLocatePoint(side.line, c.geom), c.geom
        FROM (
            SELECT a.id AS one, b.id AS two, a.geom AS first, b.geom AS second,
                (ST_Dump(ST_CollectionExtract(ST_Intersection(a.geom, b.geom), 1))).geom
            FROM road_part AS a JOIN road_part AS b ON a.id < b.id AND ST_Crosses(a.geom, b.geom)
            WHERE a.road_class NOT IN ('motorway', 'trunk') AND b.road_class NOT IN ('motorway', 'trunk')
        ) AS c, LATERAL (VALUES (c.one, c.first), (c.two, c.second)) AS side(part, line)
        WHERE NOT EXISTS (
            SELECT FROM road_node AS n
            JOIN road_cut AS x ON ST_X(x.geom) = ST_X(n.geom) AND ST_Y(x.geom) = ST_Y(n.geom) AND x.part = c.one
            JOIN road_cut AS y ON ST_X(y.geom) = ST_X(n.geom) AND ST_Y(y.geom) = ST_Y(n.geom) AND y.part = c.two
            WHERE ST_DWithin(n.geom, c.geom, {{ tolerance }})
        );

    INSERT INTO base_road_edge
        SELECT row_number() OVER (), road_id, road_class, one_way, node, next_node, ST_Length(line::geography), line
        FROM (
            SELECT p.road_id, p.road_class, p.one_way, s.node, s.next_node, CASE
                WHEN s.next_place > s.place THEN ST_LineSubstring(p.geom, s.place, s.next_place)
                ELSE ST_MakeLine(s.geom, s.next_geom) END AS line
            FROM (
                SELECT part, place, node, geom, lead(place) OVER along AS next_place, lead(node) OVER along AS next_node,
                    lead(geom) OVER along AS next_geom
                FROM (
                    SELECT DISTINCT part, place, geom, dense_rank() OVER (ORDER BY ST_X(geom), ST_Y(geom)) AS node
                    FROM road_cut
                ) AS cut
                WINDOW along AS (PARTITION BY part ORDER BY place, node)
            ) AS s JOIN road_part AS p ON p.id = s.part
            WHERE s.next_node IS NOT NULL
        ) AS edge
        WHERE GeometryType(line) = 'LINESTRING';
    ANALYZE base_road_edge;
END $$;

CREATE FUNCTION base_road_network_is_old() RETURNS boolean
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    RETURN EXISTS (SELECT FROM base_road_network_change)
        OR (NOT EXISTS (SELECT FROM base_road_edge) AND EXISTS (SELECT FROM base_road));
END $$;

-- Makes the network anew where roads have changed since and nobody else has made it while one waited.
CREATE FUNCTION base_road_network_refresh() RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF base_road_network_is_old() THEN
        PERFORM pg_advisory_xact_lock(hashtext('base_road_network'));
        IF base_road_network_is_old() THEN
            PERFORM base_road_network_make();
        END IF;
    END IF;
END $$;
