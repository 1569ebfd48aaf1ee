"""./test: the same set-up, then every check, then the whole test suite, whose closing line comes last.

Tests that try at random or kill processes have a short form; ``--long`` asks for the long one. ``--coverage`` prints how
much of the code ran, in processes that tests start too, and which lines did not; the whole suite does so with ``--long``.
"""

import sys
from collections.abc import Mapping, Sequence

from geoportal.launch import checks, data_folder
from geoportal.launch.database import selection
from geoportal.launch.options import ROOT
from geoportal.launch.processes import child_environment
from geoportal.launch.processes.children import await_end, end, python_child
from geoportal.launch.processes.supervisor import Supervisor
from geoportal.launch.progress import Steps, say
from geoportal.launch.setup import installation
from geoportal.launch.setup.virtualenv import PYTHON

DATA = ROOT / "var" / "test"
LONG = "--long"
COVERAGE = "--coverage"
MEASURED = ("--cov", "--cov-report", "term-missing:skip-covered")
WHOLE = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", "--durations", "15")


def test(words: list[str]) -> int:
    """With pytest arguments only pytest runs; without, the tests run even after a check failed."""
    chosen = [word for word in words if word not in {LONG, COVERAGE}]
    measured = COVERAGE in words or (LONG in words and not chosen)
    data_folder.prepare(DATA)
    busy = "./test is running already in this copy of the project (process {pid}); wait for it."
    with data_folder.lock(DATA / "lock", busy), Supervisor() as supervisor:
        steps = Steps(installation.STEPS + 1)
        installation.prepare(DATA, steps, own_database=True, tests=True)
        with steps.step("Database"):
            url = selection.use_private(DATA, steps, supervisor, throw_away=True).owner
        env = child_environment.for_django(DATA, url, child_environment.allowed_hosts("127.0.0.1"))
        if LONG in words:
            env |= {"GEOPORTAL_TEST_LONG": "1"}
        failed = [] if chosen else checks.failures(env)
        if failed:
            say(f"\nFAILED: {', '.join(failed)}. The tests run all the same; the exit code will tell.\n")
        code = _pytest([*(chosen or WHOLE), *(MEASURED if measured else ())], env)
    return code or (1 if failed else 0)


def _pytest(words: Sequence[str], env: Mapping[str, str]) -> int:
    """In the terminal's foreground, so that a debugger can ask; Ctrl-C reaches it there by itself."""
    sys.stdout.flush()
    child = python_child([PYTHON, "-m", "pytest", *words], env, group=False)
    try:
        return child.wait()
    finally:
        await_end(child, seconds=5)
        end(child, seconds=10)
