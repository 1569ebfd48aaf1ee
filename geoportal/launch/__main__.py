"""python3 -m geoportal.launch start|test|build: with the standard library only, for nothing else is there at first."""

import os
import signal
import sys
from contextlib import suppress
from types import FrameType

from geoportal.launch.build_command import build
from geoportal.launch.errors import Refusal, TerminationSignal
from geoportal.launch.progress import say
from geoportal.launch.start_command import start
from geoportal.launch.test_command import test

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(words: list[str]) -> int:
    os.umask(0o022)
    for sign in STOPPING:
        if sign == signal.SIGHUP and signal.getsignal(sign) == signal.SIG_IGN:
            continue  # started by nohup: meant to outlive its terminal
        signal.signal(sign, _stop)
    try:
        return _carry_out(*words)
    except Refusal as refusal:
        _complain(str(refusal))
        return 1
    except OSError as problem:
        _complain(f"{problem.filename or 'The machine'} cannot be used: {problem.strerror or problem}.")
        return 1
    except TerminationSignal as stopped:
        say("Stopped.")
        return 128 + int(stopped.args[0])


def _carry_out(command: str, *words: str) -> int:
    match command:
        case "start":
            start([*words])
        case "build":
            build()
        case "test":
            return test([*words])
        case _:
            raise Refusal(f"There is start, test and build, but no {command}.")
    return 0


def _stop(number: int, _: FrameType | None) -> None:
    for sign in STOPPING:
        signal.signal(sign, signal.SIG_IGN)  # once is enough: ending takes a moment and must not be cut short
    raise TerminationSignal(number)


def _complain(sentence: str) -> None:
    with suppress(OSError):
        print(sentence, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
