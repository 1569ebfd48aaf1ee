"""Signing in and out: plain errors, no way to be sent elsewhere, and the administration by the same door."""

import pytest
from django.test import Client

from tests.people import PASSWORD, make_person

pytestmark = pytest.mark.django_db
SIGN_IN = "/accounts/sign-in/"


def test_a_person_signs_in_sees_what_they_may_see_and_signs_out(client: Client) -> None:
    make_person("officer")
    assert client.post(SIGN_IN, {"username": "officer", "password": PASSWORD}).status_code == 302
    page = client.get("/accounts/me/").content.decode()
    assert "officer" in page
    assert "部门" in page
    client.post("/accounts/sign-out/")
    assert client.get("/accounts/me/").status_code == 302


def test_a_wrong_password_gets_one_sentence(client: Client) -> None:
    make_person("officer")
    page = client.post(SIGN_IN, {"username": "officer", "password": "wrong"})
    assert page.status_code == 200
    assert "用户名与密码不符" in page.content.decode()
    assert 'value="officer"' in page.content.decode()


def test_nobody_is_sent_to_another_host(client: Client) -> None:
    make_person("officer")
    answer = client.post(
        SIGN_IN, {"username": "officer", "password": PASSWORD, "next": "//elsewhere.example/"}
    )
    assert answer["Location"] == "/"


def test_the_administration_is_entered_by_the_same_door(client: Client) -> None:
    make_person("administrator")
    make_person("citizen")
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == f"{SIGN_IN}?next=%2Fadmin%2F"
    client.post(SIGN_IN, {"username": "citizen", "password": PASSWORD})
    refused = client.get("/admin/", follow=True)
    assert refused.status_code == 403
    assert "工作人员" in refused.content.decode()
    client.post("/accounts/sign-out/")
    sent = {"username": "administrator", "password": PASSWORD, "next": "/admin/"}
    assert client.post(SIGN_IN, sent)["Location"] == "/admin/"
    assert client.get("/admin/login/")["Location"] == "/admin/"
