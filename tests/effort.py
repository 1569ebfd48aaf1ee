"""How much the tests that try at random try: little in each run, more with ``./test --long``."""

import os

LONG = os.environ.get("GEOPORTAL_TEST_LONG") == "1"
SHARE = 8


def tries(long: int) -> int:
    """So many of the long form as this run has time for."""
    return long if LONG else -(-long // SHARE)
