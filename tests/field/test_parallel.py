"""The same key sent twice at the same time, by real transactions, is one act."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from layers.casework.models import Case, Evidence
from tests.district import SmallDistrict
from tests.field.conftest import case_body, make_accounts, phone, post, send_photo

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 4


def together(act: Callable[[], Any]) -> list[dict[str, Any]]:
    ready = Barrier(AT_ONCE)

    def one(_: int) -> dict[str, Any]:
        try:
            ready.wait(10)
            response = act()
            assert response.status_code == 200, response.content
            found: dict[str, Any] = response.json()
            return found
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(one, range(AT_ONCE)))


def test_one_key_is_one_case_one_piece_one_note_and_one_step(committed_district: SmallDistrict) -> None:
    make_accounts()
    body = case_body(procedure="simple", category="street_trading")
    opened = together(lambda: post(phone(), "cases/", body))
    assert len({each["case"]["id"] for each in opened}) == 1
    case = Case.objects.get(key=body["key"])
    piece = str(uuid4())
    pieces = together(lambda: send_photo(phone(), body["key"], piece))
    assert len({(each["evidence"], each["revision"]) for each in pieces}) == 1
    assert Evidence.objects.filter(case=case, original=None).count() == 1
    note = {"key": str(uuid4()), "case": case.pk, "note": "seen"}
    assert len({each["event"] for each in together(lambda: post(phone(), "notes/", note))}) == 1
    step = {"key": str(uuid4()), "case": case.pk, "step": "dismiss", "revision": 3, "reason": "first offence"}
    assert len({each["event"] for each in together(lambda: post(phone(), "steps/", step))}) == 1
    case.refresh_from_db()
    assert list(case.events.values_list("kind", flat=True)) == ["opened", "evidence", "note", "step"]
    assert case.revision == 4
