"""A variation's text laid over the text it extends."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from .errors import Problem, ProcedureError
from .yaml_source import Path, YamlText, parse_yaml

MAX_BASES = 4


def merge_bases(text: str, name: str, bases: Mapping[str, str]) -> YamlText:
    """The text with what it extends beneath it, which may be an older one of its own name."""
    chain = [parse_yaml(text, name)]
    names: list[str] = []
    while isinstance(chain[-1].data, dict) and "extends" in chain[-1].data:
        mark = chain[-1].mark(("extends",))
        own = dict(chain[-1].data)
        base = own.pop("extends")
        chain[-1] = YamlText(own, chain[-1].marks)
        if not isinstance(base, str) or base not in bases:
            raise ProcedureError(
                [Problem.at(mark, f"没有名为“{base}”的基础程序。", f"There is no base named {base!r}.")]
            )
        if base in names or len(names) >= MAX_BASES:
            raise ProcedureError(
                [Problem.at(mark, "基础程序互相引用。", "The bases extend each other in a circle.")]
            )
        names.append(base)
        chain.append(_parse_base(bases[base], base))
    whole = chain.pop()
    while chain:
        whole = merge_text(whole, chain.pop())
    return whole


@lru_cache(maxsize=16)
def _parse_base(text: str, name: str) -> YamlText:
    """Many texts extend the same one; nobody changes what is read here."""
    return parse_yaml(text, name)


def merge_text(base: YamlText, own: YamlText) -> YamlText:
    """Mappings are merged, everything else is replaced, null deletes."""
    merging = _Merge(base, own)
    data = merging.merge(base.data, own.data, ())
    if merging.problems:
        raise ProcedureError(merging.problems)
    return YamlText(data, merging.marks)


class _Merge:
    def __init__(self, base: YamlText, own: YamlText) -> None:
        self.own = own
        self.marks = dict(base.marks)
        self.problems: list[Problem] = []

    def merge(self, base: Any, own: Any, path: Path) -> Any:
        if not isinstance(base, dict) or not isinstance(own, dict) or _is_condition(path):
            return self._replace(own, path)
        self.marks[path] = self.own.mark(path)
        merged = dict(base)
        for key, value in own.items():
            inside = (*path, key)
            if value is None:
                self._delete(merged, key, inside)
            else:
                merged[key] = self.merge(merged.get(key), value, inside)
        return merged

    def _replace(self, own: Any, path: Path) -> Any:
        self._forget(path)
        self.marks |= {each: mark for each, mark in self.own.marks.items() if each[: len(path)] == path}
        return own

    def _delete(self, merged: dict[str, Any], key: str, path: Path) -> None:
        if key not in merged:
            mark = self.own.mark(path)
            self.problems.append(
                Problem.at(
                    mark, f"“{key}”在基础程序中不存在，无法删除。", f"The base has no {key!r} to delete."
                )
            )
        merged.pop(key, None)
        self._forget(path)

    def _forget(self, path: Path) -> None:
        self.marks = {each: mark for each, mark in self.marks.items() if each[: len(path)] != path}


def _is_condition(path: Path) -> bool:
    """Conditions are replaced whole: half of one and half of another mean nothing."""
    return path[-1:] == ("when",) or (path[:1] == ("conditions",) and len(path) == 2)


@lru_cache(maxsize=64)
def base_name(text: str) -> str:
    """The name of the base that a text extends, "" for none."""
    data = parse_yaml(text, "").data
    base = data.get("extends", "") if isinstance(data, dict) else ""
    return base if isinstance(base, str) else ""


def base_texts(text: str, known: Mapping[str, str]) -> dict[str, str]:
    """The texts that a text extends, directly or through others."""
    found: dict[str, str] = {}
    name = base_name(text)
    while name in known and name not in found:
        found[name] = known[name]
        name = base_name(known[name])
    return found
