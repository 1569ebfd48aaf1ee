"""Who reported a case of the room's own family follows it by its receipt."""

import http.cookiejar
import json
import urllib.request
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils import timezone

from tests.contracts.room.installation import Installation
from tests.photographs import photograph


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
        with self.opener.open(asked, timeout=60) as answer:
            return str(answer.read().decode())

    def content(self) -> Any:
        return json.loads(self.page("application/json"))

    def post(self, path: str, file: tuple[str, bytes] | None = None, **words: object) -> None:
        """``file`` is the field of a form and a JPEG."""
        token = next(cookie.value for cookie in self.cookies if cookie.name == "csrftoken")
        form: dict[str, object] = {"csrfmiddlewaretoken": token, **words}
        if file:
            form[file[0]] = SimpleUploadedFile("现场.jpg", file[1], "image/jpeg")
        asked = urllib.request.Request(  # noqa: S310  our own http address
            self.address + path,
            encode_multipart(BOUNDARY, form),
            {"Content-Type": MULTIPART_CONTENT},
        )
        self.opener.open(asked, timeout=60).close()


def test_who_reported_it_follows_it_and_tells_more_without_an_account(room: Installation) -> None:
    mended, broken = (ReceiptHolder(room, number, secret) for number, secret in room.receipts)
    told = mended.content()
    assert (told["role"], told["state"], told["steps"]) == ("报修人", "已修好", [])
    assert [(each["title"], each["facts"]) for each in told["events"]] == [
        ("修好", [{"label": "维修内容", "value": "更换椅面"}])
    ]
    shown = broken.content()
    assert [step["code"] for step in shown["steps"]] == ["tell_more"]
    taken = photograph(taken=timezone.now(), position=(121.842, 29.9))
    words = {"field-more": "夜间有人坐上去摇晃", "form": str(uuid4())}
    broken.post("steps/tell_more/", ("field-picture.file", taken), revision=shown["revision"], **words)
    assert "夜间有人坐上去摇晃" in broken.page()
    log = room.json(f"/cases/{room.reports[1]}/", "officer")["timeline"]
    (event,) = [each for each in log if each["title"] == "补充报修情况"]
    assert (event["who"], event["facts"][0]["value"]) == ("报修人（凭回执）", "夜间有人坐上去摇晃")
    (piece,) = room.json(f"/cases/{room.reports[1]}/", "officer")["evidence"]
    assert (piece["title"], piece["lon"], piece["officers"]) == ("现场.jpg", None, "报修人（凭回执）")
    notices = room.json("/cases/notices/", "officer")["items"]
    assert any(room.reports[1] == (each["case"] or {}).get("id") for each in notices)
