"""What this process holds."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def own_megabytes(line: str = "VmRSS") -> float:
    found = re.search(rf"{line}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) / 1024


@contextmanager
def grows_by_less_than(megabytes: int) -> Iterator[None]:
    """At no time within the block."""
    Path("/proc/self/clear_refs").write_text("5")  # forgets the peak until now
    before = own_megabytes()
    yield
    grown = own_megabytes("VmHWM") - before
    assert grown < megabytes, f"{grown:.0f} MB"
