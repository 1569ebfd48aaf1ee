"""Officers of the six departments that enforce: one for each post, several where two must act together."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from geoportal.demo.agencies import department_id
from geoportal.demo.people import person
from layers.agencies.models import Department, Officer
from layers.casework.rules.credentials import Credentials

Row = dict[str, Any]

ENFORCING = ("UM", "WS", "HP", "PL", "LR", "CA")
POSTS = (
    ("officer", "collector", "handler"),
    ("officer", "handler"),
    ("officer", "handler"),
    ("leader", "cashier"),
    ("legal",),
    ("chair",),
    ("head",),
    ("meeting",),
    ("publisher",),
    ("archivist",),
)
URBAN_POSTS = (
    ("collector",),
    ("supervisor",),
    ("supervision_head",),
    ("dispatcher",),
    ("command_head",),
    ("verifier",),
    ("evaluator",),
)
CREDENTIALS = {
    "officer": "enforcement_certificate",
    "leader": "enforcement_certificate",
    "legal": "legal_qualification",
}
"""Kinds by the post that needs them."""


@dataclass(frozen=True)
class Staff:
    """A department and its officers by post, in the order of their rows; none of them is saved."""

    department: Department
    by_post: dict[str, list[Officer]]

    def dispatched(self) -> "Staff":
        """Where only the handlers of the first responsible body act."""
        handlers = [each for each in self.by_post.get("handler", ()) if each.body_id in (None, BODIES[0][0])]
        return Staff(self.department, {**self.by_post, "handler": handlers})

    def holder(self, post: str, random: np.random.Generator, but: Officer | None = None) -> Officer:
        """One who holds the post and is somebody else."""
        able = [officer for officer in self.by_post[post] if officer != but]
        return able[int(random.integers(0, len(able)))]


BODIES = (
    (1, "UM-SAN", "环境卫生管理所", "Sanitation office", "UM"),
    (2, "UM-MUN", "市政设施管理所", "Municipal facilities office", "UM"),
)
"""Responsible bodies: number, code, names and department. The third handler serves in the second one."""


def body_rows() -> list[Row]:
    return [
        {
            "id": number,
            "code": code,
            "name": name,
            "name_en": name_en,
            "department_id": department_id(department),
            "is_active": True,
        }
        for number, code, name, name_en, department in BODIES
    ]


def _body_of(code: str, number: int, posts: Iterable[str]) -> int | None:
    """Of an officer of the department, counted from 1 there."""
    if code != "UM" or "handler" not in posts:
        return None
    return 2 if number == 3 else 1


def rows(random: np.random.Generator) -> list[Row]:
    found: list[Row] = []
    for code in ENFORCING:
        for place, posts in enumerate(POSTS + (URBAN_POSTS if code == "UM" else ()), 1):
            number = len(found) + 1
            found.append(
                {
                    "id": number,
                    "code": f"{code}{number:03d}",
                    "name": person(random),
                    "department_id": department_id(code),
                    "posts": "{" + ",".join(posts) + "}",
                    "body_id": _body_of(code, place, posts),
                    "is_active": True,
                }
            )
    return found


def credential_rows(officers: list[Row]) -> list[Row]:
    held = [(row["id"], kind) for row in officers for kind in sorted(credential_kinds(_posts(row)))]
    return [
        {
            "id": number,
            "officer_id": officer,
            "kind": kind,
            "number": f"演示{officer:06d}",
            "valid_until": date(2030, 12, 31),
        }
        for number, (officer, kind) in enumerate(held, 1)
    ]


def credential_kinds(posts: Iterable[str]) -> frozenset[str]:
    return frozenset(CREDENTIALS[post] for post in posts if post in CREDENTIALS)


def demo_credentials(officer: Officer) -> Credentials:
    """Of an officer who is not saved."""
    body = next((code for number, code, *_ in BODIES if number == officer.body_id), "")
    return Credentials(officer.pk, frozenset(officer.posts), credential_kinds(officer.posts), body=body)


def _posts(row: Row) -> list[str]:
    posts: str = row["posts"]
    return posts.strip("{}").split(",")


def staffs(officers: list[Row]) -> dict[str, Staff]:
    found = {code: Staff(Department(id=department_id(code), code=code), {}) for code in ENFORCING}
    for row in officers:
        staff, posts = found[row["code"][:2]], _posts(row)
        officer = Officer(**{**row, "posts": posts})
        for post in posts:
            staff.by_post.setdefault(post, []).append(officer)
    return found
