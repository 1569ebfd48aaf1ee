"""Browsers load from this server only, keep nothing of who is signed in, and come back by TLS alone."""

import os
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.test import Client, override_settings

from geoportal.environment import origins
from geoportal.launch.options import ROOT
from layers.base.models import Building
from tests.district import SmallDistrict
from tests.people import client_of

PAGES = ("/", "/layers/", "/services/", "/accounts/sign-in/")


def policy_of(said: str) -> dict[str, set[str]]:
    return {name: set(sources) for name, *sources in map(str.split, said.split("; "))}


@pytest.mark.django_db
def test_pages_may_load_nothing_from_elsewhere_and_nothing_within_the_page(client: Client) -> None:
    for path in PAGES:
        answer = client.get(path)
        policy = policy_of(answer["Content-Security-Policy"])
        assert policy["default-src"] == {"'self'"}
        assert set().union(*policy.values()) == {"'self'", "'none'", "data:", "blob:"}
        assert policy["frame-ancestors"] == {"'none'"}
        assert answer["X-Frame-Options"] == "DENY"


@pytest.mark.django_db
def test_only_named_sites_show_the_map_in_a_frame_and_no_other_page(client: Client) -> None:
    closed = client.get("/embed/")
    assert policy_of(closed["Content-Security-Policy"])["frame-ancestors"] == {"'none'"}
    assert closed["X-Frame-Options"] == "DENY"
    with override_settings(EMBED_SITES=["https://town.example"]):
        shown = client.get("/embed/")
    assert policy_of(shown["Content-Security-Policy"])["frame-ancestors"] == {"https://town.example"}
    assert "X-Frame-Options" not in shown
    for path in PAGES:
        assert client.get(path)["X-Frame-Options"] == "DENY"


@pytest.mark.django_db
def test_a_frame_shows_what_everybody_sees_whoever_looks(district: SmallDistrict) -> None:
    public, administrator = (
        [
            (layer["name"], layer["count"])
            for layer in client_of(role).get("/embed/").context["settings"]["layers"]
        ]
        for role in ("public", "administrator")
    )
    assert public == administrator


@pytest.mark.parametrize(
    "site",
    ["town.example", "https://town.example/page", "https://a; script-src x", "https://a?;x", "*", "https://"],
)
def test_what_is_no_site_is_refused(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEOPORTAL_EMBED_SITES", f"https://good.example:8443,{site}")
    with pytest.raises(ImproperlyConfigured, match="GEOPORTAL_EMBED_SITES"):
        origins("GEOPORTAL_EMBED_SITES")
    monkeypatch.setenv("GEOPORTAL_EMBED_SITES", "https://good.example:8443")
    assert origins("GEOPORTAL_EMBED_SITES") == ["https://good.example:8443"]


@pytest.mark.django_db
def test_the_administration_runs_no_script_but_its_own(district: SmallDistrict) -> None:
    building = Building.objects.values_list("pk", flat=True)[0]
    administrator = client_of("administrator")
    for path in ("/admin/", f"/admin/base/building/{building}/change/"):
        answer = administrator.get(path)
        policy = policy_of(answer["Content-Security-Policy"])
        inside = re.findall(r"<script(?![^>]*(?:src=|application/json))[^>]*>", answer.text)
        nonces = {re.sub(r".*nonce=\"([^\"]+)\".*", r"'nonce-\1'", script) for script in inside}
        assert policy["script-src"] == {"'self'", *nonces}
        assert bool(inside) == ("building" in path)
        assert "style-src" not in policy
        assert not re.search(r"\son[a-z]+=|<[^>]+\sstyle=", answer.text)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/", "/layers/", "/cases/", "/cases/inbox/", "/place/?lon=121.8&lat=29.9", "/search/?q=x"]
)
def test_no_browser_keeps_what_somebody_signed_in_was_shown(district: SmallDistrict, path: str) -> None:
    assert "no-store" in client_of("officer").get(path)["Cache-Control"]
    assert "public" not in client_of("public").get(path)["Cache-Control"]


@pytest.mark.django_db
def test_what_strangers_claim_of_the_portal_s_address_counts_for_nothing(client: Client) -> None:
    claims = {"x-forwarded-host": "evil.example", "x-script-name": "/evil", "x-forwarded-proto": "gopher"}
    for path in (
        "/mapproxy/service?service=WMS&request=GetCapabilities&version=1.3.0",
        "/mapproxy/wmts/1.0.0/WMTSCapabilities.xml",
        "/ogc/?f=json",
        "/tiles/buildings.json",
        "/styles/city.json",
        "/accounts/sign-in/",
    ):
        answer = client.get(path, headers=claims)
        assert answer.status_code == 200, path
        body = b"".join(answer) if answer.streaming else answer.content
        for claim in (b"evil", b"gopher"):
            assert claim not in body, path


@pytest.mark.django_db
def test_another_host_s_name_is_refused(client: Client) -> None:
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


def test_production_form_passes_django_s_own_deployment_check() -> None:
    env = os.environ | {
        "GEOPORTAL_HTTPS": "1",
        "GEOPORTAL_SECRET_KEY": "k" * 20 + "0123456789abcdefghijklmnopqrstuv",
    }
    command = [sys.executable, str(ROOT / "manage.py"), "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_production_form_comes_back_by_tls_only(client: Client) -> None:
    script = (
        "import django; django.setup()\n"
        "from django.test import Client\n"
        "ask = Client().get\n"
        "plain, health = ask('/layers/'), ask('/healthz')\n"
        "tls = ask('/accounts/sign-in/', headers={'x-forwarded-proto': 'https'})\n"
        "print(plain.status_code, plain['Location'], health.status_code, tls['Strict-Transport-Security'])\n"
    )
    env = os.environ | {"GEOPORTAL_HTTPS": "1", "GEOPORTAL_SECRET_KEY": settings.SECRET_KEY}
    env |= {"GEOPORTAL_ALLOWED_HOSTS": "testserver"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=env, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout.split(maxsplit=3) == [
        "301",
        "https://testserver/layers/",
        "200",
        "max-age=31536000; includeSubDomains\n",
    ], done.stderr
