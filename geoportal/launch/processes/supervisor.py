"""Keeps the portal's processes running, and ends all of them together."""

import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from geoportal.launch.errors import Refusal
from geoportal.launch.processes.children import Child, end, python_child
from geoportal.launch.processes.orphans import adopt_orphans, reap_strangers, sweep
from geoportal.launch.progress import say

RESTARTS = 3  # within WINDOW seconds; after that something is wrong that a restart does not heal
WINDOW = 300.0

Starter = Callable[[], Child]


@dataclass
class Service:
    name: str
    start: Starter
    stop_signal: signal.Signals
    log: Path
    process: Child
    deaths: list[float] = field(default_factory=list)


class Supervisor:
    """Ends its services in the reverse order of their start, whatever way the `with` block is left."""

    def __init__(self) -> None:
        self.services: list[Service] = []

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
        """Restarts what died; refuses to go on when it keeps dying."""
        reap_strangers([service.process.pid for service in self.services])
        for service in self.services:
            code = service.process.poll()
            if code is not None:
                self._restart(service, code)

    def watch(self) -> None:
        while True:
            self.check()
            time.sleep(0.5)

    def _restart(self, service: Service, code: int) -> None:
        now = time.monotonic()
        service.deaths = [then for then in service.deaths if now - then < WINDOW] + [now]
        if len(service.deaths) > RESTARTS:
            raise Refusal(
                f"{service.name} ended {len(service.deaths)} times; the reason is at the end of {service.log}."
            )
        say(f"{service.name} ended by itself (code {code}); starting it again. Its log: {service.log}")
        end(service.process, signal.SIGKILL, seconds=1)
        service.process = service.start()


def python_service(command: Sequence[str | Path], env: Mapping[str, str], log: Path) -> Starter:
    def start() -> Child:
        with log.open("ab") as record:
            return python_child(command, env, record)

    return start
