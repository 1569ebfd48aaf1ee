"""The browser's modules that need no browser are tested by Node's own test runner, one file after the other."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from geoportal.launch.checks import NODE
from geoportal.launch.setup.browser_libraries import NPM

HERE = Path(__file__).parent
COMMAND = (sys.executable, "-c", NODE, "--test", "--test-timeout=30000", "--test-reporter=spec")


@pytest.mark.parametrize("file", sorted(HERE.glob("*.test.mjs")), ids=lambda file: file.name)
def test_in_node(file: Path) -> None:
    env = {**os.environ, "NODE_MODULES_OF": str(NPM), "TZ": "Asia/Shanghai"}
    ran = subprocess.run([*COMMAND, file], env=env, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "fail 0" in ran.stdout
    assert "skipped 0" in ran.stdout
    assert "tests 0" not in ran.stdout
