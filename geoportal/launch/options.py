"""The words after ./start, checked before anything is touched."""

import argparse
import ipaddress
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from geoportal.launch.errors import Refusal

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Options:
    port: int
    data: Path
    bind: str
    demo: bool
    backup: Path | None = None
    identity: Path | None = None


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Refusal(f"{message[0].upper()}{message[1:]} (./start --help lists the options).")


def parse(words: list[str]) -> Options:
    parser = _Parser(prog="./start", description="Sets the portal up and runs it.", allow_abbrev=False)
    parser.add_argument("--port", default="8000", metavar="N", help="port of the web server (8000)")
    parser.add_argument("--data", default=str(ROOT / "var"), metavar="DIR", help="data folder (var)")
    parser.add_argument(
        "--bind", default="127.0.0.1", metavar="ADDR", help="address to listen on (127.0.0.1)"
    )
    parser.add_argument("--no-demo", action="store_true", help="leave the demo district out")
    parser.add_argument(
        "--restore", type=Path, metavar="DIR", help="begin with this backup, in a new data folder"
    )
    parser.add_argument(
        "--identity", type=Path, metavar="FILE", help="age identity that an encrypted backup was made for"
    )
    found = parser.parse_args(words)
    if not found.data:
        raise Refusal("--data needs the name of a folder.")
    _check_backup(found.restore, found.identity)
    demo = not found.no_demo and found.restore is None
    return Options(
        _port(found.port), Path(found.data).absolute(), found.bind, demo, found.restore, found.identity
    )


def _check_backup(folder: Path | None, identity: Path | None) -> None:
    if folder is not None and not (folder / "manifest.json").is_file():
        raise Refusal(f"{folder} is no backup: it holds no manifest.json.")
    if identity is not None and (folder is None or not identity.is_file()):
        raise Refusal("--identity needs the name of a file, and --restore beside it.")


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise Refusal(f"--port must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def check_free(bind: str, port: int) -> None:
    """Refuses an address that the web server could not listen on; asked before the long set-up."""
    try:
        family = socket.AF_INET6 if ipaddress.ip_address(bind).version == 6 else socket.AF_INET
    except ValueError:
        raise Refusal(f"--bind must be an IP address such as 127.0.0.1 or 0.0.0.0, not {bind!r}.") from None
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
        except PermissionError:
            raise Refusal(
                f"Only root may listen on port {port}; choose one above 1023 with --port."
            ) from None
        except OSError as problem:
            raise Refusal(_why_not(bind, port, problem)) from None


def _why_not(bind: str, port: int, problem: OSError) -> str:
    if problem.errno in (99, 97):  # EADDRNOTAVAIL, EAFNOSUPPORT
        return f"This machine has no address {bind}; choose one of its own with --bind."
    return f"Port {port} on {bind} is taken by another program; choose another one with --port."
