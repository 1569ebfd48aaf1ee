"""The credentials that pages are answered with cannot rewrite the log, nor switch off what guards it."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
import pytest
from django.db import connection

from geoportal.imports import jobs
from importers.history import record
from importers.models import Import, State
from layers.casework.documents.templates import TemplateText, save_template
from layers.casework.log.log_triggers import KEPT
from layers.casework.models import ProcedureVersion, Seal
from layers.casework.procedures.versions import save_version
from layers.jobs.queue import cancel
from layers.registry.database.web_role import owns_kept_tables, web_role
from layers.registry.text import Text
from tests.casework.conftest import Open, open_ordinary, people  # noqa: F401  fixtures
from tests.casework.sealing import seal
from tests.portal_server import database_url

pytestmark = pytest.mark.django_db

REFUSED = psycopg2.errors.InsufficientPrivilege


@pytest.fixture
def web(db: None) -> Iterator["psycopg2.extensions.connection"]:
    """Signed in as the web server is."""
    own = psycopg2.connect(database_url("_web"))
    yield own
    own.close()


@contextmanager
def web_rights() -> Iterator[None]:
    """Within the block, what pages do is done with no more rights than theirs."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {web_role(cursor)}")
        yield
        cursor.execute("RESET ROLE")


@pytest.mark.parametrize(
    "attack",
    [
        "ALTER TABLE casework_event DISABLE TRIGGER ALL",
        "ALTER TABLE casework_event DISABLE TRIGGER casework_append_only",
        "DROP TRIGGER casework_append_only ON casework_event",
        "DROP TRIGGER casework_seal ON casework_event",
        "ALTER TABLE casework_case DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "UPDATE casework_event SET who = 'x'",
        "DELETE FROM casework_event",
        "TRUNCATE casework_event CASCADE",
        "TRUNCATE casework_case CASCADE",
        "INSERT INTO casework_seal (seq, event_id, hash) VALUES (1, 1, '\\x00')",
        "UPDATE casework_seal SET hash = '\\x00'",
        "DELETE FROM casework_seal",
        "UPDATE casework_evidence SET sha256 = ''",
        "UPDATE casework_procedureversion SET text = ''",
        "CREATE OR REPLACE FUNCTION casework_append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "CREATE FUNCTION sha256(bytea) RETURNS bytea LANGUAGE sql AS 'SELECT $1'",
        "CREATE TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "CREATE TRIGGER mine BEFORE INSERT ON casework_event FOR EACH ROW EXECUTE FUNCTION casework_append_only()",
        "CREATE TEMP TABLE casework_event (LIKE public.casework_event); "
        "CREATE TRIGGER mine AFTER INSERT ON casework_event FOR EACH ROW EXECUTE FUNCTION public.casework_seal_event()",
        "CREATE RULE mine AS ON UPDATE TO casework_event DO INSTEAD NOTHING",
        "UPDATE registry_publication SET state = ''",
        "UPDATE django_migrations SET name = ''",
        "UPDATE registry_accesslogentry SET who = 'x'",
        "DELETE FROM registry_accesslogentry",
        "UPDATE registry_exportlogentry SET rows = 0",
        "DELETE FROM registry_exportlogentry",
        "ALTER ROLE CURRENT_USER SUPERUSER",
        "CREATE ROLE mine",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "ALTER FUNCTION casework_seal_event() SECURITY INVOKER",
    ],
)
def test_what_the_log_rests_on_is_refused(attack: str, web: "psycopg2.extensions.connection") -> None:
    with pytest.raises(REFUSED), web, web.cursor() as cursor:
        cursor.execute(attack)


def test_it_becomes_no_owner(web: "psycopg2.extensions.connection") -> None:
    owner = connection.settings_dict["USER"]
    for attack in (f"SET ROLE {owner}", f"SET SESSION AUTHORIZATION {owner}"):
        with pytest.raises(REFUSED), web, web.cursor() as cursor:
            cursor.execute(attack)


def test_it_owns_nothing_and_has_no_right_beyond_rows(web: "psycopg2.extensions.connection") -> None:
    with web, web.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls FROM pg_roles "
                       "WHERE rolname = current_user")  # fmt: skip
        assert cursor.fetchone() == (False,) * 5
        cursor.execute("SELECT relname FROM pg_class WHERE relowner = current_user::regrole")
        assert cursor.fetchall() == []
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'v' AND relacl::text LIKE '%\\_web=%'")
        assert cursor.fetchall() == []
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace "
            "AND has_table_privilege(oid, 'TRUNCATE, TRIGGER, REFERENCES')"
        )
        assert cursor.fetchall() == []


def test_the_page_of_operations_says_who_owns_the_log() -> None:
    with connection.cursor() as cursor:
        assert owns_kept_tables(cursor)
        with web_rights():
            assert not owns_kept_tables(cursor)


def test_every_table_that_is_kept_is_guarded_and_only_added_to(web: "psycopg2.extensions.connection") -> None:
    with web, web.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, has_table_privilege(tgrelid, 'UPDATE') OR has_table_privilege(tgrelid, 'DELETE') "
            "FROM pg_trigger WHERE tgname = 'casework_append_only'"
        )
        assert dict(cursor.fetchall()) == dict.fromkeys(KEPT, False)


def test_administrators_keep_templates_and_procedures_with_it() -> None:
    wording = TemplateText(Text("立案审批表", "Filing approval"), "x")
    kept = ProcedureVersion.objects.get(code="ordinary", is_current=True)
    with web_rights():
        template = save_template("enforcement", "filing_approval", wording, "administrator")
        version = save_version(f"{kept.text}\n# 2", kept.bases, "administrator")
    assert (template.version, version.version) == (2, kept.version + 1)
    assert ProcedureVersion.objects.get(code="ordinary", is_current=True) == version


def test_an_import_that_left_rows_behind_is_cancelled_with_it() -> None:
    imported = Import.objects.create(layer="buildings", file_name="a.gpkg", options={}, state=State.WAITING)
    job = jobs.begin(imported, jobs.LOAD, None)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {record.staging_table_name(imported.pk)} ()")
    with web_rights():
        assert cancel(job, "administrator")
    imported.refresh_from_db()
    assert imported.state == State.STOPPED


def test_an_event_that_it_adds_is_sealed_all_the_same(open_ordinary: Open) -> None:  # noqa: F811
    open_ordinary()
    seal()
    before = Seal.objects.count()
    with web_rights(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO casework_event (case_id, kind, at, data) SELECT id, 'note', now(), '{}' FROM casework_case LIMIT 1"
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert Seal.objects.count() == before + 1
