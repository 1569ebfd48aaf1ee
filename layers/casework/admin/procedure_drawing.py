"""A procedure as a drawing: states as boxes, steps as arrows, drawn by Graphviz as SVG.

A step that leaves the state as it is stands in the box of its state, and so do the limits that end from there. Beside a
procedure that it takes the place of, what is new, changed and gone is marked.
"""

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from html import escape

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from ..phases import Phase
from ..procedures import Procedure, Step
from ..procedures.graph import active_deadlines
from ..procedures.titles import procedure_titles

FONT = "Noto Sans CJK SC"
FILLS = {Phase.OPEN: "#fbe9e2", Phase.DECIDED: "#fbf1da", Phase.CLOSED: "#e3ebf0", Phase.DISMISSED: "#eeeeee"}
MOST_SECONDS = 20


class Change(StrEnum):
    NONE = "none"
    NEW = "new"
    CHANGED = "changed"
    GONE = "gone"


COLORS = {Change.NONE: "#333333", Change.NEW: "#1a7f37", Change.CHANGED: "#8a5a00", Change.GONE: "#a40e26"}
SIGNS = {Change.NONE: "", Change.NEW: "＋ ", Change.CHANGED: "± ", Change.GONE: "－ "}


@dataclass(frozen=True)
class ProcedureDrawing:
    """``before`` is the procedure that this one would take the place of; ``own`` is the name of the text itself."""

    procedure: Procedure
    before: Procedure | None = None
    own: str = ""

    def svg(self) -> SafeString:
        """Raises OSError or subprocess.SubprocessError where Graphviz does not draw it."""
        drawn = subprocess.run(
            ["dot", "-Tsvg"],
            input=self.dot(),
            capture_output=True,
            text=True,
            timeout=MOST_SECONDS,
            check=True,
        ).stdout
        name = escape(_("Drawing of the procedure: %(title)s") % {"title": self.procedure.title})
        svg = drawn[drawn.index("<svg") :].replace("<svg", f'<svg role="group" aria-label="{name}"', 1)
        return mark_safe(svg)  # noqa: S308 - all words of the procedure were escaped

    def dot(self) -> str:
        """The graph in Graphviz's language."""
        parts = [
            f'graph [rankdir=TB, fontname="{FONT}", nodesep=0.35, ranksep=0.45, bgcolor="transparent"]',
            f'node [shape=plain, fontname="{FONT}", fontsize=11]',
            f'edge [fontname="{FONT}", fontsize=9, color="#777777", arrowsize=0.7]',
            *self._nodes(),
            *self._edges(),
        ]
        return "digraph procedure {\n" + ";\n".join(parts) + ";\n}\n"

    def _nodes(self) -> Iterator[str]:
        running = active_deadlines(self.procedure)
        states = {**(self.before.states if self.before else {}), **self.procedure.states}
        for code, state in states.items():
            change = self._change("states", code)
            rows = [_cell(str(state.title), change, self._anchor("states", code), bold=True)]
            rows += [
                _cell(self._words(step), how, self._anchor("steps", step.code))
                for step, how in self._steps()
                if step.target in (None, code) and code in step.sources
            ]
            rows += [
                _cell(_("Limit: %(title)s") % {"title": deadline.title}, Change.NONE, "", color="#666666")
                for each, deadline in self.procedure.deadlines.items()
                if each in running.get(code, ()) and self._ends_from(code, deadline.ends)
            ]
            borders = 2 if state.final else 1
            yield (
                f'"{code}" [label=<<TABLE BORDER="{borders}" CELLBORDER="0" CELLSPACING="0" CELLPADDING="3" '
                f'STYLE="ROUNDED" COLOR="{COLORS[change]}" BGCOLOR="{FILLS[state.phase]}">{"".join(rows)}</TABLE>>]'
            )

    def _edges(self) -> Iterator[str]:
        """One arrow from a state to another, with all steps that lead there."""
        arrows: dict[tuple[str, str], list[str]] = {}
        for step, change in self._steps():
            for source in step.sources:
                if step.target and step.target != source:
                    cell = _cell(self._words(step), change, self._anchor("steps", step.code))
                    arrows.setdefault((source, step.target), []).append(cell)
        for (source, target), cells in arrows.items():
            label = f'<TABLE BORDER="0" CELLSPACING="0" CELLPADDING="1">{"".join(cells)}</TABLE>'
            yield f'"{source}" -> "{target}" [label=<{label}>]'

    def _steps(self) -> Iterator[tuple[Step, Change]]:
        for code, step in self.procedure.steps.items():
            yield step, self._change("steps", code)
        for code, step in self.before.steps.items() if self.before else ():
            if code not in self.procedure.steps:
                yield step, Change.GONE

    def _words(self, step: Step) -> str:
        """With what it opens, as the procedures in force call it."""
        if step.opens is None:
            return str(step.title)
        code = step.opens.procedure
        opens = _("opens %(procedure)s") % {"procedure": procedure_titles().get(code, code)}
        return f"{step.title} ▸ {opens}"

    def _ends_from(self, state: str, steps: Sequence[str]) -> bool:
        return any(state in self.procedure.steps[code].sources for code in steps)

    def _change(self, part: str, code: str) -> Change:
        if self.before is None:
            return Change.NONE
        was: Mapping[str, object] = getattr(self.before, part)
        now: Mapping[str, object] = getattr(self.procedure, part)
        if code not in now:
            return Change.GONE
        if code not in was:
            return Change.NEW
        return Change.NONE if was[code] == now[code] else Change.CHANGED

    def _anchor(self, part: str, code: str) -> str:
        """Where the text itself says it; what comes from the text that it extends is not on the page."""
        mark = self.procedure.marks.get((part, code))
        return f"#line-{mark.line}" if mark and mark.file == self.own else ""


def _cell(text: str, change: Change, link: str, *, bold: bool = False, color: str = "") -> str:
    words = escape(SIGNS[change] + text)
    words = f"<B>{words}</B>" if bold else words
    words = f"<S>{words}</S>" if change is Change.GONE else words
    target = f' HREF="{link}" TOOLTIP="{escape(text)}"' if link else ""
    size = 12 if bold else 9
    shade = color or COLORS[change]
    return f'<TR><TD ALIGN="LEFT"{target}><FONT POINT-SIZE="{size}" COLOR="{shade}">{words}</FONT></TD></TR>'
