"""What became of the batches of an import, added up."""

from dataclasses import dataclass, field

from importers.errors import ImporterError
from importers.history.row_ranges import RowRanges
from importers.sources.source import ProblemRow
from layers.sentences.sentence import gettext as _

MOST_PROBLEM_ROWS = 50_000
"""Rows; where more are wrong the file or its mapping is, and not its rows; of so many repaired ones the original is
kept."""
EXAMPLES = 5


@dataclass(frozen=True)
class BatchOutcome:
    """``bulk_repairs`` are what is so of many rows and what was done, with those rows."""

    read: int
    problem_rows: list[ProblemRow]
    bulk_repairs: dict[tuple[str, str], RowRanges]
    without_position: int
    filled_fields: frozenset[str]


@dataclass
class Totals:
    """What became of the batches; ``filled_fields`` are those that any of them fills."""

    read: int = 0
    problem_rows: list[ProblemRow] = field(default_factory=list)
    bulk_repairs: dict[tuple[str, str], RowRanges] = field(default_factory=dict)
    held: int = 0
    without_position: int = 0
    filled_fields: set[str] = field(default_factory=set)

    def add(self, outcome: BatchOutcome) -> None:
        self.read += outcome.read
        for each in outcome.problem_rows:
            self._add_problem_row(each)
        for said, rows in outcome.bulk_repairs.items():
            self.bulk_repairs.setdefault(said, RowRanges()).extend(rows)
        self.without_position += outcome.without_position
        self.filled_fields |= outcome.filled_fields
        if self.held > MOST_PROBLEM_ROWS:
            held = [each for each in self.problem_rows if each.held]
            examples = _("; ").join([*dict.fromkeys(each.reason for each in held[:200])][:EXAMPLES])
            raise ImporterError(
                _(
                    "More than {most:,} rows are wrong, so the reference system or the mapping must be: {value}"
                ).format(most=MOST_PROBLEM_ROWS, value=examples)
            )

    def _add_problem_row(self, each: ProblemRow) -> None:
        """Beyond so many repaired rows only the number of each is kept, with what was done."""
        self.held += each.held
        if each.held or len(self.problem_rows) - self.held < MOST_PROBLEM_ROWS:
            self.problem_rows.append(each)
            return
        for problem in each.problems:
            rows = self.bulk_repairs.setdefault((problem.wrong, problem.done), RowRanges())
            rows.extend(RowRanges([(each.row, each.row)]))
