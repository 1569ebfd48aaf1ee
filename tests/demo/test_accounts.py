"""Whoever tries the demo can act in every post of the procedures of the two departments that have accounts."""

import pytest

from geoportal.accounts.demo import ACCOUNTS
from geoportal.demo.casework import officers
from tests.room_texts import shipped_procedures


@pytest.mark.parametrize(
    ("department", "codes"), [("UM", ("simple", "ordinary-um", "urban")), ("PL", ("ordinary-pl",))]
)
def test_every_post_has_an_account(department: str, codes: tuple[str, ...]) -> None:
    roles = {
        role.code for code in codes for role in shipped_procedures()[code].roles.values() if not role.outside
    }
    serving = [*officers.POSTS, *(officers.URBAN_POSTS if department == "UM" else ())]
    held: set[str] = set()
    for account in (each for each in ACCOUNTS if each.department == department and each.post):
        posts = next(each for each in serving if account.post in each)
        serving.remove(posts)
        held |= set(posts)
    assert roles <= held
