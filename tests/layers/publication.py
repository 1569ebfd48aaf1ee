"""What tests ask of a database about what was published there."""

from django.core.checks import CheckMessage
from django.db import connection

from layers.registry.database.checks import check_database


def ages() -> dict[str, int]:
    """The object numbers of all functions, triggers, views and indexes of ours, which change when one is made again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 'function ' || proname, oid::bigint FROM pg_proc WHERE pronamespace = 'public'::regnamespace "
            "AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e') "
            "UNION ALL SELECT 'trigger ' || tgname || ' ' || tgrelid::regclass, oid::bigint FROM pg_trigger "
            "WHERE NOT tgisinternal "
            "UNION ALL SELECT 'relation ' || oid::regclass, oid::bigint FROM pg_class "
            "WHERE relnamespace::regnamespace::text ~ '^(public|for_.*)$' AND relkind IN ('v', 'i')"
        )
        return dict(cursor.fetchall())


def touched(before: dict[str, int]) -> set[str]:
    """What was made, made again or dropped since."""
    now = ages()
    return {name for name in before.keys() | now.keys() if before.get(name) != now.get(name)}


def problems() -> list[CheckMessage]:
    return check_database(None, databases=["default"])
