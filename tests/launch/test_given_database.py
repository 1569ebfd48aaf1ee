import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg2
import pytest

from geoportal.launch import data_folder
from geoportal.launch.database import cluster, external, selection
from geoportal.launch.errors import Refusal

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of somebody's own: database `bare`, and users without rights; the text is its socket folder."""
    data = tmp_path_factory.mktemp("data")
    data_folder.prepare(data)
    own = cluster.locate(data, data / "logs" / "postgres.log", throw_away=True)
    cluster.create(own)
    running = cluster.start(own)
    cluster.furnish(own)
    cluster.ask(own, "create database bare")
    cluster.ask(own, "create role plain login")
    yield quote(str(own.socket))
    cluster.stop(running)
    shutil.rmtree(own.home)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("mysql://host/name", "must begin with postgresql://, not mysql"),
        ("localhost/name", "must begin with postgresql://, not nothing"),
        ("postgresql://host", "names no database"),
        ("postgresql://host:port/name", "is not an address"),
    ],
)
def test_an_address_of_the_wrong_form_is_refused(url: str, expected: str) -> None:
    with pytest.raises(Refusal, match=expected):
        external.check_form(url)


def test_an_unreachable_database_is_named_without_its_password() -> None:
    with pytest.raises(Refusal, match="is not reachable") as met:
        external.examine("postgresql://someone:hidden@127.0.0.1:9/name")
    assert "hidden" not in str(met.value)
    assert "\n" not in str(met.value)


def test_a_database_without_postgis_names_the_command_its_superuser_runs(server: str) -> None:
    with pytest.raises(Refusal, match="CREATE EXTENSION postgis"):
        external.examine(f"postgresql://plain@/bare?host={server}")


def test_a_user_who_may_not_make_roles_is_told_what_to_ask_for(server: str) -> None:
    with pytest.raises(Refusal, match="ALTER ROLE plain CREATEROLE"):
        external.examine(f"postgresql://plain@/geoportal?host={server}")


def test_a_server_without_the_postgis_package_names_it() -> None:
    with pytest.raises(Refusal, match="postgresql-15-postgis-3"):
        external.judge(present=False, available=False, superuser=True, creates_roles=True, user="gis")


def test_a_superuser_needs_no_extension_beforehand(server: str) -> None:
    external.examine(f"postgresql://geoportal@/bare?host={server}")


def test_a_good_database_is_kept_for_other_terminals(server: str, tmp_path: Path) -> None:
    url = f"postgresql://geoportal@/geoportal?host={server}"
    selection.use_given(url, tmp_path)
    with psycopg2.connect((tmp_path / "database-url").read_text()) as connection:
        assert connection.get_dsn_parameters()["dbname"] == "geoportal"
    connection.close()


def test_pages_are_answered_as_a_role_of_the_database_s_name_where_its_password_is_given(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"postgresql://geoportal:x@/geoportal?host={server}"
    monkeypatch.setenv("GEOPORTAL_WEB_PASSWORD", "a/b c")
    assert (
        selection.use_given(url, tmp_path).web
        == f"postgresql://geoportal_web:a%2Fb%20c@/geoportal?host={server}"
    )
    monkeypatch.delenv("GEOPORTAL_WEB_PASSWORD")
    assert selection.use_given(url, tmp_path).web == url


def test_a_bad_database_leaves_no_address_behind(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="is not reachable"):
        selection.use_given("postgresql://127.0.0.1:9/name", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_address_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("postgresql://host/name\n")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("DATABASE_URL_FILE", str(secret))
    assert selection.given_url() == "postgresql://host/name"
    monkeypatch.setenv("DATABASE_URL", "postgresql://host/other")
    with pytest.raises(Refusal, match="not both"):
        selection.given_url()
