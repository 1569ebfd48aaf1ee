"""Keeps the portal's processes running, and ends all of them together."""

import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from geoportal.launch.data_folder import rotate
from geoportal.launch.errors import Refusal
from geoportal.launch.processes.children import Child, end, python_child
from geoportal.launch.processes.orphans import adopt_orphans, reap_strangers, sweep
from geoportal.launch.progress import say

WINDOW = 300.0
"""Seconds after which a death no longer counts."""
LONGEST_PAUSE = 60.0

Starter = Callable[[], Child]


@dataclass
class Service:
    name: str
    start: Starter
    stop_signal: signal.Signals
    log: Path
    process: Child
    deaths: list[float] = field(default_factory=list)
    pause_ends: float | None = None
    """When it is started again, while it is down."""


class Supervisor:
    """Ends its services in the reverse order of their start, whatever way the `with` block is left."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.services: list[Service] = []
        self.clock = clock

    def __enter__(self) -> "Supervisor":
        adopt_orphans()
        return self

    def __exit__(self, *_: object) -> None:
        for service in reversed(self.services):
            end(
                service.process,
                service.stop_signal,
                seconds=60 if service.stop_signal == signal.SIGINT else 10,
            )
        sweep()

    def add(self, name: str, start: Starter, log: Path, stop_signal: signal.Signals = signal.SIGTERM) -> None:
        self.services.append(Service(name, start, stop_signal, log, start()))

    def check(self) -> None:
        """Starts again what died: the first time at once, then after pauses that grow; it never gives up."""
        reap_strangers([service.process.pid for service in self.services])
        for service in self.services:
            rotate(service.log)
            code = service.process.poll()
            if code is not None and service.pause_ends is None:
                self._note_death(service, code)
            if service.pause_ends is not None and self.clock() >= service.pause_ends:
                service.pause_ends = None
                service.process = service.start()

    def refuse_deaths(self, most: int) -> None:
        """For the start, when a service that keeps dying has a reason that a restart does not heal."""
        for service in self.services:
            if len(service.deaths) > most:
                raise Refusal(
                    f"{service.name} ended {len(service.deaths)} times; the reason is at the end of {service.log}."
                )

    def watch(self) -> None:
        while True:
            self.check()
            time.sleep(0.5)

    def _note_death(self, service: Service, code: int) -> None:
        now = self.clock()
        service.deaths = [then for then in service.deaths if now - then < WINDOW] + [now]
        pause = pause_after(len(service.deaths))
        when = f"in {pause:.0f} s" if pause else "now"
        say(f"{service.name} ended by itself (code {code}); it starts again {when}. Its log: {service.log}")
        end(service.process, signal.SIGKILL, seconds=1)
        service.pause_ends = now + pause


def pause_after(deaths: int) -> float:
    """Seconds: 0, 1, 2, 4 … 60."""
    return min(2.0 ** min(deaths - 2, 10), LONGEST_PAUSE) if deaths > 1 else 0.0


def python_service(command: Sequence[str | Path], env: Mapping[str, str], log: Path) -> Starter:
    def start() -> Child:
        with log.open("ab") as record:
            return python_child(command, env, record)

    return start
