"""Accounts of the demo district, with passwords made anew for each data folder."""

import json
import os
import secrets
from pathlib import Path

from layers.agencies.models import Department

from .models import Role, User

ACCOUNTS = (
    ("citizen", Role.CITIZEN, ()),
    ("officer", Role.OFFICER, ("UM",)),
    ("planner", Role.PLANNER, ("PL",)),
    ("admin", Role.ADMINISTRATOR, ()),
)


def create_demo_accounts(folder: Path) -> list[dict[str, str]]:
    """Create the accounts that are missing and write all sign-ins to ``demo-sign-ins.json`` (mode 0600)."""
    kept = folder / "demo-sign-ins.json"
    known = {entry["name"]: entry for entry in json.loads(kept.read_text())} if kept.exists() else {}
    entries = [known.get(name) or _entry(name, role) for name, role, _ in ACCOUNTS]
    for entry, (name, role, departments) in zip(entries, ACCOUNTS, strict=True):
        user, _ = User.objects.get_or_create(username=name)
        user.role = role
        user.is_staff = user.is_superuser = role == Role.ADMINISTRATOR
        if not user.check_password(entry["password"]):  # setting it anew would end everybody's session
            user.set_password(entry["password"])
        user.save()
        user.departments.set(Department.objects.filter(code__in=departments))
    folder.mkdir(parents=True, exist_ok=True)
    with open(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(entries, file, indent=1)
    return entries


def _entry(name: str, role: Role) -> dict[str, str]:
    return {"name": name, "role": str(role.value), "password": secrets.token_urlsafe(9)}
