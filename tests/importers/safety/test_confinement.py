"""What strangers' files make a reader do happens in a process of its own, within limits, and ends with its reader."""

import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from importers.errors import ImporterError
from importers.sources import workbook
from layers.confinement import ROOT, Allowance, BeyondAllowance, ConfinementError, values
from tests.launch.liveness import is_alive, left_alive

ENOUGH = Allowance(megabytes=300, seconds=20)
MODULE = "tests.importers.safety.confined_work"
READER = f"""
from layers.confinement import Allowance, values
found = values({MODULE!r}, "pid", allowance=Allowance(300, 20))
print(next(found), flush=True)
import time; time.sleep(600)
"""


def work(*arguments: str, allowance: Allowance = ENOUGH) -> Generator[Any]:
    return values(MODULE, *arguments, allowance=allowance)


def test_what_is_found_arrives_in_order() -> None:
    assert list(work("numbers")) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("kind", ["memory", "crash", "half"])
def test_too_much_memory_and_a_crash_end_only_that_process(kind: str) -> None:
    with pytest.raises(BeyondAllowance):
        list(work(kind))


def test_work_without_end_is_ended() -> None:
    with pytest.raises(BeyondAllowance):
        list(work("time", allowance=Allowance(megabytes=300, seconds=1)))


def test_a_fault_is_told_in_its_words() -> None:
    with pytest.raises(ConfinementError, match=r"^no such work: dancing$"):
        list(work("dancing"))


def test_it_knows_no_secret_of_ours_and_writes_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "of ours")
    [names] = work("secrets")
    assert set(names) <= {"PYTHONPATH", "LC_ALL", "LC_CTYPE"}
    with pytest.raises(ConfinementError):
        list(work("write", str(tmp_path / "a")))
    assert (tmp_path / "a").read_bytes() == b""


def test_it_ends_when_nobody_reads_on() -> None:
    found = work("pid")
    pid = next(found)
    found.close()
    assert not is_alive(pid)


def test_it_ends_with_a_reader_that_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", READER], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as reader:
        assert reader.stdout
        pid = int(reader.stdout.readline())
        assert is_alive(pid)
        reader.kill()
    assert left_alive([pid], seconds=30) == []


def test_a_cell_far_from_the_others_costs_a_sentence(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["name", "lon", "lat"])
    book.active["XFD1048576"] = 1
    book.save(path := tmp_path / "far.xlsx")
    with pytest.raises(ImporterError, match="takes more memory or time than a workbook may"):
        workbook.read(path, None)
