"""What goes wrong is answered in one place: with a status, a sentence and, at each door, in its own form."""

import errno
import logging

import pytest
from django.db import DataError, InterfaceError, OperationalError, connection
from django.test import Client, RequestFactory
from django.utils.translation import override

from geoportal.errors import error_response, portal_error
from layers import errors
from layers.errors import PortalError
from tests.district import SmallDistrict

KINDS = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, PortalError)]


@pytest.mark.parametrize(
    ("exception", "status"),
    [
        (OperationalError("gone"), 503),
        (InterfaceError("closed"), 503),
        (DataError("value too long"), 400),
        (OSError(errno.ENOSPC, "full"), 503),
        (OSError(errno.EDQUOT, "full"), 503),
    ],
)
def test_what_the_machine_says_becomes_a_sentence(exception: Exception, status: int) -> None:
    error = portal_error(exception)
    assert error is not None
    assert error.status == status
    assert len(str(error)) > 5


@pytest.mark.django_db
def test_a_character_that_no_text_has_is_not_called_too_long() -> None:
    with pytest.raises(DataError) as refused, connection.cursor() as cursor:
        cursor.execute("""SELECT '{"note": "a\\u0000b"}'::jsonb""")
    with override("en"):
        assert str(portal_error(refused.value)) == "A text holds a character that no text has."


@pytest.mark.parametrize(
    "fault", [ValueError("x"), KeyError("x"), AttributeError("x"), OSError(errno.EIO, "x")]
)
def test_a_fault_of_our_own_is_nobody_s_mistake(fault: Exception) -> None:
    assert portal_error(fault) is None


def test_each_status_has_one_kind() -> None:
    statuses = [kind.status for kind in KINDS if "status" in vars(kind)]
    assert len(set(statuses)) == len(statuses)


def test_an_error_tells_what_to_do_next_on_the_page_and_to_programs(client: Client) -> None:
    error = errors.Unavailable("The map is not drawn.", advice="Ask again in a minute.")
    factory = RequestFactory()
    for accept, shown in (
        ("text/html", "<p>Ask again in a minute.</p>"),
        ("application/json", '"advice": "Ask'),
    ):
        request = factory.get("/", headers={"accept": accept})
        request.resolver_match = None
        response = error_response(request, error)
        assert (response.status_code, response["Retry-After"]) == (503, "5")
        assert shown in response.content.decode()


def test_a_fault_behind_a_door_is_a_500_in_its_form_and_in_the_log(
    district: SmallDistrict, caplog: pytest.LogCaptureFixture
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER VIEW for_public.buildings RENAME COLUMN height TO lost")
    client = Client(raise_request_exception=False)
    with caplog.at_level(logging.ERROR, logger="django.request"):
        response = client.get("/ogc/collections/buildings/items")
    assert response.status_code == 500
    assert response.json()["code"] == "NoApplicableCode"
    assert 'column "height" does not exist' in caplog.text


def test_a_method_that_a_door_does_not_answer_is_told_which_it_does(client: Client) -> None:
    for address in ("/search/", "/ogc/", "/layers/"):
        response = client.delete(address, headers={"accept": "application/json"})
        assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
        assert "GET, HEAD" in response.json()["error"]


@pytest.mark.parametrize(
    ("language", "sentence", "advice"),
    [
        ("en", "This form does not belong", "Go back, keep"),
        ("zh", "此表单与您当前的登录状态不符", "请返回上一页"),
    ],
)
@pytest.mark.django_db
def test_a_form_of_another_sign_in_is_refused_in_words_on_which_people_and_phones_act(
    language: str, sentence: str, advice: str
) -> None:
    sender = Client(enforce_csrf_checks=True, headers={"accept-language": language})
    page = sender.post("/receipts/", {"number": "x"}, headers={"accept": "text/html"})
    assert page.status_code == 403
    assert sentence in page.content.decode()
    assert advice in page.content.decode()
    told = sender.post("/field/api/notes/", {}, headers={"accept": "application/json"})
    assert (told.status_code, told.json()["stale"]) == (403, True)
    assert told.json()["error"].startswith(sentence)
