"""What one piece of work may take of time, memory, files and room on the disk."""

import resource
from dataclasses import dataclass

from layers.errors import TooCostly
from layers.sentences.sentence import gettext

from .answers import declare

MEGABYTE = 1024**2
OPEN_FILES = 128


def too_costly() -> TooCostly:
    return TooCostly(gettext("This takes more time or memory than there is for one; make it smaller."))


declare(TooCostly, lambda _problem: None, lambda _nothing: too_costly())


@dataclass(frozen=True)
class Limits:
    """Of one piece of work: ``megabytes`` beside what its process holds when it begins, ``written`` of each file in
    megabytes, ``seconds`` of the processor's time and of waiting for the answer, which has ``answer`` megabytes at most:
    whoever asked holds them, and more while they are read."""

    seconds: int = 30
    megabytes: int = 512
    written: int = 1024
    answer: int = 100

    def apply(self) -> None:
        """To this process, for good; those under which it stands already are not widened."""
        with open("/proc/self/statm") as pages:
            held = int(pages.read().split()[0]) * resource.getpagesize()
        spent = resource.getrusage(resource.RUSAGE_SELF)
        _set(resource.RLIMIT_AS, held + self.megabytes * MEGABYTE)
        _set(resource.RLIMIT_CPU, int(spent.ru_utime + spent.ru_stime) + self.seconds + 1)
        _set(resource.RLIMIT_FSIZE, self.written * MEGABYTE)
        _set(resource.RLIMIT_NOFILE, OPEN_FILES)
        _set(resource.RLIMIT_CORE, 0)


def _set(limit: int, most: int) -> None:
    _soft, hard = resource.getrlimit(limit)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(limit, (most, most))
