"""CSV and Excel tables; positions lie in columns."""

import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd

from ..delivery import Delivery, Refused
from . import encoding as text

SEPARATORS = (",", ";", "\t", "|")


def read_text(path: Path, encoding: str | None) -> Delivery:
    content = path.read_bytes()
    chosen = text.named(encoding) if encoding else text.detect(content)
    try:
        first_line = content.decode(chosen).partition("\n")[0]
        separator = max(SEPARATORS, key=first_line.count)
        frame = pd.read_csv(
            BytesIO(content), sep=separator, dtype=str, keep_default_na=False, encoding=chosen
        )
    except UnicodeError:
        raise Refused(f"{path.name} is not written in {chosen}; name its encoding with --encoding.") from None
    except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError) as problem:
        raise Refused(f"{path.name} is no table: {_first_line(problem)}.") from None
    return _delivery(path, frame, [f"text read as {chosen}"])


def read_excel(path: Path, sheet: str | None) -> Delivery:
    try:
        with pd.ExcelFile(path, engine="openpyxl") as book:
            names = [str(name) for name in book.sheet_names]
            if sheet is not None and sheet not in names:
                raise Refused(f"{path.name} has no sheet {sheet!r}; it has {', '.join(names)}.")
            if sheet is None and len(names) > 1:
                raise Refused(
                    f"{path.name} holds several sheets; name one with --file-layer: {', '.join(names)}."
                )
            frame = book.parse(sheet or names[0], dtype=str, keep_default_na=False)
    except (ValueError, OSError, KeyError, zipfile.BadZipFile) as problem:
        raise Refused(f"{path.name} is no Excel workbook (.xlsx): {_first_line(problem)}.") from None
    return _delivery(path, frame.replace({np.nan: ""}), [])


def _delivery(path: Path, frame: pd.DataFrame, notes: list[str]) -> Delivery:
    columns = {str(name).strip(): frame[name].to_numpy(dtype=object) for name in frame.columns}
    if not columns or not len(frame):
        raise Refused(f"{path.name} holds no rows.")
    if len(columns) < len(frame.columns):
        raise Refused(f"{path.name} has two columns of the same name; rename one of them.")
    return Delivery(columns, None, None, notes)


def _first_line(problem: Exception) -> str:
    return (str(problem).splitlines() or [type(problem).__name__])[0].rstrip(".")
