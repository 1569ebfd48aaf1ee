"""Under whose name the database runs: never root's."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from geoportal.launch.errors import Refusal


@dataclass(frozen=True)
class Account:
    uid: int
    gid: int
    name: str


def is_root() -> bool:
    return os.geteuid() == 0


def database_account(cluster: Path) -> Account | None:
    """The account to start PostgreSQL with, or None for one's own.

    Root lends the cluster's owner, else `postgres` of Debian's package; a user may only run a cluster of their own.
    """
    owner = cluster.stat().st_uid if cluster.exists() else None
    if not is_root():
        if owner not in (None, os.geteuid()):
            name = _name(owner)
            raise Refusal(
                f"The database in {cluster} belongs to {name}; start the portal as root or choose another --data folder."
            )
        return None
    return _account(owner) if owner else _postgres()


def _account(uid: int) -> Account:
    try:
        found = pwd.getpwuid(uid)
    except KeyError:
        raise Refusal(f"The database folder belongs to user number {uid}, who does not exist here.") from None
    return Account(found.pw_uid, found.pw_gid, found.pw_name)


def _postgres() -> Account:
    try:
        found = pwd.getpwnam("postgres")
    except KeyError:
        raise Refusal(
            "PostgreSQL must not run as root and this machine has no user postgres; create one with: adduser --system --group postgres"
        ) from None
    return Account(found.pw_uid, found.pw_gid, found.pw_name)


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user number {uid}"
