"""What a template says, read from its text: the values it names and its own words, with what it extends and calls."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from jinja2 import Environment, nodes

Imports = Mapping[str, str]
"""By the name under which its macros are called the code of a template."""


@dataclass
class Wording:
    """``names`` are values such as ``party.name``, ``words`` what is printed as it stands."""

    names: set[str] = field(default_factory=set)
    words: str = ""


def template_wording(code: str, texts: Mapping[str, str]) -> Wording:
    """Blocks that a template puts in the place of another's are what counts; macros only where they are called."""
    return _Reading(texts).read(code)


class _Reading:
    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts, self.found = texts, Wording()
        self._called: set[tuple[str, str]] = set()

    def read(self, code: str) -> Wording:
        blocks: dict[str, tuple[nodes.Block, str]] = {}
        tree = self._tree(code)
        while True:
            for block in tree.find_all(nodes.Block):
                blocks.setdefault(block.name, (block, code))
            base = next(tree.find_all(nodes.Extends), None)
            if base is None:
                self._visit(tree, code, blocks)
                return self.found
            code = str(base.template.value)  # type: ignore[attr-defined]
            tree = self._tree(code)

    def _tree(self, code: str) -> nodes.Template:
        return _parsed(self.texts[code])

    def _visit(self, node: nodes.Node, code: str, blocks: Mapping[str, tuple[nodes.Block, str]]) -> None:
        for each in node.iter_child_nodes():
            match each:
                case nodes.Macro() | nodes.Import() | nodes.FromImport():
                    continue
                case nodes.Block() if each.name in blocks:
                    block, where = blocks[each.name]
                    rest = {name: found for name, found in blocks.items() if name != each.name}
                    self._visit(block, where, rest)
                    continue
                case nodes.TemplateData():
                    self.found.words += each.data
                case nodes.Call():
                    self._call(each, code, blocks)
                case _:
                    self.found.names.update(_names(each))
            self._visit(each, code, blocks)

    def _call(self, call: nodes.Call, code: str, blocks: Mapping[str, tuple[nodes.Block, str]]) -> None:
        target = call.node
        if isinstance(target, nodes.Getattr) and isinstance(target.node, nodes.Name):
            home, macro = self._imports(code).get(target.node.name, ""), target.attr
        else:
            home, macro = code, target.name if isinstance(target, nodes.Name) else ""
        if home and (home, macro) not in self._called:
            self._called.add((home, macro))
            for each in self._tree(home).find_all(nodes.Macro):
                if each.name == macro:
                    self._visit(each, home, blocks)

    def _imports(self, code: str) -> Imports:
        return {
            each.target: str(each.template.value)  # type: ignore[attr-defined]
            for each in self._tree(code).find_all(nodes.Import)
        }


@lru_cache(maxsize=256)
def _parsed(text: str) -> nodes.Template:
    return Environment(autoescape=True).parse(text)


def _names(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.Name) and node.ctx == "load":
        yield node.name
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
        yield f"{node.node.name}.{node.attr}"
