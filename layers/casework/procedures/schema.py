"""The form of a procedure's text, by its JSON schema."""

import json
import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path as File
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from layers.casework.models.codes import LeadSource
from layers.casework.phases import Phase

from .errors import Problem
from .money import EntryKind
from .vocabulary import (
    Capability,
    EvidenceKind,
    FieldKind,
    GeometryKind,
    ObligedSide,
    OfferedMatters,
    PublicNames,
)
from .yaml_source import Path, YamlText

ENUMERATIONS = (
    Capability,
    EntryKind,
    EvidenceKind,
    FieldKind,
    GeometryKind,
    LeadSource,
    ObligedSide,
    OfferedMatters,
    Phase,
    PublicNames,
)
WORDS = {
    each.__name__: [str(word) for word in each if word not in (FieldKind.FLAG, EntryKind.CANCELLED)]
    for each in ENUMERATIONS
}
"""What the schema calls by the name of an enumeration of the model; flags are declared in a part of their own."""


def _with_words(node: dict[str, Any]) -> dict[str, Any]:
    return {**node, "enum": WORDS[node["enum"]]} if isinstance(node.get("enum"), str) else node


SCHEMA: dict[str, Any] = json.loads(
    File(__file__).with_name("schema.json").read_text("utf-8"), object_hook=_with_words
)
VALIDATOR = Draft202012Validator(SCHEMA)
LONG = re.compile(r"[1-9][0-9]{4,} ")
TYPES = {
    "object": ("若干“键: 值”", "keys with values"),
    "array": ("列表", "a list"),
    "string": ("文字", "text"),
    "integer": ("整数", "a whole number"),
    "number": ("数字", "a number"),
    "boolean": ("true 或 false", "true or false"),
}


def structural_problems(written: YamlText) -> list[Problem]:
    return [problem for error in VALIDATOR.iter_errors(written.data) for problem in _problems(error, written)]


def _problems(error: ValidationError, written: YamlText) -> Iterator[Problem]:
    path: Path = tuple(error.absolute_path)
    name = _name(path)
    expected: Any = error.validator_value
    if error.validator == "additionalProperties":
        for key in sorted(set(error.instance) - set(error.schema.get("properties", {}))):
            zh, en = _keys(key, error.schema.get("properties", {}))
            mark = written.mark((*path, key))
            yield Problem.at(mark, f"{name} 下没有“{key}”这个键；{zh}。", f"{name} has no key {key!r}; {en}.")
    elif "propertyNames" in error.absolute_schema_path:
        mark = written.mark((*path, str(error.instance)))
        yield Problem.at(
            mark, f"“{error.instance}”不能作名称。", f"{error.instance!r} cannot be a name: use a-z, 0-9, _."
        )
    else:
        zh, en = _sentence(str(error.validator), expected, error.instance)
        yield Problem.at(written.mark(path), f"{name}：{zh}。", f"{name}: {en}.")


def _keys(key: str, known: Iterable[str]) -> tuple[str, str]:
    """The nearest of the keys that there are, else all."""
    near = get_close_matches(key, known := sorted(known), cutoff=0.5)
    shown = near or known
    zh, en = ("最接近的有", "the nearest are") if near else ("可用的有", "there are")
    return f"{zh}：{'、'.join(shown)}", f"{en}: {', '.join(shown)}"


def _sentence(rule: str, expected: Any, value: Any) -> tuple[str, str]:
    if rule == "type":
        kinds = [expected] if isinstance(expected, str) else expected
        zh, en = zip(*(TYPES[kind] for kind in kinds), strict=True)
        return f"应为{'或'.join(zh)}", f"this must be {' or '.join(en)}"
    if rule == "required":
        missing = "、".join(key for key in expected if key not in value)
        return f"缺少“{missing}”", f"{missing.replace('、', ', ')} is missing"
    if rule == "dependentRequired":
        return "有 when 就要有 otherwise 说明理由", "where there is a when, an otherwise must say why"
    if rule == "enum":
        return f"应为 {'、'.join(expected)} 之一", f"this must be one of {', '.join(expected)}"
    if rule == "pattern" and expected.strip("^$").isalpha():
        return f"应为 {expected.strip('^$')}", f"this must be {expected.strip('^$')}"
    if rule == "pattern" and "calendar" in expected and LONG.match(value):
        return "过长，最多 9999", "this is too long; at most 9999 are taken"
    if rule == "pattern" and "working" in expected:
        return (
            "应写作“5 working days”“24 hours”之类",
            'write "5 working days", "30 calendar days", "24 hours" or the like',
        )
    if rule == "maxLength":
        return (
            f"共 {len(value)} 字，最多 {expected} 字",
            f"this has {len(value)} characters; at most {expected} are taken",
        )
    if rule == "minimum":
        return f"不得小于 {expected}", f"this must be {expected} or more"
    if rule == "maximum":
        return f"不得大于 {expected}", f"this must be {expected} or less"
    if rule in {"minLength", "minItems", "minProperties"}:
        return "不得为空", "this must not be empty"
    return f"值 {value!r} 不合要求（{rule}：{expected}）", f"{value!r} is not allowed ({rule}: {expected})"


def _name(path: Path) -> str:
    return ".".join(str(part) for part in path) or "procedure"
