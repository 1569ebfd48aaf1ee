"""YAML to plain data that remembers its lines; nothing but mappings, lists and scalars comes in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

import yaml

from .errors import Problem, ProcedureError
from .model import Mark

MAX_CHARACTERS = 200_000
MAX_DEPTH = 24
NUMBER = re.compile(r"-?(0|[1-9]\d{0,8})")
WORDS: dict[str, Any] = {"true": True, "false": False, "null": None, "~": None, "": None}
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Path = tuple[str | int, ...]


@dataclass
class YamlText:
    """Data and, for each path in it, where it was written."""

    data: Any
    marks: dict[Path, Mark] = field(default_factory=dict)

    def mark(self, path: Path) -> Mark:
        """The mark of the nearest thing that has one."""
        while path and path not in self.marks:
            path = path[:-1]
        return self.marks.get(path, Mark("", 1))


def parse_yaml(text: str, name: str) -> YamlText:
    if len(text) > MAX_CHARACTERS:
        raise ProcedureError([Problem.at(Mark(name, 1), "文本过长。", "The text is too long.")])
    return _Parser(text, name).written()


class _Parser:
    def __init__(self, text: str, name: str) -> None:
        self.text, self.name = text, name
        self.marks: dict[Path, Mark] = {(): Mark(name, 1)}
        self.problems: list[Problem] = []

    def written(self) -> YamlText:
        try:
            self.events = self._events()
            data = self._value(next(self.events), ())
            for event in self.events:
                self._note(event, "只能有一个文档。", "There can be only one document.")
                break
        except StopIteration:
            self.problems.append(Problem.at(Mark(self.name, 1), "文本为空。", "The text is empty."))
        except UnicodeError:
            self.problems.append(
                Problem.at(Mark(self.name, 1), "文本含有无效字符。", "The text has broken characters.")
            )
        except yaml.YAMLError as error:
            self.problems.append(self._unreadable(error))
        if self.problems:
            raise ProcedureError(self.problems)
        return YamlText(data, self.marks)

    def _events(self) -> Iterator[yaml.Event]:
        passed = (yaml.StreamStartEvent, yaml.StreamEndEvent, yaml.DocumentStartEvent, yaml.DocumentEndEvent)
        return (each for each in yaml.parse(self.text, Loader=LOADER) if not isinstance(each, passed))

    def _value(self, event: yaml.Event, path: Path) -> Any:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            self._stop(
                event, "不允许锚点和别名（& 和 *）。", "Anchors and aliases (& and *) are not allowed."
            )
        if getattr(event, "tag", None) not in (None, "!"):
            self._stop(event, "不允许标签（!）。", "Tags (!) are not allowed.")
        if len(path) > MAX_DEPTH:
            self._stop(event, "嵌套过深。", "This is nested too deeply.")
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path)
        return _scalar(event) if isinstance(event, yaml.ScalarEvent) else None

    def _mapping(self, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            if not isinstance(event, yaml.ScalarEvent):
                self._stop(event, "键必须是一个词。", "A key must be a single word.")
            key: str = event.value
            if key in found:
                self._note(event, f"键“{key}”重复。", f"The key {key!r} is written twice.")
            self.marks[(*path, key)] = self._mark(event)
            found[key] = self._value(next(self.events), (*path, key))
        return found

    def _sequence(self, path: Path) -> list[Any]:
        found: list[Any] = []
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            self.marks[(*path, len(found))] = self._mark(event)
            found.append(self._value(event, (*path, len(found))))
        return found

    def _mark(self, event: yaml.Event) -> Mark:
        return Mark(self.name, event.start_mark.line + 1 if event.start_mark else 1)

    def _note(self, event: yaml.Event, zh: str, en: str) -> None:
        self.problems.append(Problem.at(self._mark(event), zh, en))

    def _stop(self, event: yaml.Event, zh: str, en: str) -> NoReturn:
        raise ProcedureError([*self.problems, Problem.at(self._mark(event), zh, en)])

    def _unreadable(self, error: yaml.YAMLError) -> Problem:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or "it has a character that is not allowed"
        line = mark.line + 1 if mark else 1
        return Problem.at(Mark(self.name, line), f"不是有效的 YAML：{what}。", f"This is not YAML: {what}.")


def _scalar(event: yaml.ScalarEvent) -> Any:
    """Only true, false, null and whole numbers are not text; "no" and "1:30" mean what they say."""
    text = str(event.value)
    if event.style:
        return text
    if text in WORDS:
        return WORDS[text]
    return int(text) if NUMBER.fullmatch(text) else text
