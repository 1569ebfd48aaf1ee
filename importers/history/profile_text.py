"""A delivery profile as a text for people to keep and to send on, and as it is read from one."""

from collections.abc import Mapping
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from importers.errors import ImporterError
from layers.sentences.sentence import gettext as _

MOST_BYTES = 200_000
PARTS = ("layer", "sender", "headings", "answers", "new_layer")
TEXT = {"type": "string", "pattern": r"^[^\x00\ud800-\udfff]*$", "maxLength": 2000}
TEXTS = {"type": "array", "items": TEXT}
TEXT_OF_EACH = {"type": "object", "propertyNames": TEXT, "additionalProperties": TEXT}
COLUMN = {
    "type": "object",
    "additionalProperties": False,
    "required": ["left_out", "label", "label_en", "kind"],
    "properties": {"left_out": {"type": "boolean"}, "label": TEXT, "label_en": TEXT, "kind": TEXT},
}
NEW_LAYER = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "columns": {"type": "object", "propertyNames": TEXT, "additionalProperties": COLUMN},
        "title_column": TEXT,
        "key": TEXTS,
        "geometry": {"enum": ["", "point", "line", "polygon"]},
    },
}
ANSWERS = {
    "type": "object",
    "properties": {
        **dict.fromkeys(("source_crs", "encoding", "date_order", "source"), TEXT),
        "headings": TEXT_OF_EACH,
        "values": TEXT_OF_EACH,
        "adding": TEXTS,
    },
}
FORM = Draft202012Validator(
    {
        "type": "object",
        "properties": {
            "layer": TEXT | {"maxLength": 60},
            "sender": TEXT,
            "headings": TEXTS,
            "answers": ANSWERS,
            "new_layer": NEW_LAYER,
        },
    }
)


class _Loader(yaml.SafeLoader):
    """Values as they stand there; nothing stands for something else."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event = self.get_event()  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "an alias", event.start_mark)
        return super().compose_node(parent, index)


def write(parts: Mapping[str, Any]) -> str:
    written = {name: part for name in PARTS if (part := parts.get(name))}
    return yaml.safe_dump(written, allow_unicode=True, sort_keys=False, width=100)


def read(text: str) -> dict[str, Any]:
    """The parts that :func:`write` wrote; raises ImporterError with what is wrong in them."""
    parts = _parsed(text)
    if not isinstance(parts, dict) or set(parts) - set(PARTS):
        raise ImporterError(_("A profile is made of {parts}.").format(parts=", ".join(PARTS)))
    if not all(_has_text_keys(part) for part in parts.values()):
        raise ImporterError(_("The names in a profile are texts; write others in quotation marks."))
    for error in FORM.iter_errors(parts):
        name = ".".join(map(str, error.absolute_path))
        raise ImporterError(_("“{name}” is not written as a profile writes it.").format(name=name))
    return parts


def _parsed(text: str) -> Any:
    try:
        return yaml.load(text[:MOST_BYTES], Loader=_Loader)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, ValueError, RecursionError) as problem:
        mark = getattr(problem, "problem_mark", None)
        raise ImporterError(
            _("This is no YAML; it breaks off in line {line}.").format(line=mark.line + 1 if mark else 1)
        ) from None


def _has_text_keys(part: Any) -> bool:
    if not isinstance(part, dict):
        return not isinstance(part, list) or all(map(_has_text_keys, part))
    return all(isinstance(key, str) for key in part) and all(map(_has_text_keys, part.values()))
