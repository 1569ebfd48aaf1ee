"""Debian packages the portal stands on, and how missing ones are installed."""

import grp
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from geoportal.launch.database.account import is_root
from geoportal.launch.errors import Refusal
from geoportal.launch.processes.command import run
from geoportal.launch.progress import Steps

VENV = "python3.11-venv"
ALWAYS = (
    "ca-certificates",
    "cgi-mapserver",
    "fonts-noto-cjk",
    "gettext",
    "graphviz",
    "libgdal32",
    "libgeos-c1v5",
    "libharfbuzz-subset0",
    "libpango-1.0-0",
    "libpangoft2-1.0-0",
    "postgresql-client-15",
)
OWN_DATABASE = ("postgresql-15", "postgresql-15-pgrouting", "postgresql-15-postgis-3")
TESTS_ONLY = ("chromium-headless-shell", "gdal-bin", "nginx-light", "python3-qgis", "redis-server")
INSTALL = "apt-get install -y --no-install-recommends"


def needed(own_database: bool, tests: bool) -> list[str]:
    wanted = [*ALWAYS, *(OWN_DATABASE if own_database else ()), *(TESTS_ONLY if tests else ())]
    if importlib.util.find_spec("ensurepip") is None:  # Debian's Python comes without; others bring it along
        wanted.append(VENV)
    return sorted(wanted)


def missing(packages: Sequence[str]) -> list[str]:
    """Those of the packages that dpkg does not list as installed."""
    if not shutil.which("dpkg-query"):
        raise Refusal(f"This is not Debian 12; provide what these packages hold: {' '.join(packages)}.")
    asked = subprocess.run(
        ["dpkg-query", "-W", "-f=${Package} ${db:Status-Status}\n", *packages],
        capture_output=True,
        text=True,
        check=False,  # it complains of unknown packages, which are the ones looked for
    )
    installed = {line.split()[0] for line in asked.stdout.splitlines() if line.endswith(" installed")}
    return [name for name in packages if name not in installed]


def install(packages: Sequence[str], steps: Steps, log: Path) -> None:
    """Refuses with the exact command when this user may not install packages."""
    prefix = _privilege(packages)
    env = ["env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8"]
    command = [*prefix, *env, "apt-get"]
    run([*command, "update"], "Reading Debian's package lists", steps=steps, log=log, finish=True)
    options = INSTALL.split()[1:]
    run([*command, *options, *packages], "Installing Debian packages", steps=steps, log=log, finish=True)


def _privilege(packages: Sequence[str]) -> list[str]:
    if is_root():
        return []
    if shutil.which("sudo") and (_sudo("-n", "true") or (_may_ask_password() and _sudo("-v"))):
        return ["sudo", "-n"]
    raise Refusal(
        f"These Debian packages are missing and need root or sudo: {' '.join(packages)}. "
        f"Have them installed with: apt-get update && {INSTALL} {' '.join(packages)}"
    )


def _sudo(*words: str) -> bool:
    quiet = subprocess.DEVNULL if "-n" in words else None
    return subprocess.run(["sudo", *words], stderr=quiet, check=False).returncode == 0


def _may_ask_password() -> bool:
    """Only a member of Debian's sudo group is asked, and only where there is a keyboard."""
    groups = {grp.getgrgid(gid).gr_name for gid in os.getgroups()}
    return sys.stdin is not None and sys.stdin.isatty() and "sudo" in groups
