"""The database of a start: a private cluster under the data folder, or the user's own by DATABASE_URL."""

import os
import signal
import subprocess
from pathlib import Path

from geoportal.launch import data_folder
from geoportal.launch.database import cluster, external
from geoportal.launch.errors import Refusal
from geoportal.launch.options import ROOT
from geoportal.launch.processes import child_environment
from geoportal.launch.processes.supervisor import Supervisor
from geoportal.launch.progress import Steps
from geoportal.launch.setup.virtualenv import PYTHON


def given_url() -> str | None:
    """DATABASE_URL, or what the file DATABASE_URL_FILE holds; its form is checked."""
    url, file = os.environ.get("DATABASE_URL"), os.environ.get("DATABASE_URL_FILE")
    if url and file:
        raise Refusal("Set DATABASE_URL or DATABASE_URL_FILE, not both.")
    if file:
        try:
            url = Path(file).read_text().strip()
        except OSError as problem:
            raise Refusal(f"DATABASE_URL_FILE cannot be read: {file}: {problem.strerror}.") from None
    if url:
        external.check_form(url)
    return url or None


def use_given(url: str, data: Path) -> None:
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


def use_private(data: Path, steps: Steps, supervisor: Supervisor, throw_away: bool = False) -> str:
    """Starts the cluster under the supervisor; its address is kept for manage.py in another terminal."""
    log = data_folder.log_file(data, "postgres")
    own = cluster.locate(data, log, throw_away)
    data_folder.check_room(own.home)
    new = cluster.create(own)
    supervisor.add("The database", lambda: cluster.start(own), log, signal.SIGINT)
    cluster.furnish(own)
    data_folder.keep_private(data / "database-url", own.url)
    steps.outcome(f"{'made' if new else 'started'} in {own.home}")
    return own.url
