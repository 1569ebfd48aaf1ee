"""Requests from wrk, a load generator of Debian's, on the same machine."""

import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Pace:
    """Answers a second, and the milliseconds within which half of them and 99 of 100 came."""

    rate: float
    median: float
    slow: float


MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


def pace(url: str, paths: Sequence[str], seconds: float, clients: int, **headers: str) -> Pace:
    """While so many clients at a time ask for the paths in turn for so many seconds."""
    with _wrk(url, paths, max(1, round(seconds)), headers, clients) as running:
        told = running.communicate(timeout=seconds + 90)[0]
    _check(url, told)
    found = re.search(r"Requests/sec:\s+([\d.]+)", told)
    times = dict(re.findall(r"(50|99)%\s+([\d.]+[a-z]+)", told))
    if found is None or len(times) < 2:
        raise CannotMeasure(f"wrk said: {told[-600:]}")
    return Pace(float(found[1]), _milliseconds(times["50"]), _milliseconds(times["99"]))


def _milliseconds(text: str) -> float:
    number = text.rstrip("ums")
    return float(number) * MILLISECONDS[text.removeprefix(number)]


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
    url: str, paths: Sequence[str], seconds: int, headers: dict[str, str], clients: int = CLIENTS
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
        words = [program, "-t1", f"-c{clients}", f"-d{seconds}s", "--latency", "--timeout", "60s"]
        words += ["-s", str(script), url]
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as running:
            try:
                yield running
            finally:
                running.kill()
