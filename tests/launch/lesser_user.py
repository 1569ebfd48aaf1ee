"""Doing something as a user without rights, whoever runs the tests."""

import os
from collections.abc import Callable

from geoportal.launch.errors import Refusal

NOBODY = 65534


def refusal_met(action: Callable[[], object]) -> str:
    """The sentence with which the action is refused in a child process that gave up root, or an empty text."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        try:
            action()
        except Refusal as refusal:
            os.write(writing, str(refusal).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        sentence = answer.read()
    os.waitpid(child, 0)
    return sentence
