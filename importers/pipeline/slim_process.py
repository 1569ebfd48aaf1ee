"""Processes that only import: what they need is loaded, and no more."""

import os
import sys

UNUSED = ("geopandas", "pandas")


def import_pyogrio_alone() -> None:
    """Load pyogrio alone: it takes geopandas and pandas along wherever they are installed, 50 MB in each process."""
    if "pyogrio" in sys.modules or "geopandas" in sys.modules:
        return
    hidden = [name for name in UNUSED if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None says that there is no such module
    try:
        import pyogrio  # noqa: F401
    finally:
        for name in hidden:
            del sys.modules[name]


def import_pypinyin_without_phrases() -> None:
    """Leave out the readings of whole phrases, 50 MB, where only characters are spoken: in search texts, but not in
    the names of a new layer's fields."""
    if "pypinyin" in sys.modules or "PYPINYIN_NO_PHRASES" in os.environ:
        return
    os.environ["PYPINYIN_NO_PHRASES"] = "true"
    try:
        import pypinyin  # noqa: F401
    finally:
        del os.environ["PYPINYIN_NO_PHRASES"]
