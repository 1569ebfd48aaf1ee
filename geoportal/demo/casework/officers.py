"""Officers of the six departments that enforce: one for each post, several where two must act together."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from geoportal.demo.agencies import department_id
from geoportal.demo.people import person
from layers.agencies.models import Department, Officer

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
CERTIFIED = {"officer", "leader"}


@dataclass(frozen=True)
class Staff:
    """A department and its officers by post, in the order of their rows; none of them is saved."""

    department: Department
    by_post: dict[str, list[Officer]]

    def holder(self, post: str, random: np.random.Generator, but: Officer | None = None) -> Officer:
        """One who holds the post and is somebody else."""
        able = [officer for officer in self.by_post[post] if officer != but]
        return able[int(random.integers(0, len(able)))]


def rows(random: np.random.Generator) -> list[Row]:
    found: list[Row] = []
    for code in ENFORCING:
        for posts in POSTS + (URBAN_POSTS if code == "UM" else ()):
            number = len(found) + 1
            certified = bool(CERTIFIED & set(posts))
            found.append(
                {
                    "id": number,
                    "code": f"{code}{number:03d}",
                    "name": person(random),
                    "department_id": department_id(code),
                    "posts": "{" + ",".join(posts) + "}",
                    "certificate": f"演示{number:06d}" if certified else "",
                    "certificate_until": date(2030, 12, 31) if certified else None,
                    "is_qualified": "legal" in posts,
                    "is_active": True,
                }
            )
    return found


def staffs(officers: list[Row]) -> dict[str, Staff]:
    found = {code: Staff(Department(id=department_id(code), code=code), {}) for code in ENFORCING}
    for row in officers:
        staff, posts = found[row["code"][:2]], row["posts"].strip("{}").split(",")
        officer = Officer(**{**row, "posts": posts})
        for post in posts:
            staff.by_post.setdefault(post, []).append(officer)
    return found
