import socket
import subprocess
from pathlib import Path

import pytest

from geoportal.launch import options
from geoportal.launch.errors import Refusal
from geoportal.launch.options import ROOT


def _start(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([ROOT / "start", *words], capture_output=True, text=True, timeout=30, check=False)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--port", "0"], "--port must be a number from 1 to 65535, not '0'"),
        (["--port", "65536"], "from 1 to 65535"),
        (["--port", "eighty"], "not 'eighty'"),
        (["--port"], "--port: expected one argument"),
        (["--data="], "--data needs the name of a folder"),
        (["--bind", "everywhere"], "--bind must be an IP address"),
        (["--bind", "192.0.2.1"], "no address 192.0.2.1"),  # RFC 5737: never a machine's own
        (["--prot", "8000"], "Unrecognized arguments: --prot 8000"),
        (["here"], "Unrecognized arguments: here"),
        (["--restore", "/no-such"], "/no-such is no backup: it holds no manifest.json"),
        (["--identity", "/no-such"], "--identity needs the name of a file, and --restore beside it"),
    ],
)
def test_a_wrong_option_gets_one_sentence_and_changes_nothing(
    words: list[str], expected: str, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    ended = _start("--data", str(data), "--port", str(port), *words)
    assert ended.returncode == 1
    assert expected in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1
    assert not data.exists()


def test_a_taken_port_is_refused_before_the_set_up(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        ended = _start("--port", str(port), "--data", str(tmp_path / "data"))
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"Port {port} on 127.0.0.1 is taken")
    assert not (tmp_path / "data").exists()


def test_a_taken_port_on_one_address_is_free_on_another() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        options.check_free("127.0.0.2", port)
        with pytest.raises(Refusal, match="is taken"):
            options.check_free("127.0.0.1", port)


def test_the_defaults_serve_this_machine_only_from_the_project_folder() -> None:
    found = options.parse([])
    assert (found.port, found.bind, found.data, found.demo) == (8000, "127.0.0.1", ROOT / "var", True)


def test_a_relative_data_folder_is_taken_from_where_the_user_stands(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert options.parse(["--data", "here"]).data == tmp_path / "here"


def test_help_names_every_option() -> None:
    ended = _start("--help")
    assert ended.returncode == 0
    assert all(
        word in ended.stdout
        for word in ("--port N", "--data DIR", "--bind ADDR", "--no-demo", "--restore DIR")
    )
