"""Longitudes and latitudes as files write them, to decimal degrees."""

import math
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from layers.sentences.sentence import gettext as _

DIRECTIONS = {"N": ("lat", 1), "S": ("lat", -1), "E": ("lon", 1), "W": ("lon", -1)}
WORDS = {"北纬": "N", "南纬": "S", "东经": "E", "西经": "W", "北": "N", "南": "S", "东": "E", "西": "W"}
MARKS = str.maketrans(dict.fromkeys("°º˚度′'’‘`分″\"”“秒:", " ") | {",": ".", "−": "-", "–": "-", "，": "."})
NUMBER = re.compile(r"\d+(?:\.\d+)?")
LETTERED = re.compile(r"\d\s*d", re.IGNORECASE)
LETTERS = re.compile(r"(?<=\d)\s*[dms](?=[\s\d]|$)", re.IGNORECASE)
"""Of ``1d05m30.6s``, where a letter after a number is its unit; a direction follows a space then."""

DASHED = re.compile(r"[-+]?\d{1,3}-\d{1,2}(?:-\d{1,2}(?:\.\d+)?)?")
"""``121-50-24.5``, as surveyors write degrees, minutes and seconds."""

GROUPED = re.compile(r"[-+]?\d{1,3}(?:(?:,\d{3})+\.\d+|(?:,\d{3}){2,})")
GROUPED_BY_POINTS = re.compile(r"[-+]?\d{1,3}(?:\.\d{3})+,\d+")
"""Numbers with marks of thousands that can be nothing else."""

PART = r"\s*[°º度]\s*(?:\d{1,2}(?:\.\d+)?\s*[′'’分]\s*)?(?:\d{1,2}(?:\.\d+)?\s*[″\"”秒]\s*)?"
SIDE = r"(?:[NSEW]|[东西]经|[南北]纬)"
ANGLE = rf"{SIDE}?\s*[-+]?\d{{1,3}}(?:\.\d+)?(?:{PART})?\s*{SIDE}?"
PAIR = re.compile(rf"[(（\[]?\s*({ANGLE})\s*[,，;；、\s]\s*({ANGLE})\s*[)）\]]?", re.IGNORECASE)
PAIR_AT_END = re.compile(rf"[(（]\s*({ANGLE})\s*[,，]\s*({ANGLE})\s*[)）]\s*\Z", re.IGNORECASE)

PACKED = re.compile(r"(\d{2,3})(\d{2})(\d{2}(?:\.\d+)?)")


def parse_angle(text: object) -> float:
    """Degrees of ``29.9``, ``29,9``, ``29°54′36.5″``, ``N29°54′``, ``北纬29度54分``, ``121 50 24 W``, ``29:54:36``.

    Raises ValueError with a sentence for anything else.
    """
    plain, direction = _split_direction(str(text))
    if DASHED.fullmatch(plain):
        plain = plain[:1] + plain[1:].replace("-", " ")
    parts = plain.translate(MARKS).split()
    sign = -1.0 if parts and parts[0].startswith("-") else 1.0
    if parts and parts[0][:1] in "+-":
        parts[0] = parts[0][1:].strip()
    parts = [part for part in parts if part]
    packed = PACKED.fullmatch(parts[0]) if direction and len(parts) == 1 else None
    if packed and float(parts[0]) > 180:
        parts = list(packed.groups())
    if not 1 <= len(parts) <= 3 or not all(NUMBER.fullmatch(part) for part in parts):
        raise ValueError(_("“{text}” is no angle").format(text=text))
    if any("." in part for part in parts[:-1]):
        raise ValueError(_("“{text}” has a fraction before its last part").format(text=text))
    numbers = [float(part) for part in parts]
    if any(number >= 60 for number in numbers[1:]) or any(
        len(part.partition(".")[0]) > 2 for part in parts[1:]
    ):
        raise ValueError(_("“{text}” has 60 minutes or seconds or more").format(text=text))
    if direction and sign < 0:
        raise ValueError(_("“{text}” has both a sign and a direction").format(text=text))
    found = math.fsum(number / 60.0**place for place, number in enumerate(numbers))
    axis, side = DIRECTIONS.get(direction, ("lon", 1))
    if found > (90 if axis == "lat" else 180):
        raise ValueError(_("“{text}” is beyond the end of its axis").format(text=text))
    return sign * side * found


def split_pair(text: str) -> tuple[str, str] | None:
    """The two numbers of ``29.9, 121.85`` or of ``(29.9, 121.85)``, also after an address."""
    found = PAIR.fullmatch(text.strip()) or PAIR_AT_END.search(text)
    return (found[1], found[2]) if found else None


def axis_of(text: str) -> str | None:
    """``lat`` or ``lon`` where a direction is written beside a number."""
    direction = _split_direction(text)[1]
    return DIRECTIONS[direction][0] if direction and any(map(str.isdigit, text)) else None


def parse_angles(cells: Sequence[Any]) -> tuple[npt.NDArray[np.float64], dict[int, str]]:
    """Numbers by cell, NaN for what is empty or unreadable, and why each of the latter is; plain numbers are not
    limited to degrees, since they may be lengths of a plane."""
    plain = np.array([_number(cell) for cell in cells], dtype=np.float64)
    plain[~np.isfinite(plain)] = np.nan
    bad: dict[int, str] = {}
    for index in np.flatnonzero(np.isnan(plain)).tolist():
        cell = cells[index]
        if (
            cell is None
            or cell != cell
            or not str(cell).strip()
            or str(cell).strip().lower() in {"nan", "none"}
        ):
            continue
        try:
            plain[index] = parse_angle(cell)
        except ValueError as problem:
            bad[index] = str(problem)
    return plain, bad


def _number(cell: Any) -> float:
    """NaN for what is no plain number."""
    if isinstance(cell, str) and "," in cell:
        if GROUPED.fullmatch(cell.strip()):
            cell = cell.replace(",", "")
        elif GROUPED_BY_POINTS.fullmatch(cell.strip()):
            cell = cell.replace(".", "").replace(",", ".")
    try:
        return float(cell)
    except (TypeError, ValueError, OverflowError):
        return math.nan


def _split_direction(text: str) -> tuple[str, str]:
    """The text without its direction, and the direction as a letter."""
    plain = unicodedata.normalize("NFKC", text.replace("″", '"').replace("′", "'")).strip()
    if LETTERED.search(plain):
        plain = LETTERS.sub(" ", plain).strip()
    if plain[-1:] in {"+", "-"}:
        plain = plain[-1] + plain[:-1]
    for word, letter in WORDS.items():
        if plain.startswith(word) or plain.endswith(word):
            return plain.removeprefix(word).removesuffix(word).strip(), letter
    if plain and plain[0].upper() in DIRECTIONS:
        return plain[1:].strip(), plain[0].upper()
    if plain and plain[-1].upper() in DIRECTIONS:
        return plain[:-1].strip(), plain[-1].upper()
    return plain, ""
