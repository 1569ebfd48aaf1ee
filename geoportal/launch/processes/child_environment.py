"""The environment Django's processes get."""

import os
import shutil
import socket
import subprocess
from pathlib import Path

from geoportal.launch.options import ROOT

# They point a Python or a PostgreSQL client elsewhere than the launcher means.
FOREIGN = ("PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "DJANGO_SETTINGS_MODULE", "DATABASE_URL_FILE")
EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104  compared with, not bound to
LOCAL = ("localhost", "127.0.0.1", "[::1]")


def plain() -> dict[str, str]:
    """The caller's environment without what would mislead the children."""
    kept = {k: v for k, v in os.environ.items() if k not in FOREIGN and not k.startswith("PG")}
    return kept | {"PYTHONUNBUFFERED": "1", "LC_ALL": "C.UTF-8"}


def for_django(data: Path, database_url: str, hosts: str) -> dict[str, str]:
    return plain() | {
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "geoportal.settings",
        "DATABASE_URL": database_url,
        "GEOPORTAL_DATA": str(data),
        "GEOPORTAL_ALLOWED_HOSTS": hosts,
    }


def allowed_hosts(bind: str) -> str:
    """Names under which this machine may be addressed; the user's own GEOPORTAL_ALLOWED_HOSTS wins."""
    if given := os.environ.get("GEOPORTAL_ALLOWED_HOSTS"):
        return given
    own = machine_addresses() if bind in EVERY_ADDRESS else [bind]
    names = [socket.gethostname(), socket.getfqdn()] if bind not in LOCAL else []
    return ",".join(dict.fromkeys([*LOCAL, *(bracketed(host) for host in [*own, *names] if host)]))


def machine_addresses() -> list[str]:
    if not shutil.which("hostname"):
        return []
    return subprocess.run(["hostname", "-I"], capture_output=True, text=True, check=False).stdout.split()


def bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def addresses(bind: str, port: int) -> list[str]:
    """Where a browser finds the portal, this machine's own address first."""
    if bind not in EVERY_ADDRESS:
        return [f"http://{bracketed(bind)}:{port}/"]
    return [f"http://{bracketed(host)}:{port}/" for host in ["127.0.0.1", *machine_addresses()]]
