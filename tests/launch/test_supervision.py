import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from geoportal.launch.errors import Refusal
from geoportal.launch.options import ROOT
from geoportal.launch.processes.children import await_end
from geoportal.launch.processes.supervisor import Supervisor, python_service
from tests.launch.liveness import is_alive, left_alive

# Starts a grandchild in a session of its own that ignores SIGTERM, as a careless FastCGI worker does.
STUBBORN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import signal, time; signal.signal(15, 1); time.sleep(60)"],
                         start_new_session=True)
print(os.getpid(), child.pid, flush=True)
"""
SERVE = """
import sys
from pathlib import Path
from geoportal.launch.processes.supervisor import Supervisor, python_service
def serve(log):
    with Supervisor() as supervisor:
        supervisor.add("Sleeper", python_service(["sleep", "60"], {}, Path(log)), Path(log))
        print(supervisor.services[0].process.pid, flush=True)
        supervisor.watch()
"""
LAUNCHER = f"{SERVE}serve(sys.argv[1])"
COMMAND = f"""{SERVE}
from geoportal.launch import __main__ as command
command.start = lambda words: serve(*words)
sys.exit(command.main(["start", sys.argv[1]]))
"""
"""./start with nothing but a sleeper for a portal."""


def _numbers(log: Path) -> list[int]:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        if words := log.read_text().split() if log.exists() else []:
            return [int(word) for word in words]
        time.sleep(0.05)
    return []


def test_nothing_below_the_supervisor_outlives_it_even_what_ignores_the_signal(tmp_path: Path) -> None:
    script = tmp_path / "launcher.py"
    log = tmp_path / "log"
    script.write_text(
        "import sys, time\nfrom pathlib import Path\n"
        "from geoportal.launch.processes.supervisor import Supervisor, python_service\n"
        f"log = Path({str(log)!r})\n"
        "with Supervisor() as supervisor:\n"
        f"    stubborn = python_service([sys.executable, '-c', {STUBBORN!r}], {{}}, log)\n"
        "    supervisor.add('Stubborn', stubborn, log)\n"
        "    while not log.read_text().strip():\n"
        "        time.sleep(0.05)\n"
    )
    subprocess.run([sys.executable, script], env={"PYTHONPATH": str(ROOT)}, timeout=30, check=True)
    pids = _numbers(log)
    assert len(pids) == 2
    assert left_alive(pids, seconds=2) == []


def test_kill_9_of_the_launcher_ends_its_children(tmp_path: Path) -> None:
    with launched(LAUNCHER, tmp_path) as (launcher, child):
        launcher.kill()
    assert left_alive([child], seconds=10) == []


@contextmanager
def launched(script: str, folder: Path) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    """With the process that it supervises."""
    command = [sys.executable, "-c", script, str(folder / "log")]
    env = {"PYTHONPATH": str(ROOT), "PATH": os.defpath}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env) as launcher:
        assert launcher.stdout is not None
        child = int(launcher.stdout.readline())
        assert is_alive(child)
        try:
            yield launcher, child
        finally:
            launcher.kill()


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ctrl_c_a_stop_and_a_closed_terminal_end_what_is_supervised(
    tmp_path: Path, sign: signal.Signals
) -> None:
    with launched(COMMAND, tmp_path) as (launcher, child):
        launcher.send_signal(sign)
        assert launcher.wait(timeout=60) == 128 + sign
        assert left_alive([child], seconds=1) == []


def test_nohup_is_respected(tmp_path: Path) -> None:
    kept = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with launched(COMMAND, tmp_path) as (launcher, child):
            launcher.send_signal(signal.SIGHUP)
            with pytest.raises(subprocess.TimeoutExpired):
                launcher.wait(timeout=1)
            assert is_alive(child)
            launcher.send_signal(signal.SIGTERM)
            assert launcher.wait(timeout=60) == 128 + signal.SIGTERM
            assert left_alive([child], seconds=1) == []
    finally:
        signal.signal(signal.SIGHUP, kept)


def passes_alone(check: Callable[[Path], None], log: Path) -> bool:
    """Whether a check passes in a process of its own: a supervisor ends everything below the process it is in."""
    process = multiprocessing.get_context("fork").Process(target=check, args=(log,))
    process.start()
    process.join(60)
    return process.exitcode == 0


def test_a_service_that_dies_once_is_started_again(tmp_path: Path) -> None:
    assert passes_alone(_dies_once, tmp_path / "log")


def _dies_once(log: Path) -> None:
    with Supervisor() as supervisor:
        supervisor.add("Sleeper", python_service(["sleep", "60"], {"PATH": os.defpath}, log), log)
        first = supervisor.services[0].process
        os.kill(first.pid, signal.SIGKILL)
        await_end(first, seconds=5)
        supervisor.check()
        second = supervisor.services[0].process
        assert second.pid != first.pid
        assert second.poll() is None
    assert second.returncode == -signal.SIGTERM


def test_a_service_that_keeps_dying_is_started_again_after_pauses_that_grow(tmp_path: Path) -> None:
    assert passes_alone(_keeps_dying, tmp_path / "log")


def _keeps_dying(log: Path) -> None:
    now = 0.0
    with Supervisor(clock=lambda: now) as supervisor:
        supervisor.add("The worker", python_service(["false"], {"PATH": os.defpath}, log), log)
        other = python_service(["sleep", "60"], {"PATH": os.defpath}, log)
        supervisor.add("The database", other, log)
        worker, database = supervisor.services
        first_database = database.process.pid
        pauses = []
        for _ in range(9):
            began, dead = now, worker.process
            await_end(dead, seconds=5)
            while worker.process is dead:
                supervisor.check()
                now += 1.0 if worker.process is dead else 0.0
            pauses.append(now - began)
        assert pauses == [0, 1, 2, 4, 8, 16, 32, 60, 60]
        assert database.process.pid == first_database
        assert database.process.poll() is None
        with pytest.raises(Refusal, match=f"The worker ended 9 times.*{log}"):
            supervisor.refuse_deaths(3)
        supervisor.refuse_deaths(9)
        now += 301
        await_end(worker.process, seconds=5)
        dead = worker.process
        supervisor.check()
        assert worker.process is not dead, "a death long ago no longer counts"
