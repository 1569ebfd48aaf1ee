"""Who reported a case of the room's own family follows it by its receipt."""

import http.cookiejar
import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

import pytest

from tests.contracts.room.installation import Installation

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


class ReceiptHolder:
    """Somebody without an account at ``/receipts/``, with cookies as a browser keeps them."""

    def __init__(self, room: Installation, number: str, secret: str) -> None:
        self.address = f"{room.url}/receipts/"
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self.opener.addheaders = [("Accept-Language", "zh")]
        self.page()  # which gives the token
        self.post("", number=number, secret=secret)

    def page(self, accept: str = "text/html") -> str:
        asked = urllib.request.Request(self.address, headers={"Accept": accept})  # noqa: S310  our own http address
        return str(self.opener.open(asked, timeout=60).read().decode())

    def content(self) -> Any:
        return json.loads(self.page("application/json"))

    def post(self, path: str, **words: object) -> None:
        token = next(cookie.value for cookie in self.cookies if cookie.name == "csrftoken")
        sent = urllib.parse.urlencode({"csrfmiddlewaretoken": token, **words}).encode()
        self.opener.open(self.address + path, sent, timeout=60)


def test_who_reported_it_follows_it_and_tells_more_without_an_account(room: Installation) -> None:
    mended, broken = (ReceiptHolder(room, number, secret) for number, secret in room.receipts)
    told = mended.content()
    assert (told["role"], told["state"], told["steps"]) == ("报修人", "已修好", [])
    assert [(each["title"], each["facts"]) for each in told["events"]] == [
        ("修好", [{"label": "维修内容", "value": "更换椅面"}])
    ]
    shown = broken.content()
    assert [step["code"] for step in shown["steps"]] == ["tell_more"]
    broken.post("steps/tell_more/", revision=shown["revision"], **{"field-more": "夜间有人坐上去摇晃"})
    assert "夜间有人坐上去摇晃" in broken.page()
    log = room.json(f"/cases/{room.reports[1]}/", "officer")["timeline"]
    (event,) = [each for each in log if each["title"] == "补充报修情况"]
    assert (event["who"], event["facts"][0]["value"]) == ("报修人（凭回执）", "夜间有人坐上去摇晃")
    notices = room.json("/cases/notices/", "officer")["items"]
    assert any(room.reports[1] == (each["case"] or {}).get("id") for each in notices)
