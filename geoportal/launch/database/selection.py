"""The database of a start: a private cluster under the data folder, or the user's own by DATABASE_URL."""

import os
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from geoportal.launch import data_folder
from geoportal.launch.database import cluster, external
from geoportal.launch.errors import Refusal
from geoportal.launch.options import ROOT
from geoportal.launch.processes import child_environment
from geoportal.launch.processes.supervisor import Supervisor
from geoportal.launch.progress import Steps
from geoportal.launch.setup.virtualenv import PYTHON


@dataclass(frozen=True)
class Addresses:
    """Of one database: as its owner, and as the role that answers pages."""

    owner: str
    web: str


def given_url() -> str | None:
    """DATABASE_URL, or what the file DATABASE_URL_FILE holds; its form is checked."""
    url = secret("DATABASE_URL")
    if url:
        external.check_form(url)
    return url


def secret(name: str) -> str | None:
    """A setting of the environment, or what its file holds."""
    value, file = os.environ.get(name), os.environ.get(f"{name}_FILE")
    if value and file:
        raise Refusal(f"Set {name} or {name}_FILE, not both.")
    if file:
        try:
            value = Path(file).read_text().strip()
        except OSError as problem:
            raise Refusal(f"{name}_FILE cannot be read: {file}: {problem.strerror}.") from None
    return value or None


def use_given(url: str, data: Path) -> Addresses:
    """Asks inside .venv whether the portal can work there."""
    asked = subprocess.run(
        [PYTHON, "-m", "geoportal.launch.database.external"],
        input=url,
        text=True,
        stderr=subprocess.PIPE,
        env=child_environment.plain() | {"PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        check=False,
    )
    if asked.returncode != 0:
        raise Refusal(asked.stderr.strip().splitlines()[-1])
    data_folder.keep_private(data / "database-url", url)
    password = secret("GEOPORTAL_WEB_PASSWORD")
    return Addresses(url, external.web_url(url, password) if password else url)


def use_private(data: Path, steps: Steps, supervisor: Supervisor, throw_away: bool = False) -> Addresses:
    """Starts the cluster under the supervisor; its address is kept for manage.py in another terminal."""
    log = data_folder.log_file(data, "postgres")
    own = cluster.locate(data, log, throw_away)
    data_folder.check_room(own.home)
    new = cluster.create(own)
    supervisor.add("The database", lambda: cluster.start(own), log, signal.SIGINT)
    cluster.furnish(own)
    data_folder.keep_private(data / "database-url", own.url)
    steps.outcome(f"{'made' if new else 'started'} in {own.home}")
    return Addresses(own.url, own.web_url)
