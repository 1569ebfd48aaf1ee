"""Publishing makes the database as it is declared and touches nothing that is so already."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.contrib.gis.geos import LineString, MultiLineString
from django.core.management import call_command
from django.db import DatabaseError, connection

from layers.base.models import Road
from layers.registry.audience import Audience
from layers.registry.database import definitions
from layers.registry.database.definitions import Definition, parse
from layers.registry.database.publication import Changes, publish
from layers.registry.registration import all_layers, register, unregister
from tests.layers.publication import ages, problems, touched

pytestmark = pytest.mark.django_db
NOTHING = Changes((), ())


def execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def ask(sql: str) -> list[object]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [value for (value,) in cursor.fetchall()]


@pytest.fixture
def declared() -> Iterator[list[Definition]]:
    """Definitions that one test adds to those of the portal."""
    added: list[Definition] = []
    definitions.provide(lambda layers: iter(added))
    yield added
    added.clear()


def test_a_second_publication_touches_nothing() -> None:
    before = ages()
    assert publish() == NOTHING
    assert touched(before) == set()
    assert problems() == []


@pytest.mark.parametrize(
    ("damage", "found", "again"),
    [
        (
            "DROP TRIGGER geoportal_search ON base_road",
            "TRIGGER geoportal_search ON base_road is missing.",
            {"trigger geoportal_search base_road"},
        ),
        (
            "CREATE OR REPLACE FUNCTION casework_place() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
            "FUNCTION casework_place is not as it is declared, or not with its grants.",
            {
                "function casework_place",
                "trigger casework_place_new casework_case",
                "trigger casework_place_moved casework_case",
            },
        ),
        (
            "REVOKE SELECT ON for_public.roads FROM geoportal_public",
            "VIEW for_public.roads is not as it is declared, or not with its grants.",
            {"relation for_public.roads"},
        ),
        (
            "GRANT UPDATE ON for_public.roads TO geoportal_public",
            "VIEW for_public.roads is not as it is declared, or not with its grants.",
            {"relation for_public.roads"},
        ),
        (
            "DROP INDEX base_road_search",
            "INDEX base_road_search is missing.",
            {"relation base_road_search"},
        ),
        (
            'DROP VIEW for_public."food-premises" CASCADE',
            "VIEW for_public.food-premises is missing.",
            {
                'relation for_public."food-premises"',
                'relation for_public."food-premises~food-inspections"',
                'relation for_public."food-inspections~food-premises"',
            },
        ),
    ],
)
def test_what_was_damaged_is_named_and_made_again_and_nothing_else(
    damage: str, found: str, again: set[str]
) -> None:
    before = ages()
    execute(damage)
    assert found in [each.msg for each in problems()]
    publish()
    assert problems() == []
    assert again <= touched(before)
    assert {name.split()[0] for name in touched(before) - again} == set()


def test_a_trigger_that_is_switched_off_is_named() -> None:
    execute("ALTER TABLE base_road DISABLE TRIGGER geoportal_search")
    assert [each.msg for each in problems()] == ["TRIGGER geoportal_search ON base_road is switched off."]


def test_a_role_that_is_not_granted_is_named() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE somebody CREATEROLE")
        cursor.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO somebody")
        cursor.execute("SET LOCAL ROLE somebody")
        said = [each.msg for each in problems()]
        cursor.execute("RESET ROLE")
    assert "The role geoportal_public is missing, or not granted to the portal's user." in said


def test_a_definition_that_changes_replaces_the_object_and_those_made_of_it(
    declared: list[Definition],
) -> None:
    twice = "CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql IMMUTABLE RETURN n * ({});"
    index = "CREATE INDEX road_rank_twice ON base_road (twice(rank));"
    declared[:] = parse(twice.format(2) + "\n" + index)
    assert publish() == Changes(("FUNCTION twice", "INDEX road_rank_twice"), ())
    before = ages()
    declared[:] = parse(twice.format("1 + 2") + "\n" + index)
    assert problems()
    publish()
    assert touched(before) == {"function twice", "relation road_rank_twice"}
    assert ask("SELECT twice(5)") == [15]


def test_what_is_no_longer_declared_is_dropped_and_what_others_made_stays(declared: list[Definition]) -> None:
    execute("CREATE FUNCTION of_somebody() RETURNS int LANGUAGE sql RETURN 1")
    declared[:] = parse("CREATE FUNCTION once() RETURNS int LANGUAGE sql RETURN 1;")
    publish()
    declared.clear()
    assert [each.msg for each in problems()] == ["FUNCTION once is no longer declared."]
    assert publish() == Changes((), ("FUNCTION once",))
    assert ask("SELECT proname FROM pg_proc WHERE proname IN ('once', 'of_somebody')") == ["of_somebody"]


def test_a_changed_comment_in_a_file_is_no_change() -> None:
    sql = "CREATE FUNCTION once() RETURNS int LANGUAGE sql RETURN 1;"
    [bare], [commented] = list(parse(sql)), list(parse(f"-- Once.\n{sql}"))
    assert bare == commented


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("DROP TABLE base_road;", "not a statement that creates something"),
        ("CREATE EXTENSION hstore;", "an unknown kind of object"),
        (f"CREATE TABLE {'x' * 64} ();", "is longer than 63 characters"),
    ],
)
def test_a_file_with_something_else_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        list(parse(text))


def test_two_definitions_of_one_name_are_refused(declared: list[Definition]) -> None:
    declared[:] = [*parse("CREATE FUNCTION casework_place() RETURNS int LANGUAGE sql RETURN 1;")]
    with pytest.raises(ValueError, match="FUNCTION casework_place is defined twice"):
        publish()


def test_an_object_that_others_hold_on_to_stays_with_everything_as_it_was(declared: list[Definition]) -> None:
    declared[:] = parse("CREATE FUNCTION once() RETURNS int LANGUAGE sql IMMUTABLE RETURN 1;")
    publish()
    execute("CREATE TABLE of_somebody (n int DEFAULT once())")
    declared.clear()
    before = ages()
    with pytest.raises(DatabaseError, match="other objects depend on it"):
        publish()
    assert touched(before) == set()


def test_a_layer_for_fewer_leaves_the_schemas_of_the_others() -> None:
    [roads] = [layer for layer in all_layers() if layer.name == "roads"]
    attributes = tuple(replace(each, audience=Audience.DEPARTMENT) for each in roads.attributes)
    unregister("roads")
    register(replace(roads, audience=Audience.DEPARTMENT, attributes=attributes))
    try:
        before = ages()
        publish()
        assert touched(before) >= {"relation for_public.roads", "relation for_signed_in.roads"}
        assert not [name for name in touched(before) if "for_restricted" in name and "roads" not in name]
        assert ask("SELECT to_regclass('for_public.roads')::text") == [None]
    finally:
        unregister("roads")
        register(roads)


@pytest.mark.django_db(transaction=True)
def test_two_processes_may_publish_at_once() -> None:
    execute("DROP VIEW for_public.roads")
    made: list[Changes] = []

    def publish_too() -> None:
        made.append(publish())
        connection.close()

    threads = [threading.Thread(target=publish_too) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(timeout=60)
    assert sorted(len(each.made) for each in made) == [0, 1]


@pytest.mark.django_db(transaction=True)
def test_emptying_the_tables_publishes_nothing_and_leaves_all_as_it_was() -> None:
    before = ages()
    execute("SET session_replication_role = replica")  # else the log refuses to be emptied
    call_command("flush", interactive=False, verbosity=0, reset_sequences=False)
    execute("RESET session_replication_role")
    assert touched(before) == set()
    assert publish() == NOTHING
    Road.objects.create(name="海晏路", road_class="primary", geom=MultiLineString(LineString((0, 0), (1, 1))))
    assert Road.objects.get().search_text == "海晏路 haiyanlu hyl"
