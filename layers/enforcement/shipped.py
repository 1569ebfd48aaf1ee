"""The procedures that come with the portal."""

from functools import cache
from pathlib import Path

from ..casework.procedure import Procedure, read_folder

FOLDER = Path(__file__).with_name("procedures")


@cache
def shipped_procedures() -> dict[str, Procedure]:
    return read_folder(FOLDER)


def texts() -> dict[str, str]:
    """Their texts by code, as the bases of an administrator's own versions."""
    return {file.stem: file.read_text("utf-8") for file in sorted(FOLDER.glob("*.yaml"))}
