"""Requests from wrk, a load generator of Debian's, on the same machine."""

import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.figures import CannotMeasure

CLIENTS = 4
LONGEST = 300  # seconds for one round

_SCRIPT = """
local paths, asked, answered = {}, 0, 0
for line in io.lines("%(paths)s") do paths[#paths + 1] = line end
local function say(word) io.write(word .. "\\n"); io.flush() end
request = function()
  if asked == 0 then say("started") end
  asked = asked %% #paths + 1
  return wrk.format("GET", paths[asked], {%(headers)s})
end
response = function(status)
  answered = answered + 1
  if status >= 400 then say("answered " .. status) end
  if answered == #paths then say("finished") end
end
"""


def rate(url: str, paths: Sequence[str], seconds: float, **headers: str) -> float:
    """Answers a second while the paths are asked for in turn for so many seconds."""
    with _wrk(url, paths, max(1, round(seconds)), headers) as running:
        told = running.communicate(timeout=seconds + 60)[0]
    _check(url, told)
    found = re.search(r"Requests/sec:\s+([\d.]+)", told)
    if found is None:
        raise CannotMeasure(f"wrk said: {told[-600:]}")
    return float(found[1])


def once(url: str, paths: Sequence[str], **headers: str) -> float:
    """Answers a second while each path is asked for once."""
    with _wrk(url, paths, LONGEST, headers) as running:
        told, start = "", 0.0
        assert running.stdout
        for line in running.stdout:
            told += line
            if line.startswith("started"):
                start = time.perf_counter()
            if line.startswith("finished"):
                break
        spent = time.perf_counter() - start
        running.kill()
    _check(url, told)
    return len(paths) / spent


def _check(url: str, told: str) -> None:
    if "answered " in told or "Socket errors" in told:
        raise CannotMeasure(f"{url} did not answer everything: {told[-600:]}")


@contextmanager
def _wrk(
    url: str, paths: Sequence[str], seconds: int, headers: dict[str, str]
) -> Iterator["subprocess.Popen[str]"]:
    program = shutil.which("wrk")
    if program is None:
        raise CannotMeasure("The load generator is missing; install the Debian package wrk.")
    with TemporaryDirectory() as folder:
        listed = Path(folder) / "paths"
        listed.write_text("\n".join(paths) + "\n")
        sent = ", ".join(f'["{name.replace("_", "-")}"] = "{value}"' for name, value in headers.items())
        script = Path(folder) / "load.lua"
        script.write_text(_SCRIPT % {"paths": listed, "headers": sent})
        words = [program, "-t1", f"-c{CLIENTS}", f"-d{seconds}s", "--timeout", "60s", "-s", str(script), url]
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as running:
            try:
                yield running
            finally:
                running.kill()
