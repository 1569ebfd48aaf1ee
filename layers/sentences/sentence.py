"""Sentences that are told later, perhaps to a reader of the other language: beside their text they keep what makes it.

As JSON such a sentence is ``{"msgid": id, "values": {name: value}}``, where the id is that of the catalogue of
translations, or singular, plural and number (``percent`` instead of ``values`` where the percent sign fills it);
``{"between": text, "parts": [...]}`` is several as one, and ``{"zh": text, "en": text}`` a text that is no translation.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping
from numbers import Integral, Real
from string import Formatter
from typing import Any

from django.utils import translation

SEPARATOR = "\x1e"
"""Begins what is JSON, as RFC 7464 has it; text that begins otherwise is text alone."""
UNKEPT = re.compile("[\0\ud800-\udfff]")
"""Letters that the database keeps in no text."""
VALUES = {"values", "percent"}
"""For format() and for the percent sign."""
WIDE = re.compile(r"%(\([^)]*\))?[^a-zA-Z%]{4}")
SPECIFICATION = re.compile(r"[,.\d]{0,4}[defgE%]?")


class Sentence(str):
    """Text in the language of whoever made it; ``form`` is the JSON by which it is made in any."""

    __slots__ = ("form",)
    form: dict[str, Any]

    def __new__(cls, text: str, form: dict[str, Any] | None = None) -> "Sentence":
        made = super().__new__(cls, text)
        made.form = form or {}
        return made

    def __str__(self) -> str:
        return self

    def format(self, *args: object, **values: object) -> "Sentence":
        kept = {name: _value(each) for name, each in values.items()}
        return Sentence(str.format(self, *args, **values), self.form | {"values": kept})

    def __mod__(self, values: Any) -> "Sentence":
        kept = {name: _value(each) for name, each in values.items()}
        return Sentence(str.__mod__(self, values), self.form | {"percent": kept})

    def join(self, parts: Iterable[str]) -> "Sentence":
        every = list(parts)
        return Sentence(str.join(self, every), {"between": as_json(self), "parts": as_json(every)})

    def __add__(self, other: str) -> "Sentence":
        return Sentence("", {}).join([self, other])


def gettext(sentence_id: str) -> str:
    return Sentence(translation.gettext(sentence_id), {"msgid": sentence_id})


def ngettext(singular: str, plural: str, number: int) -> str:
    words = translation.ngettext(singular, plural, number)
    return Sentence(words, {"msgid": [singular, plural, int(number)]})


def told(said: Any) -> str:
    """A text in both languages as a sentence, all else as text."""
    if hasattr(said, "zh") and hasattr(said, "en"):
        return Sentence(f"{said}", {"zh": said.zh, "en": said.en})
    return str(said)


def as_json(value: Any) -> Any:
    """Any value of JSON, its sentences as what makes them."""
    if isinstance(value, Sentence):
        return value.form or str.__str__(value)
    if isinstance(value, dict):
        return {_kept(name): as_json(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(each) for each in value]
    return _kept(value)


def _kept(value: Any) -> Any:
    return UNKEPT.sub("\ufffd", value) if isinstance(value, str) else value


def from_json(value: Any) -> Any:
    """What :func:`as_json` made, its sentences in the language of the reader; raises ValueError for what it never makes."""
    match value:
        case {"msgid": str() as words, **rest} if _fill(rest):
            return _in_words(translation.gettext(words), value)
        case {"msgid": [str() as one, str() as many, int() as number], **rest} if _fill(rest):
            return _in_words(translation.ngettext(one, many, number), value)
        case {"between": str() | dict() as between, "parts": list() as parts, **rest} if not rest:
            return Sentence(str(from_json(between)).join(map(str, map(from_json, parts))), value)
        case {"zh": str() as zh, "en": str() as en, **rest} if not rest:
            return Sentence(zh if (translation.get_language() or "en").startswith("zh") else en, value)
        case dict():
            return {name: from_json(each) for name, each in value.items()}
        case list():
            return [from_json(each) for each in value]
    return value


def written(text: str) -> str:
    """As a column of text holds a sentence."""
    if isinstance(text, Sentence) and text.form:
        return SEPARATOR + json.dumps(as_json(text), ensure_ascii=False, separators=(",", ":"))
    return str(_kept(str(text).lstrip(SEPARATOR)))


def read(text: str | None) -> str | None:
    if text is None or not text.startswith(SEPARATOR):
        return text
    return str(from_json(json.loads(text[1:])))


def _fill(rest: Mapping[Any, Any]) -> bool:
    return rest.keys() <= VALUES and all(isinstance(each, dict) for each in rest.values())


def _in_words(words: str, form: dict[str, Any]) -> Sentence:
    values = {name: from_json(each) for kind in VALUES for name, each in form.get(kind, {}).items()}
    if "values" in form:
        words = FIELDS.vformat(words, (), values)
    elif "percent" in form and not WIDE.search(words):
        words %= values
    return Sentence(words, form)


class _Fields(Formatter):
    """Names alone, without attributes and parts, and only as wide as a number is."""

    def get_field(self, field_name: str, args: Any, kwargs: Any) -> tuple[Any, str]:
        if field_name not in kwargs:
            raise ValueError(f"no value {field_name!r}")
        return kwargs[field_name], field_name

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, str):
            return value
        if not SPECIFICATION.fullmatch(format_spec):
            raise ValueError(f"{format_spec!r} is not how numbers are written")
        return format(value, format_spec)


FIELDS = _Fields()


def _value(value: Any) -> Any:
    """In what JSON can hold."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real) and math.isfinite(value):
        return float(value)
    return as_json(told(value))
