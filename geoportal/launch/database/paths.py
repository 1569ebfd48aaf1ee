"""Where the private cluster lies: below the data folder if its account gets there, else below /var/lib."""

import hashlib
import os
import subprocess
import tempfile
from pathlib import Path

from geoportal.launch.database.account import Account, is_root
from geoportal.launch.errors import Refusal

ELSEWHERE = Path("/var/lib/geoportal")
SOCKET_NAME = ".s.PGSQL.5432"  # the number only names the file: nothing listens on TCP
SOCKET_PATH_BYTES = 107  # sun_path of unix(7), less its closing zero


def cluster_home(data: Path) -> Path:
    """The cluster's folder for this data folder, whether it exists yet or not."""
    home, elsewhere = data / "postgres", ELSEWHERE / _fingerprint(data)
    return elsewhere if is_root() and elsewhere.exists() and not home.exists() else home


def make_home(data: Path, account: Account | None) -> Path:
    """Creates the cluster's folder, owned by its account and closed to everybody else."""
    home = cluster_home(data)
    if not home.exists() and account and not reaches(account, data):
        ELSEWHERE.mkdir(mode=0o755, exist_ok=True)
        home = ELSEWHERE / _fingerprint(data)
    home.mkdir(mode=0o700, exist_ok=True)
    if account:
        os.chown(home, account.uid, account.gid)
        if not reaches(account, home):
            raise Refusal(
                f"The user {account.name}, who runs the database, cannot enter {home}; open its parent folders with chmod o+x."
            )
    return home


def reaches(account: Account, folder: Path) -> bool:
    """Every parent folder must let the account through."""
    tried = subprocess.run(
        ["test", "-x", folder],
        user=account.uid,
        group=account.gid,
        extra_groups=[account.gid],
        cwd="/",
        check=False,
    )
    return tried.returncode == 0


def socket_folder(home: Path, account: Account | None) -> Path:
    """A folder only the account (and root) enters; a short one elsewhere when the cluster's path
    is too long for a socket or has a comma, which parts a list of hosts."""
    folder = home / "socket"
    if "," in str(folder) or len(os.fsencode(folder / SOCKET_NAME)) >= SOCKET_PATH_BYTES:
        runtime = (
            Path("/run") if is_root() else Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir())
        )
        folder = runtime / f"geoportal-{os.geteuid()}-{_fingerprint(home)}"
        if len(os.fsencode(folder / SOCKET_NAME)) >= SOCKET_PATH_BYTES:
            folder = Path("/tmp") / folder.name  # noqa: S108  owner and rights are checked below
    folder.mkdir(mode=0o700, exist_ok=True)
    owner = account.uid if account else os.geteuid()
    if account and folder.lstat().st_uid == 0:
        os.chown(folder, account.uid, account.gid, follow_symlinks=False)
    if folder.is_symlink() or folder.stat().st_uid != owner:
        raise Refusal(f"{folder} belongs to somebody else; remove it, or choose a shorter --data path.")
    folder.chmod(0o700)
    return folder


def _fingerprint(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:12]
