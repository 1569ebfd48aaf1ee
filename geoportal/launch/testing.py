"""./test: the same set-up, then every check, then the whole test suite, whose closing line comes last."""

import sys
from collections.abc import Mapping

from geoportal.launch import checks, database, folder, setup, surroundings
from geoportal.launch.children import await_end, end, python_child
from geoportal.launch.environment import PYTHON
from geoportal.launch.options import ROOT
from geoportal.launch.steps import Steps, say
from geoportal.launch.supervisor import Supervisor

DATA = ROOT / "var" / "test"
PROCESSES = "2"


def test(words: list[str]) -> int:
    """With pytest arguments only pytest runs; without, the tests run even after a check failed."""
    folder.prepare(DATA)
    busy = "./test is running already in this copy of the project (process {pid}); wait for it."
    with folder.lock(DATA / "lock", busy), Supervisor() as supervisor:
        steps = Steps(setup.STEPS + 1)
        setup.prepare(DATA, steps, own_database=True, tests=True)
        with steps.step("Database"):
            url = database.use_private(DATA, steps, supervisor, throw_away=True)
        env = surroundings.for_django(DATA, url, surroundings.allowed_hosts("127.0.0.1"))
        failed = [] if words else checks.failures(env)
        if failed:
            say(f"\nFAILED: {', '.join(failed)}. The tests run all the same; the exit code will tell.\n")
        code = _pytest(words or ["-n", PROCESSES, "--dist", "loadfile", "--no-loadscope-reorder"], env)
    return code or (1 if failed else 0)


def _pytest(words: list[str], env: Mapping[str, str]) -> int:
    """In the terminal's foreground, so that a debugger can ask; Ctrl-C reaches it there by itself."""
    sys.stdout.flush()
    child = python_child([PYTHON, "-m", "pytest", *words], env, group=False)
    try:
        return child.wait()
    finally:
        await_end(child, seconds=5)
        end(child, seconds=10)
