"""CSV and Excel tables; positions lie in columns."""

from pathlib import Path

import numpy as np
import pandas as pd

from ..delivery import Delivery, Refused

# GB18030 before Latin-1: a Latin-1 reader accepts any bytes at all.
ENCODINGS = ("utf-8-sig", "gb18030", "latin-1")


def read(path: Path, encoding: str | None) -> Delivery:
    frame, note = _excel(path) if path.suffix.lower() == ".xlsx" else _csv(path, encoding)
    columns = {str(name).strip(): frame[name].to_numpy(dtype=object) for name in frame.columns}
    return Delivery(columns, None, None, [note] if note else [])


def _csv(path: Path, encoding: str | None) -> tuple[pd.DataFrame, str]:
    separator = "\t" if path.suffix.lower() == ".tsv" else ","
    for tried in [encoding] if encoding else ENCODINGS:
        try:
            frame = pd.read_csv(path, sep=separator, dtype=str, keep_default_na=False, encoding=tried)
        except (UnicodeError, LookupError):
            continue
        except (pd.errors.ParserError, pd.errors.EmptyDataError) as problem:
            raise Refused(f"{path.name} is no table: {problem}") from None
        if tried == "gb18030" and not encoding and not _chinese(frame):
            continue
        return frame, f"read as {tried}"
    raise Refused(
        f"{path.name} cannot be read as {encoding or ', '.join(ENCODINGS)}; name its encoding with --encoding."
    )


def _chinese(frame: pd.DataFrame) -> bool:
    """Whether what GB18030 gives looks like Chinese rather than mistaken Latin-1."""
    sample = "".join([*map(str, frame.columns), *frame.head(2000).to_numpy(dtype=str).ravel().tolist()])
    foreign = [c for c in sample if ord(c) > 127]
    common = [
        c
        for c in foreign
        if "\u4e00" <= c <= "\u9fff" or "\u3000" <= c <= "\u303f" or "\uff00" <= c <= "\uffef"
    ]
    return len(foreign) >= 20 and len(common) / len(foreign) > 0.95


def _excel(path: Path) -> tuple[pd.DataFrame, str]:
    try:
        frame = pd.read_excel(path, dtype=str, keep_default_na=False, engine="openpyxl")
    except (ValueError, OSError, KeyError) as problem:
        raise Refused(f"{path.name} is no Excel workbook: {problem}") from None
    return frame.replace({np.nan: ""}), ""
