import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from geoportal.launch.errors import Refusal
from geoportal.launch.processes.command import run


def test_a_failing_command_is_explained_by_its_last_words(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with pytest.raises(Refusal, match=rf"Counting: two \| three \(all it said is in {log}\)"):
        run(["sh", "-c", "echo two; echo three >&2; exit 3"], "Counting", log=log)
    assert log.read_text() == "two\nthree\n"


def test_a_full_disk_is_called_a_full_disk() -> None:
    with pytest.raises(Refusal, match="the disk is full"):
        run(["sh", "-c", "echo 'could not write: No space left on device'; exit 1"], "Writing")


def test_a_command_that_is_not_there_is_named() -> None:
    with pytest.raises(Refusal, match="no-such-program could not be run"):
        run(["no-such-program"], "Trying")


def test_a_daemon_that_keeps_the_output_open_does_not_hold_the_set_up() -> None:
    assert run(["sh", "-c", "sleep 900 & echo started"], "Starting") == "started"


def test_an_interrupted_set_up_leaves_no_command_behind(tmp_path: Path) -> None:
    """SIGINT of the main thread stands for Ctrl-C; the pid file tells which process must be gone."""
    pid_file = tmp_path / "pid"

    def interrupt() -> None:
        while not (pid_file.exists() and pid_file.read_text().strip()):
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGINT)

    waiter = threading.Thread(target=interrupt)
    code = f"import os, time; open({str(pid_file)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    kept = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        waiter.start()
        with pytest.raises(KeyboardInterrupt):
            run([sys.executable, "-c", code], "Sleeping")
    finally:
        waiter.join()
        signal.signal(signal.SIGINT, kept)
    assert not Path(f"/proc/{pid_file.read_text()}").exists()


def test_a_package_manager_is_waited_for_instead_of_cut_short(tmp_path: Path) -> None:
    done = tmp_path / "done"
    timer = threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT))
    kept = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            run(["sh", "-c", f"sleep 1.5; touch {done}"], "Installing", finish=True)
    finally:
        timer.join()
        signal.signal(signal.SIGINT, kept)
    assert done.exists()
