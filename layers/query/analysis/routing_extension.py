"""pgRouting in the database: made where the portal's user may, else told of in words."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Warning
from django.db import connection, connections

from layers.errors import Unavailable
from layers.registry.text import Text

PRESENT = "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pgrouting')"
POSSIBLE = (
    "SELECT rolsuper AND EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pgrouting')"
    " FROM pg_roles WHERE rolname = current_user"
)
HINT = "Install postgresql-15-pgrouting on the database server and let its superuser run: CREATE EXTENSION pgrouting"


def is_present(using: str = "default") -> bool:
    with connections[using].cursor() as cursor:
        cursor.execute(PRESENT)
        return bool(cursor.fetchone()[0])


def create_extension(using: str, **kwargs: Any) -> None:
    if is_present(using):
        return
    with connections[using].cursor() as cursor:
        cursor.execute(POSSIBLE)
        if cursor.fetchone()[0]:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pgrouting")


def check_extension(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    if not databases or is_present(connection.alias):
        return []
    return [
        Warning("The database has no pgRouting: service areas cannot be asked for.", HINT, id="query.W001")
    ]


def missing() -> Unavailable:
    return Unavailable(
        Text(
            "数据库没有安装 pgRouting，无法沿道路分析；请管理员在数据库服务器上安装 postgresql-15-pgrouting，再执行 CREATE EXTENSION pgrouting。",
            "The database has no pgRouting, so nothing can be reached along roads; let an administrator install "
            "postgresql-15-pgrouting on the database server and run CREATE EXTENSION pgrouting.",
        )
    )
