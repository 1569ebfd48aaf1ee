"""Templates of documents made into HTML: a closed room that holds the case's texts and nothing else.

Templates see plain texts, numbers and lists, never a model, a setting or a file; they include one another by code.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone
from jinja2 import FunctionLoader, StrictUndefined, TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from layers.child_process.answers import declare, expect
from layers.registry.text import Text

from .amounts import capitals, yuan

Source = Callable[[str], str | None]
"""The text of a template by its code, None where there is none."""

FILTERS = frozenset(
    [
        "batch",
        "default",
        "e",
        "escape",
        "first",
        "float",
        "groupby",
        "int",
        "items",
        "join",
        "last",
        "length",
        "list",
        "lower",
        "map",
        "max",
        "min",
        "reject",
        "rejectattr",
        "replace",
        "reverse",
        "round",
        "select",
        "selectattr",
        "sort",
        "string",
        "sum",
        "title",
        "trim",
        "truncate",
        "unique",
        "upper",
    ]
)
"""What templates may do with texts beside our own filters; none of them makes much out of little."""

BLANK = Markup('<span class="blank"></span>')
"""A line to be filled in by hand."""


class BlankDict(dict[str, Any]):
    """What was never given is empty, so that a form leaves a line for it."""

    def __missing__(self, name: str) -> str:
        return ""


class TemplateFault(ValueError):
    """A template that cannot be used; ``line`` counts from 1 within ``code``, 0 where it is not known."""

    def __init__(self, code: str, line: int, sentence: Text) -> None:
        self.code, self.line, self.sentence = code, line, sentence
        super().__init__(str(sentence))


declare(
    TemplateFault,
    lambda problem: [problem.code, problem.line, problem.sentence.zh, problem.sentence.en],
    lambda said: TemplateFault(
        expect(str, said[0]), expect(int, said[1]), Text(expect(str, said[2]), expect(str, said[3]))
    ),
)


def render_template(code: str, source: Source, content: dict[str, Any]) -> str:
    """The HTML of a template; raises TemplateFault."""
    try:
        return _environment(source).get_template(code).render(content)
    except TemplateSyntaxError as problem:
        raise _fault(problem.name or code, problem.lineno, problem.message or "") from problem
    except TemplateNotFound as problem:
        sentence = Text(f"没有模板“{problem.name}”。", f"There is no template {problem.name!r}.")
        raise TemplateFault(code, 0, sentence) from problem
    except (
        TemplateError,
        TypeError,
        ValueError,
        ArithmeticError,
        LookupError,
        AttributeError,
        RecursionError,
    ) as problem:
        raise _fault(code, _fault_line(problem, code), str(problem)) from problem


def render_texts(code: str, texts: Mapping[str, str], content: dict[str, Any]) -> str:
    """The HTML of one of the texts."""
    return render_template(code, texts.get, content)


def _fault(code: str, line: int, message: str) -> TemplateFault:
    return TemplateFault(
        code, line, Text(f"模板语法或字段有误：{message}", f"The template is wrong: {message}")
    )


def _fault_line(problem: BaseException, code: str) -> int:
    """The last line of the template that was being filled in when it went wrong."""
    found, trace = 0, problem.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == f"<{code}>":
            found = trace.tb_lineno
        trace = trace.tb_next
    return found


class _SandboxEnvironment(ImmutableSandboxedEnvironment):
    """Powers are not calculated, texts neither multiplied nor padded, so that a template cannot fill the memory."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if operator == "**" or not all(isinstance(each, int | float | Decimal) for each in (left, right)):
            raise SecurityError(f"{operator} is for numbers only, and powers are not calculated")
        return left * right if operator == "*" else left % right


def _environment(source: Source) -> ImmutableSandboxedEnvironment:
    def load(code: str) -> tuple[str, str, None] | None:
        text = source(code)
        return None if text is None else (text, f"<{code}>", None)

    room = _SandboxEnvironment(
        loader=FunctionLoader(load),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        cache_size=0,
    )
    room.globals.clear()
    room.filters = {name: does for name, does in room.filters.items() if name in FILTERS} | {
        "day": _day,
        "moment": _moment,
        "yuan": lambda value: yuan(_amount(value)),
        "capitals": lambda value: capitals(_amount(value)),
        "fill": lambda value: value if value not in (None, "") else BLANK,
        "lines": lambda value: Markup("<br>").join(escape(part) for part in str(value or "").splitlines()),
    }
    return room


def _day(value: date | datetime | str | None) -> str | Markup:
    """2026年11月24日; a blank to fill in where there is none."""
    if value is None or value == "":
        return Markup(
            '<span class="blank short"></span>年<span class="blank short"></span>月<span class="blank short"></span>日'
        )
    if isinstance(value, str):
        value = date.fromisoformat(value)
    if isinstance(value, datetime):
        value = timezone.localtime(value)
    return f"{value.year}年{value.month}月{value.day}日"


def _moment(value: datetime | None) -> str | Markup:
    if value is None:
        return BLANK
    local = timezone.localtime(value)
    return f"{_day(local)}{local.hour}时{local.minute:02d}分"


def _amount(value: Any) -> Decimal:
    """Money of a form comes with its unit."""
    try:
        found = Decimal(str(value).removesuffix("元"))
    except InvalidOperation as problem:
        raise ValueError(f"{value!r} is no amount") from problem
    if not found.is_finite() or abs(found) >= 10**16:
        raise ValueError(f"{value!r} is no amount")
    return abs(found)
