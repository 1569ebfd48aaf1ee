"""Accounts of the demo district, with passwords made anew for each data folder."""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from layers.agencies.models import Department, Officer

from .models import Role, User


@dataclass(frozen=True)
class Account:
    """``post`` names the officer of the department that the account belongs to."""

    name: str
    role: Role
    department: str = ""
    post: str = ""

    @property
    def says(self) -> str:
        return f"{self.role.value}{f', {self.department} {self.post}' if self.post else ''}"


CITY, PLANNING = "UM", "PL"
POSTS = ("leader", "legal", "chair", "head", "meeting", "publisher", "archivist")
"""Besides the officers', whose second one assists."""
URBAN_POSTS = (
    "collector",
    "supervisor",
    "supervision_head",
    "dispatcher",
    "command_head",
    "verifier",
    "evaluator",
)
ACCOUNTS = (
    Account("citizen", Role.CITIZEN),
    Account("officer", Role.OFFICER, CITY, "officer"),
    Account("officer2", Role.OFFICER, CITY, "officer"),
    *(Account(post.replace("_", "-"), Role.OFFICER, CITY, post) for post in (*POSTS, *URBAN_POSTS)),
    Account("planning-officer", Role.OFFICER, PLANNING, "officer"),
    Account("planning-officer2", Role.OFFICER, PLANNING, "officer"),
    *(Account(f"planning-{post}", Role.OFFICER, PLANNING, post) for post in POSTS),
    Account("planner", Role.PLANNER, PLANNING),
    Account("admin", Role.ADMINISTRATOR),
)


def create_demo_accounts(folder: Path) -> list[dict[str, str]]:
    """Create the accounts that are missing and write all sign-ins to ``demo-sign-ins.json`` (mode 0600)."""
    kept = folder / "demo-sign-ins.json"
    known = {entry["name"]: entry for entry in json.loads(kept.read_text())} if kept.exists() else {}
    entries = [
        {"name": each.name, "role": each.says, "password": _password(known.get(each.name))}
        for each in ACCOUNTS
    ]
    taken: set[int] = set()
    for entry, account in zip(entries, ACCOUNTS, strict=True):
        user, _ = User.objects.get_or_create(username=account.name)
        user.role = account.role
        user.is_staff = user.is_superuser = account.role == Role.ADMINISTRATOR
        if not user.check_password(entry["password"]):  # setting it anew would end everybody's session
            user.set_password(entry["password"])
        user.officer = _officer(account, taken)
        user.save()
        user.departments.set(() if user.officer else Department.objects.filter(code=account.department))
    folder.mkdir(parents=True, exist_ok=True)
    with open(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(entries, file, indent=1)
    return entries


def _password(entry: dict[str, str] | None) -> str:
    return entry["password"] if entry else secrets.token_urlsafe(9)


def _officer(account: Account, taken: set[int]) -> Officer | None:
    """The first of the department's officers with the post that no other account has."""
    if not account.post:
        return None
    able = Officer.objects.filter(department__code=account.department, posts__contains=[account.post])
    found = able.exclude(pk__in=taken).order_by("pk").first()
    taken |= {found.pk} if found else set()
    return found
