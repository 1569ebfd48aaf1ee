"""Delivered values, as files write them, to Python's; ValueError carries a sentence."""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.timezone import get_default_timezone
from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

from layers.sentences.sentence import gettext as _

from ..text import Text

UNITS = {
    "": 1.0,
    "m": 1.0,
    "metres": 1.0,
    "meters": 1.0,
    "米": 1.0,
    "ft": 0.3048,
    "feet": 0.3048,
    "'": 0.3048,
}
LENGTH = re.compile(r"([-+]?[\d.,]+(?:e[-+]?\d+)?)\s*(\D*)", re.IGNORECASE)
TIMES = (
    "%m/%d/%Y %I:%M:%S %p",
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%m/%d/%Y",
    "%Y/%m/%d",
    "%Y年%m月%d日",
)
ISO = re.compile(r"\d{4}-\d{2}-\d{2}([T ].+)?|\d{8}(T.+)?")
"""Of what ISO 8601 allows: no weeks, no days of a year."""
MONTH_OR_DAY_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}.*)", re.DOTALL)
FORMULA_STARTS = ("=", "+", "-", "@", "|", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Of spreadsheets; some take the wide signs of Chinese keyboards for the narrow ones."""
SPACES = " \u00a0\u3000\ufeff"
"""Which they pass over before it."""
FORMULA = rf"^[{SPACES}]*[{''.join(FORMULA_STARTS).replace('-', '')}-]"
SIGNED_NUMBER = r"^[+-]([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?$"
"""Both as Python and PostgreSQL read them."""
YES = {"yes", "true", "t", "y", "1", "是", "有"}
NO = {"no", "false", "f", "n", "0", "否", "无"}


def plain(value: Any) -> str:
    """Text without surrounding space; numbers that are whole lose their point, which GDAL and Excel add."""
    if type(value) is str:
        return value.strip().replace("\x00", "")
    if hasattr(value, "is_integer") and not isinstance(value, int) and value.is_integer():
        return str(int(value))
    return str(value).strip().replace("\x00", "")


def text(value: Any) -> str:
    """As :func:`plain`, but of nothing that would be cut off where databases and programs end a text."""
    if type(value) is not str or "\x00" not in value:
        return plain(value)
    if "\x00" in value.rstrip("\x00"):
        shown = value.replace("\x00", "\ufffd")
        raise ValueError(_("“{value}” holds a character that ends texts").format(value=shown[:80]))
    return plain(value)


def number(value: Any) -> float:
    try:
        found = math.nan if isinstance(value, str) and "_" in value else float(value)
    except ValueError:
        raise ValueError(_("“{value}” is no number").format(value=value)) from None
    if not math.isfinite(found):
        raise ValueError(_("“{value}” is no number").format(value=value))
    return found


def whole(value: Any) -> int:
    """Exact, however many digits it has."""
    if isinstance(value, int):
        return int(value)
    try:
        number(value)
        return round(Decimal(value.strip() if isinstance(value, str) else value))
    except (ValueError, InvalidOperation):
        raise ValueError(_("“{value}” is no whole number").format(value=value)) from None


def length(value: Any) -> float:
    """Metres of ``12``, ``12.5 m``, ``12,5``, ``40'`` and ``40 ft``."""
    match = LENGTH.fullmatch(str(value).strip().lower())
    if match is None or match[2].strip() not in UNITS:
        raise ValueError(_("“{value}” is no length").format(value=value))
    try:
        return number(match[1].replace(",", ".")) * UNITS[match[2].strip()]
    except ValueError:
        raise ValueError(_("“{value}” is no length").format(value=value)) from None


def moment(value: Any) -> datetime:
    """A time, local where it names no zone, as ISO 8601 or ``02/17/2020 12:19:00 PM`` (month first).

    Not of the first or last year that a calendar has, which other systems write for no time at all and which other time
    zones have no name for.
    """
    found = date_or_time(value)
    if not date.min.year < found.year < date.max.year:
        raise ValueError(_("“{value}” lies in a year that stands for no time").format(value=value))
    return found if found.tzinfo else found.replace(tzinfo=get_default_timezone())


def date_or_time(value: Any) -> datetime:
    """Of any year; without a zone where it names none."""
    text = plain(value).removesuffix(".0")
    found = next(filter(None, (_parsed(text, shape) for shape in ("", *TIMES))), None)
    if found is None:
        raise ValueError(_("“{value}” is no date or time").format(value=value))
    return found


def day_before_month(value: Any) -> Any:
    """Of a date such as 03/04/2020 whose day comes first, that with the month first; all else as it is."""
    match = MONTH_OR_DAY_FIRST.fullmatch(value.strip()) if isinstance(value, str) else None
    return f"{match[2]}/{match[1]}/{match[3]}" if match else value


def day(value: Any) -> date:
    """A day as ``2017-12-11``, ``20171211``, ``2017/12/11``, ``2017年12月11日`` or ``12/11/2017`` (month first)."""
    return date_or_time(value).date()


def truth(value: Any) -> bool:
    text = plain(value).lower()
    if text in YES | NO:
        return text in YES
    raise ValueError(_("“{value}” is neither yes nor no").format(value=value))


def credit_code(value: Any) -> str:
    """A unified social credit code whose check digit is right."""
    try:
        return str(uscc.validate(plain(value)))
    except ValidationError:
        raise ValueError(_("“{value}” is no unified social credit code").format(value=value)) from None


def citizen_number(value: Any) -> str:
    """A citizen identity number of GB 11643 whose check digit and date of birth are right.

    Where it was issued is not looked up: no list of counties is complete.
    """
    found = str(ric.compact(plain(value)))
    try:
        shaped = re.fullmatch(r"[0-9]{17}[0-9X]", found) and found[-1] == ric.calc_check_digit(found)
        if shaped and ric.get_birth_date(found) <= date.today():
            return found
    except ValidationError:
        pass
    raise ValueError(_("“{value}” is no citizen identity number").format(value=value))


def division_code(value: Any) -> str:
    """The 12 digits of a division; the 6 of a district or the 9 of a subdistrict are filled up with zeros."""
    found = plain(value)
    if not (found.isascii() and found.isdigit() and len(found) in {6, 9, 12}):
        raise ValueError(_("“{value}” is no division code, which has 12 digits").format(value=value))
    return found.ljust(12, "0")


def harmless(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula, with an apostrophe before it; numbers stay as they are."""
    if not isinstance(value, str) or not re.search(FORMULA, value):
        return value
    return value if re.search(SIGNED_NUMBER, value) and value[-1] != "\n" else f"'{value}"


def harmless_sql(value: str) -> str:
    """The same of an SQL text."""
    return f"CASE WHEN {value} ~ '{FORMULA}' AND {value} !~ '{SIGNED_NUMBER}' THEN chr(39) || {value} ELSE {value} END"


def words_of(choices: Iterable[tuple[Any, Any]]) -> dict[str, Any]:
    """Lower-case words to the codes of a code list: the codes and their labels in both languages."""
    return {
        text.lower(): code
        for code, label in choices
        for text in (str(code), *((label.zh, label.en) if isinstance(label, Text) else (str(label),)))
    }


def one_of(words: Mapping[str, Any]) -> Callable[[Any], Any]:
    """A converter by a table of lower-case words."""

    def convert(value: Any) -> Any:
        try:
            return words[plain(value).lower()]
        except KeyError:
            raise ValueError(
                _("“{value}” is not among the words that are known").format(value=value)
            ) from None

    return convert


def _parsed(text: str, shape: str) -> datetime | None:
    try:
        if shape:
            return datetime.strptime(text, shape)
        return datetime.fromisoformat(text) if ISO.fullmatch(text) else None
    except ValueError:
        return None
