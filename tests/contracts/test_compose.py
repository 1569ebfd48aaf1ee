"""docker-compose.yml names commands, variables, paths, ports and addresses: each is held against the code."""

import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands
from django.urls import resolve

from geoportal.environment import SETTINGS
from geoportal.launch import start_command
from geoportal.launch.options import ROOT
from geoportal.launch.setup import debian_packages
from layers.registry.audience import PUBLIC_VIEWER
from layers.registry.registration import layers_for
from tests.nginx import NGINX
from tiles.cache import tile_files
from tiles.cache.paths import tiles_folder
from tiles.scheme import Tile

pytestmark = pytest.mark.django_db  # layers made of datasets are known to the database

TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service.get("image") == "geoportal"}
DOCKERFILE = COMPOSE["x-portal"]["build"]["dockerfile_inline"]


def _words(service: str) -> list[str]:
    return shlex.split(SERVICES[service]["command"])


def test_the_parts_of_the_system_are_there_and_wait_for_each_other() -> None:
    assert set(SERVICES) == {
        "database",
        "migration",
        "publication",
        "web",
        "mapproxy",
        "tile-worker",
        "job-worker",
        "backup",
        "case-watch",
        "log-anchor",
        "nginx",
    }
    for service in SERVICES.values():
        assert set(service.get("depends_on", {})) <= set(SERVICES)


def test_every_service_that_answers_has_a_health_check_and_all_but_the_migration_restart() -> None:
    assert {name for name, service in SERVICES.items() if "healthcheck" in service} == {
        "database",
        "web",
        "mapproxy",
        "nginx",
    }
    for name, service in SERVICES.items():
        assert service["restart"] == ("no" if name in {"migration", "publication"} else "unless-stopped")


def test_web_processes_are_started_as_start_does() -> None:
    expected = [".venv/bin/python", *start_command.web_command("0.0.0.0", 8000)[1:]]  # noqa: S104  as written there
    assert _words("web") == _words("mapproxy") == expected


@pytest.mark.parametrize(
    "service", ["migration", "publication", "tile-worker", "job-worker", "case-watch", "log-anchor"]
)
def test_management_commands_exist(service: str) -> None:
    python, script, command, *_ = _words(service)
    assert (python, script) == (".venv/bin/python", "manage.py")
    assert (ROOT / script).is_file()
    assert command in get_commands()


def test_every_variable_of_our_services_is_a_setting() -> None:
    known = {setting.name for setting in SETTINGS}
    for service in OURS.values():
        given = set(service["environment"])
        assert {name.removesuffix("_FILE") for name in given} <= known
        assert {"DATABASE_URL", "GEOPORTAL_DATA", "GEOPORTAL_SECRET_KEY_FILE"} <= given


def test_every_variable_asked_of_the_operator_is_named_in_the_opening_comment() -> None:
    asked = set(re.findall(r"(?<!\$)\$\{(\w+)", TEXT)) | {
        s["environment"] for s in COMPOSE["secrets"].values()
    }
    opening = TEXT[: TEXT.index("\nname:")]
    assert asked == set(re.findall(r"GEOPORTAL_\w+", opening))


def test_secrets_and_volumes_that_are_used_are_declared() -> None:
    for service in SERVICES.values():
        assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"])
        assert {volume.split(":")[0] for volume in service.get("volumes", [])} <= set(COMPOSE["volumes"])
    secret = Path(OURS["web"]["environment"]["GEOPORTAL_SECRET_KEY_FILE"])
    assert secret.parent == Path("/run/secrets")
    assert secret.name in COMPOSE["secrets"]


def test_the_key_of_the_log_is_read_by_its_service_alone_and_no_other_writes_anchors() -> None:
    key = OURS["log-anchor"]["environment"]["GEOPORTAL_LOG_KEY_PATH"]
    own = OURS["log-anchor"]["volumes"]
    assert f"log-key:{Path(key).parent}" in own
    assert "anchors:/data/log-anchors" in own
    for name, service in OURS.items():
        if name != "log-anchor":
            assert not [each for each in service["volumes"] if each.startswith("log-key:")], name
            assert "anchors:/data/log-anchors:ro" in service["volumes"]


def test_the_data_folder_is_the_same_place_for_the_image_the_services_and_nginx() -> None:
    data = OURS["web"]["environment"]["GEOPORTAL_DATA"]
    assert f"ENV GEOPORTAL_DATA={data}\n" in DOCKERFILE
    assert all(f"data:{data}" in service["volumes"] for service in OURS.values())
    assert f"data:{data}:ro" in SERVICES["nginx"]["volumes"]
    kept = tile_files.tile_path(layers_for(PUBLIC_VIEWER)[:1], Tile(0, 0, 0), PUBLIC_VIEWER)
    public = kept.parents[3].relative_to(tiles_folder().parent)
    assert f"{data}/{public};" in NGINX


def test_the_database_is_the_version_and_name_the_portal_connects_to() -> None:
    [version] = re.findall(r"FROM postgis/postgis:(\d+)-", SERVICES["database"]["build"]["dockerfile_inline"])
    assert f"postgresql-{version}" in debian_packages.OWN_DATABASE
    given = SERVICES["database"]["environment"]
    address = OURS["publication"]["environment"]["DATABASE_URL"]
    assert address.startswith(f"postgresql://{given['POSTGRES_USER']}:${{GEOPORTAL_DATABASE_PASSWORD")
    assert address.endswith(f"@database:5432/{given['POSTGRES_DB']}")


def test_what_answers_pages_has_a_role_of_its_own_and_not_the_owner_s_password() -> None:
    role = f"{SERVICES['database']['environment']['POSTGRES_DB']}_web"
    for name in ("web", "mapproxy", "case-watch"):
        given = OURS[name]["environment"]
        assert given["DATABASE_URL"].startswith(f"postgresql://{role}:${{GEOPORTAL_WEB_PASSWORD")
        assert "DATABASE_PASSWORD" not in str(given)
    assert "GEOPORTAL_WEB_PASSWORD" in OURS["publication"]["environment"]


def test_the_image_is_made_by_the_launcher() -> None:
    assert re.search(r"python3\.11 -m geoportal\.launch build\b", DOCKERFILE)
    script = ROOT / "geoportal" / "launch" / "python311"
    ended = subprocess.run([script, "nonsense"], capture_output=True, text=True, check=False)
    assert ended.stderr == "There is start, test and build, but no nonsense.\n"
    assert {".git", ".venv", "var"} <= set((ROOT / ".dockerignore").read_text().split())


def test_every_address_resolves() -> None:
    checked = re.findall(r"http://localhost(?::8000)?(/\w+)", str(SERVICES))
    assert set(checked) == {"/healthz"}
    locations = re.findall(r"location (/\S+)", NGINX)
    assert locations == ["/mapproxy/"]
    name = layers_for(PUBLIC_VIEWER)[0].name
    for address in [*checked, "/mapproxy/service", f"/tiles/{name}/0/0/0.pbf"]:
        assert resolve(address).route


def test_nginx_speaks_to_the_services_on_their_port() -> None:
    spoken = re.findall(r"http://([\w-]+):(\d+)", NGINX)
    assert spoken == [("web", "8000"), ("mapproxy", "8000")]
    assert all(_words(name)[_words(name).index("--port") + 1] == port for name, port in spoken)
    assert "listen 80;" in NGINX
    assert SERVICES["nginx"]["ports"] == ["${GEOPORTAL_PORT:-8080}:80"]
