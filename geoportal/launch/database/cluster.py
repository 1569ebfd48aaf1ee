"""A private PostGIS cluster: unix socket only, never run by root, ended with the launcher."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from geoportal.launch.database.account import Account, database_account
from geoportal.launch.database.paths import SOCKET_NAME, cluster_home, make_home, socket_folder
from geoportal.launch.errors import Refusal
from geoportal.launch.processes import child_environment
from geoportal.launch.processes.children import Child, end, spawn
from geoportal.launch.processes.command import explain, run

VERSION = "15"
BINARIES = f"/usr/lib/postgresql/{VERSION}/bin"
USER = DATABASE = "geoportal"
WEB_USER = f"{DATABASE}_web"
SECONDS_TO_RECOVER = 120  # a long crash recovery after a power cut

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    # Tiles are short queries: compiling and starting workers cost them more than they gain.
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
}
THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Cluster:
    home: Path
    socket: Path
    account: Account | None
    log: Path
    throw_away: bool = False

    @property
    def files(self) -> Path:
        return self.home / "data"

    @property
    def url(self) -> str:
        return self._url_of(USER)

    @property
    def web_url(self) -> str:
        """For what answers pages: as a role that owns nothing."""
        return self._url_of(WEB_USER)

    def _url_of(self, user: str) -> str:
        return f"postgresql://{user}@/{DATABASE}?host={quote(str(self.socket))}"


def locate(data: Path, log: Path, throw_away: bool = False) -> Cluster:
    account = database_account(cluster_home(data))
    home = make_home(data, account)
    return Cluster(home, socket_folder(home, account), account, log, throw_away)


def create(cluster: Cluster) -> bool:
    """Makes the cluster's files once; True when they are new."""
    if (cluster.files / "PG_VERSION").exists():
        _check_version(cluster)
        return False
    draft = cluster.home / "data.new"  # what an interrupted initdb leaves must not pass for a database
    run(["rm", "-rf", "--", draft], "Removing a half-made database", account=cluster.account)
    words: list[str | Path] = [
        f"{BINARIES}/initdb",
        "-D",
        str(draft),
        "-U",
        USER,
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
    ]
    # The socket's folder lets nobody but its account and root in, so no password is asked behind it.
    words += ["--auth-local=trust", "--auth-host=reject", *(["--no-sync"] if cluster.throw_away else [])]
    run(words, "Making the database", account=cluster.account, log=cluster.log)
    draft.rename(cluster.files)
    return True


def start(cluster: Cluster) -> Child:
    """Starts the server and waits until it answers; recovers by itself from a crash."""
    end_leftover(cluster)
    with cluster.log.open("ab") as log:
        began = log.tell()
        server = spawn(
            command(cluster),
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
            output=log,
            account=cluster.account,
            last_signal=signal.SIGINT,
        )
    try:
        _await(cluster, server, began)
    except BaseException:
        stop(server)
        raise
    return server


def command(cluster: Cluster) -> list[str]:
    settings = SETTINGS | {
        "unix_socket_directories": _quoted(cluster.socket),
        "shared_buffers": f"{_shared_megabytes(cluster.throw_away)}MB",
        **(THROW_AWAY if cluster.throw_away else {}),
    }
    words = [f"{BINARIES}/postgres", "-D", str(cluster.files), "-p", "5432"]
    return words + [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]


def stop(server: Child) -> None:
    """SIGINT is PostgreSQL's fast stop: sessions end, files are left as after a clean shutdown."""
    end(server, signal.SIGINT, seconds=60)


def ask(cluster: Cluster, sql: str, database: str = "postgres") -> str:
    words = [f"{BINARIES}/psql", "-XAtq", "-h", str(cluster.socket), "-U", USER, "-d", database, "-c", sql]
    return run(words, "The database refused to be set up", env=child_environment.plain())


def furnish(cluster: Cluster) -> None:
    """The database itself with PostGIS and pgRouting in it."""
    if ask(cluster, f"select 1 from pg_database where datname = '{DATABASE}'") != "1":
        ask(cluster, f"create database {DATABASE}")
    if ask(cluster, f"select 1 from pg_roles where rolname = '{WEB_USER}'") != "1":
        ask(cluster, f"create role {WEB_USER} login")
    for extension in ("postgis", "pgrouting"):
        ask(
            cluster,
            f"set client_min_messages = warning; create extension if not exists {extension}",
            DATABASE,
        )


def end_leftover(cluster: Cluster) -> None:
    """After a kill -9 of the launcher the old server may still be closing, or its pid file names a stranger."""
    pid_file = cluster.files / "postmaster.pid"
    pid = _pid_in(pid_file)
    if pid is None:
        return
    if _is_server(pid, cluster):
        _end_server(pid, cluster)
    else:
        pid_file.unlink(missing_ok=True)
        (cluster.socket / f"{SOCKET_NAME}.lock").unlink(missing_ok=True)


def _end_server(pid: int, cluster: Cluster) -> None:
    until = time.monotonic() + SECONDS_TO_RECOVER
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGINT)
    while _is_server(pid, cluster) and time.monotonic() < until:
        time.sleep(0.1)
    if _is_server(pid, cluster):
        raise Refusal(
            f"The database of an earlier start (process {pid}) does not end; end it and start again."
        )


def _pid_in(pid_file: Path) -> int | None:
    try:
        return int(pid_file.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None


def _is_server(pid: int, cluster: Cluster) -> bool:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return words[0].endswith(b"postgres") and os.fsencode(cluster.files) in words


def _await(cluster: Cluster, server: Child, began: int) -> None:
    ready = [f"{BINARIES}/pg_isready", "-q", "-h", str(cluster.socket), "-p", "5432"]
    until = time.monotonic() + SECONDS_TO_RECOVER
    while subprocess.run(ready, check=False).returncode != 0:
        if server.poll() is not None or time.monotonic() > until:
            raise Refusal(explain("The database did not start", _said_since(cluster.log, began), cluster.log))
        time.sleep(0.1)


def _said_since(log: Path, began: int) -> list[str]:
    with log.open("rb") as file:
        file.seek(began)
        return [line for line in file.read().decode(errors="replace").splitlines() if line.strip()]


def _check_version(cluster: Cluster) -> None:
    version = (cluster.files / "PG_VERSION").read_text().strip()
    if version != VERSION:
        raise Refusal(
            f"The database in {cluster.home} was made by PostgreSQL {version}, this machine runs {VERSION}; "
            "restore a backup of it into a new --data folder."
        )


def _shared_megabytes(throw_away: bool) -> int:
    """An eighth of the memory, between 128 MB and 2 GB; half a GB for tests."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1024**2
    return max(128, min(memory // 8, 512 if throw_away else 2048))


def _quoted(folder: Path) -> str:
    """The setting is a list: a comma in a path must not part it."""
    return '"' + str(folder).replace('"', '""') + '"'
