"""Parties of the roles that the room itself declares."""

import io
import json
import re
from urllib.parse import urlencode

import pytest
from pypdf import PdfReader

from tests.contracts.room.installation import BROKEN, MENDED, ROLES, RUSTY, SHARED, Installation


def test_parties_of_the_room_s_own_roles_are_told_masked_printed_and_asked_for(room: Installation) -> None:
    mended, broken = room.reports[:2]
    told = room.json(f"/cases/{mended}/", "officer")["parties"]
    assert [(each["role_title"], each["name"], each["phone"]) for each in told] == [
        ("捐赠人", "海港木业公司", ""),
        ("报修人", "赵报修", "•••••••4321"),
    ]
    (paper,) = room.json(f"/cases/{mended}/", "officer")["documents"]["made"][0]["made"]
    status, content = room.ask(paper["url"], "officer")
    assert status == 200
    printed = re.sub(r"\s", "", "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages))
    assert "报修人（Whoreportedit）：赵报修，自然人（Naturalperson），13800004321" in printed
    assert "捐赠人：海港木业公司" in printed
    mend = next(each for each in room.json(f"/cases/{broken}/", "officer")["steps"] if each["code"] == "mend")
    assert not mend["may_take"]
    assert "须先登记“报修人”" in json.dumps(mend, ensure_ascii=False)


@pytest.mark.parametrize("role", ROLES)
def test_cases_of_the_room_s_own_family_are_found_by_any_party_s_name(role: str, room: Installation) -> None:
    own = {
        "officer": {MENDED, BROKEN, SHARED},
        "other_officer": {RUSTY, BROKEN, SHARED},
        "administrator": {MENDED, BROKEN, RUSTY, SHARED},
    }
    sees = own.get(role, set())
    for name, cases in {"赵报修": {MENDED}, "海港木业": {MENDED, BROKEN, RUSTY, SHARED}}.items():
        status, content = room.ask(f"/cases/search/?{urlencode({'party': name})}", role)
        found = {item["title"] for item in json.loads(content)["items"]} if status == 200 else set()
        assert found == cases & sees, name
        assert found or name not in content.decode()
