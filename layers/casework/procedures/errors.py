"""Mistakes in a procedure's text, each with its line."""

from collections.abc import Sequence
from dataclasses import dataclass

from layers.registry.text import Text

from .model import Mark


@dataclass(frozen=True)
class Problem:
    """``file`` is the base's name where the mistake is in a base."""

    line: int
    sentence: Text
    file: str = ""

    @classmethod
    def at(cls, mark: Mark, zh: str, en: str) -> "Problem":
        return cls(mark.line, Text(zh, en), mark.file)


class ProcedureError(ValueError):
    """A procedure that cannot be used, with everything that is wrong with it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda each: (each.file, each.line)))
        super().__init__("; ".join(f"{each.file}:{each.line}: {each.sentence.en}" for each in self.problems))
