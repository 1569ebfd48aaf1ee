"""An application that takes a while to load."""

import time

time.sleep(6)

from tests.launch.worker_application import application  # noqa: E402  it is ready when it is loaded

__all__ = ["application"]
