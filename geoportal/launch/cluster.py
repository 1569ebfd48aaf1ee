"""A private PostGIS cluster: unix socket only, never run by root, ended with the launcher."""

import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from geoportal.launch.accounts import Account, database_account
from geoportal.launch.commands import explain, run
from geoportal.launch.places import SOCKET_NAME, cluster_home, make_home, socket_folder
from geoportal.launch.processes import end, tied_to_parent
from geoportal.launch.refusal import Refusal

BINARIES = Path("/usr/lib/postgresql/15/bin")
USER = DATABASE = "geoportal"
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
        return f"postgresql://{USER}@/{DATABASE}?host={quote(str(self.socket))}"


def locate(data: Path, log: Path, throw_away: bool = False) -> Cluster:
    account = database_account(cluster_home(data))
    home = make_home(data, account)
    return Cluster(home, socket_folder(home, account), account, log, throw_away)


def create(cluster: Cluster) -> bool:
    """Makes the cluster's files once; True when they are new."""
    if (cluster.files / "PG_VERSION").exists():
        _check_version(cluster)
        return False
    words = [BINARIES / "initdb", "-D", cluster.files, "-U", USER, "-E", "UTF8", "--locale=C.UTF-8"]
    # The socket's folder lets nobody but its account and root in, so no password is asked behind it.
    words += ["--auth-local=trust", "--auth-host=reject", *(["--no-sync"] if cluster.throw_away else [])]
    _remove_half_made(cluster)
    run(words, "Making the database", account=cluster.account, log=cluster.log, cwd=cluster.home)
    return True


def start(cluster: Cluster) -> subprocess.Popen[bytes]:
    """Starts the server and waits until it answers; recovers by itself from a crash."""
    end_leftover(cluster)
    with cluster.log.open("ab") as log:
        began = log.tell()
        server = subprocess.Popen(
            command(cluster),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=cluster.files if cluster.account is None else "/",
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
            process_group=0,
            preexec_fn=tied_to_parent(signal.SIGINT),
            user=cluster.account.uid if cluster.account else None,
            group=cluster.account.gid if cluster.account else None,
            extra_groups=[cluster.account.gid] if cluster.account else None,
        )
    try:
        _await(cluster, server, began)
    except BaseException:
        stop(server)
        raise
    return server


def command(cluster: Cluster) -> list[str]:
    settings = SETTINGS | {
        "unix_socket_directories": str(cluster.socket),
        "shared_buffers": f"{_shared_megabytes(cluster.throw_away)}MB",
        **(THROW_AWAY if cluster.throw_away else {}),
    }
    words = [str(BINARIES / "postgres"), "-D", str(cluster.files), "-p", "5432"]
    return words + [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]


def stop(server: subprocess.Popen[bytes]) -> None:
    """SIGINT is PostgreSQL's fast stop: sessions end, files are left as after a clean shutdown."""
    end(server, signal.SIGINT, seconds=60)


def ask(cluster: Cluster, sql: str, database: str = "postgres") -> str:
    words = [BINARIES / "psql", "-XAtq", "-h", cluster.socket, "-U", USER, "-d", database, "-c", sql]
    return run(words, "The database refused to be set up", account=cluster.account)


def furnish(cluster: Cluster) -> None:
    """The database itself and PostGIS in it."""
    if ask(cluster, f"select 1 from pg_database where datname = '{DATABASE}'") != "1":
        ask(cluster, f"create database {DATABASE}")
    ask(cluster, "set client_min_messages = warning; create extension if not exists postgis", DATABASE)


def end_leftover(cluster: Cluster) -> None:
    """After a kill -9 of the launcher the old server may still be closing, or its pid file names a stranger."""
    pid_file = cluster.files / "postmaster.pid"
    pid = _pid_in(pid_file)
    if pid is None:
        return
    if _is_server(pid, cluster):
        pg_ctl = [BINARIES / "pg_ctl", "stop", "-D", cluster.files, "-m", "fast", "-w", "-t", "60"]
        run(pg_ctl, "Ending the database of an earlier start", account=cluster.account)
    else:
        pid_file.unlink(missing_ok=True)
        (cluster.socket / f"{SOCKET_NAME}.lock").unlink(missing_ok=True)


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


def _await(cluster: Cluster, server: subprocess.Popen[bytes], began: int) -> None:
    ready = [BINARIES / "pg_isready", "-q", "-h", cluster.socket, "-p", "5432"]
    until = time.monotonic() + SECONDS_TO_RECOVER
    identity = {"user": cluster.account.uid} if cluster.account else {}
    while subprocess.run(ready, check=False, cwd="/", **identity).returncode != 0:  # type: ignore[call-overload]
        if server.poll() is not None or time.monotonic() > until:
            raise Refusal(explain("The database did not start", _said_since(cluster.log, began), cluster.log))
        time.sleep(0.1)


def _said_since(log: Path, began: int) -> list[str]:
    with log.open("rb") as file:
        file.seek(began)
        return [line for line in file.read().decode(errors="replace").splitlines() if line.strip()]


def _check_version(cluster: Cluster) -> None:
    version = (cluster.files / "PG_VERSION").read_text().strip()
    if version != BINARIES.parent.name:
        raise Refusal(
            f"The database in {cluster.home} was made by PostgreSQL {version}, this machine runs {BINARIES.parent.name}; "
            "restore a backup of it into a new --data folder."
        )


def _remove_half_made(cluster: Cluster) -> None:
    if cluster.files.exists():  # PG_VERSION is missing: an interrupted initdb, which holds nothing yet
        run(["rm", "-rf", "--", cluster.files], "Removing a half-made database", account=cluster.account)


def _shared_megabytes(throw_away: bool) -> int:
    """An eighth of the memory, between 128 MB and 2 GB; half a GB for tests."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1024**2
    return max(128, min(memory // 8, 512 if throw_away else 2048))
