"""Conditions, bases and spans as they are written in a procedure's text."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from layers.registry.text import Text

from .conditions import (
    NOTHING,
    All,
    AnyOf,
    Condition,
    FieldAbove,
    FieldIn,
    HasFlag,
    HasStep,
    LimitRuns,
    MoneyIs,
    Not,
    PartyIs,
)
from .errors import Problem
from .money import MoneyState
from .spans import Span, Unit
from .yaml_source import Path, YamlText

MAX_CONDITIONS = 5000
LOCAL = "local"
LOCAL_TEXT = Text("本地配置", "Local configuration")
PARTIES = ("person", "organisation", "none")
ARTICLES = re.compile(r"\d+(\(\d+\))?(, ?\d+(\(\d+\))?)*")


def parse_span(written: str) -> Span:
    """Such as "5 working days"."""
    length, unit = written.split(" ", 1)
    return Span(int(length), Unit(unit.removesuffix("s").replace(" ", "_")))


class ExpressionReader:
    """Reads phrases of one text and gathers what is wrong with them."""

    def __init__(self, written: YamlText) -> None:
        self.written = written
        self.problems: list[Problem] = []
        self.laws: Mapping[str, Mapping[str, str]] = written.data.get("laws", {})
        self.named: Mapping[str, Any] = written.data.get("conditions", {})
        self._resolving: list[str] = []
        self._read = 0

    def basis(self, phrase: str, path: Path) -> Text:
        """ "penalty 58; local": the articles as a sentence, which says what is local configuration."""
        zh, en, local = [], [], False
        for part in (each.strip() for each in phrase.split(";")):
            law, _, articles = part.partition(" ")
            if part == LOCAL:
                local = True
            elif law not in self.laws:
                self.note(path, f"依据“{law}”未在 laws 中定义。", f"laws has no {law!r}.")
            elif articles and not ARTICLES.fullmatch(articles):
                self.note(path, f"“{articles}”不是条号。", f"{articles!r} are not article numbers.")
            else:
                zh.append(
                    f"《{self.laws[law]['zh']}》"
                    + (f"第{articles.replace(', ', '、')}条" if articles else "")
                )
                en.append(self.laws[law]["en"] + (f", Art. {articles}" if articles else ""))
        if local:
            zh.append(LOCAL_TEXT.zh)
            en.append(LOCAL_TEXT.en if len(en) == 0 else LOCAL_TEXT.en.lower())
        return Text("；".join(zh), "; ".join(en))

    def condition(self, phrase: Any, path: Path) -> Condition:
        self._read += 1
        if self._read > MAX_CONDITIONS:
            self._too_many()
            return NOTHING
        if not isinstance(phrase, dict) or not phrase:
            return self._wrong(path)
        if "field" in phrase:
            return self._about_field(phrase, path)
        if len(phrase) != 1:
            return self._wrong(path)
        ((word, value),) = phrase.items()
        inside = (*path, word)
        if word in ("all", "any") and isinstance(value, list):
            of = tuple(self.condition(each, (*inside, number)) for number, each in enumerate(value))
            return All(of) if word == "all" else AnyOf(of)
        if word == "not":
            return Not(self.condition(value, inside))
        if not isinstance(value, str):
            return self._wrong(path)
        return self._about_word(word, value, path)

    def _about_word(self, word: str, value: str, path: Path) -> Condition:
        match word:
            case "flag":
                return HasFlag(value)
            case "step":
                return HasStep(value)
            case "running":
                return LimitRuns(value)
            case "party" if value in PARTIES:
                return PartyIs(value)
            case "money" if value in set(MoneyState):
                return self._money(value, path)
            case "rule":
                return self._rule(value, path)
            case _:
                return self._wrong(path)

    def _money(self, value: str, path: Path) -> Condition:
        if "money" not in self.written.data:
            self.note(path, "本程序没有账目（money）。", "This procedure keeps no account (money).")
        return MoneyIs(MoneyState(value))

    def _about_field(self, phrase: dict[str, Any], path: Path) -> Condition:
        match phrase:
            case {"field": str(name), "over": int(over)} if len(phrase) == 2 and not isinstance(over, bool):
                return FieldAbove(name, Decimal(over))
            case {"field": str(name), "over": str(over)} if len(phrase) == 2:
                return FieldAbove(name, over)
            case {"field": str(name), "in": list(values)} if len(phrase) == 2:
                return FieldIn(name, tuple(str(value) for value in values))
            case _:
                return self._wrong(path)

    def _rule(self, name: str, path: Path) -> Condition:
        if name not in self.named:
            self.note(path, f"conditions 中没有“{name}”。", f"conditions has no {name!r}.")
            return NOTHING
        if name in self._resolving:
            self.note(path, f"条件“{name}”引用自己。", f"The condition {name!r} refers to itself.")
            return NOTHING
        self._resolving.append(name)
        found = self.condition(self.named[name], ("conditions", name))
        self._resolving.pop()
        return found

    def _too_many(self) -> None:
        """Rules that name rules grow without limit otherwise."""
        self.note(("conditions",), "条件过多。", "There are too many conditions.")

    def _wrong(self, path: Path) -> Condition:
        self.note(
            path,
            "条件应为 all、any、not、flag、step、running、rule、party、money，或 field 加 over、in 之一。",
            "A condition is one of all, any, not, flag, step, running, rule, party, money, or field with over or in.",
        )
        return NOTHING

    def note(self, path: Path, zh: str, en: str) -> None:
        problem = Problem.at(self.written.mark(path), zh, en)
        if problem not in self.problems:
            self.problems.append(problem)
