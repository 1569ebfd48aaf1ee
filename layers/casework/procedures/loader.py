"""From a procedure's text to a procedure that can be followed, or to all that is wrong with it."""

from collections.abc import Mapping
from pathlib import Path

from .errors import ProcedureError
from .inheritance import with_bases
from .model import Procedure
from .parser import Builder
from .schema import structural_problems
from .validation import problems


def read(text: str, name: str, bases: Mapping[str, str]) -> Procedure:
    """``bases`` are the texts that may be extended, by name."""
    written = with_bases(text, name, bases)
    if found := structural_problems(written):
        raise ProcedureError(found)
    builder = Builder(written)
    procedure = builder.procedure()
    if found := builder.phrases.problems or problems(procedure):
        raise ProcedureError(found)
    return procedure


def read_kept(text: str, name: str, bases: Mapping[str, str]) -> Procedure:
    """Of a text that :func:`read` has found nothing wrong with, in a fraction of its time."""
    return Builder(with_bases(text, name, bases)).procedure()


def read_folder(folder: Path) -> dict[str, Procedure]:
    """The procedures of a folder's YAML files by code; each may extend another by its file's name."""
    texts = {file.stem: file.read_text("utf-8") for file in sorted(folder.glob("*.yaml"))}
    return {name: read(text, name, texts) for name, text in texts.items()}
