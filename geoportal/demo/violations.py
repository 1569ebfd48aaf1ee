"""The library of violations that comes with the enforcement room, for the departments of the district."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import layers.enforcement.library as library

from .agencies import department_id

Row = dict[str, Any]
CLAUSES = "法律、法规条文 / clauses of laws and regulations"
DIVISION = "本地配置：法定幅度按 30%、40%、30% 划分 / local configuration: the range divided 30:40:30"
FOLDER = Path(library.__file__).parent


def violations() -> list[Row]:
    return [
        {"id": number, "department_id": department_id(row.pop("department")), **row}
        for number, row in enumerate(_rows("violations.csv"), 1)
    ]


def grades() -> list[Row]:
    numbers = {row["code"]: row["id"] for row in violations()}
    return [
        {"id": number, "violation_id": numbers[row.pop("violation")], **row}
        for number, row in enumerate(_rows("discretion.csv"), 1)
    ]


def _rows(file: str) -> Iterator[Row]:
    """An amount that is not filled is none; these facts are not generated."""
    with (FOLDER / file).open(encoding="utf-8", newline="") as written:
        for row in csv.DictReader(written):
            yield {**row, **{name: row[name] or None for name in ("least", "most")}, "is_generated": False}
