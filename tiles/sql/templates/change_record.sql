-- Records every change to the rows of {{ table }}, however it is made, for each layer that shows them.
{% for event in events %}
CREATE FUNCTION {{ event.function }}() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE n bigint := 0; side float8 := {{ fine }};
BEGIN
    IF {{ event.anything }} THEN
        {% if event.rows %}
        SELECT count(*) INTO n FROM {{ event.rows }};
        {% endif %}
        IF n > {{ many }} THEN side := {{ coarse }}; END IF;
        {% for statement in event.records %}
        {{ statement }};
        {% endfor %}
        NOTIFY {{ channel }};
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER geoportal_{{ event.name }} AFTER {{ event.verb }} ON {{ table }} {{ event.referencing }}
    FOR EACH STATEMENT EXECUTE FUNCTION {{ event.function }}();
{% endfor %}
