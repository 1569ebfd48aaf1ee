"""Whether fields are declared so that they can be asked, and conditions ask them what they can tell."""

from collections.abc import Iterator, Mapping

from layers.casework.procedures.conditions import CHECKLIST_PARTS
from layers.casework.procedures.fields import Field, NotBefore
from layers.casework.procedures.vocabulary import FieldKind
from layers.registry.registration import declared_attributes, is_registered
from layers.registry.text import Text

MANIFOLD = {
    FieldKind.CHOICES: Text("多选", "of several choices"),
    FieldKind.CHECKLIST: Text("检查表", "of a checklist"),
    FieldKind.PERSON: Text("人员", "that names an officer"),
    FieldKind.UNIT: Text("部门", "that names a department"),
    FieldKind.BODY: Text("责任单位", "that names a responsible body"),
    FieldKind.FILE: Text("文件", "that names a file"),
    FieldKind.FEATURE: Text("图层对象", "that names a feature"),
    FieldKind.AREA: Text("范围", "of an area"),
}
"""Kinds whose values are more than one; what is more than one value fills no attribute."""
UNASKED = {FieldKind.FILE, FieldKind.AREA}
"""Kinds of which a condition can ask nothing."""
MASKABLE = {FieldKind.TEXT, FieldKind.PERSON}
"""Kinds whose values are words that a text for the public could repeat."""
INSIDE = {FieldKind.PERSON, FieldKind.BODY}
"""Kinds that nobody outside can choose."""

AMOUNTS = {FieldKind.NUMBER, FieldKind.MONEY}
"""Kinds that have a least amount, and can be over one."""

Finding = tuple[str, Text]
"""The key of the field's declaration that is wrong, "" for all of it, and what is wrong."""


def declaration_problems(asked: Field) -> Iterator[Finding]:
    name, kind = asked.name, asked.kind
    choosing = kind in {FieldKind.CHOICE, FieldKind.CHOICES}
    if choosing and not asked.choices:
        yield "", Text(f"字段“{name}”没有可选项（choices）。", f"The field {name!r} offers no choices.")
    if asked.choices and not choosing:
        yield (
            "choices",
            Text(f"“{name}”不是选择字段，不能写 choices。", f"{name!r} is not chosen from choices."),
        )
    if kind in MANIFOLD and asked.writes:
        what = MANIFOLD[kind]
        yield (
            "writes",
            Text(
                f"{what.zh}字段“{name}”不能写入案件属性。",
                f"The field {name!r} {what.en} cannot be written to an attribute.",
            ),
        )
    yield from _day_problems(asked)
    if asked.least is not None and kind not in AMOUNTS:
        yield (
            "least",
            Text(
                f"“{name}”不是数字或金额，不能写 least。", f"{name!r} is no number and no money with a least."
            ),
        )
    if asked.masked and kind not in MASKABLE:
        yield (
            "masked",
            Text(
                f"“{name}”不是文字或人员，不能写 masked。",
                f"{name!r} is no text or officer that can be masked.",
            ),
        )
    yield from _table_problems(asked)
    yield from _layer_problems(asked)


def _day_problems(asked: Field) -> Iterator[Finding]:
    name = asked.name
    for word, is_said in (("past", asked.past), ("future", asked.future)):
        if is_said and asked.kind is not FieldKind.DATE:
            yield (
                word,
                Text(f"“{name}”不是日期，不能写 {word}。", f"{name!r} is no date and cannot be {word}."),
            )
    ordered = (
        ("later", asked.later),
        ("after", asked.after),
        ("not_before", asked.not_before != NotBefore()),
    )
    for word, said in ordered:
        if said and asked.kind is not FieldKind.DATE:
            yield word, Text(f"“{name}”不是日期，不能写 {word}。", f"{name!r} is no date and has no {word}.")
    for word, named in (("posts", asked.posts), ("apart", asked.apart)):
        if named and asked.kind is not FieldKind.PERSON:
            yield (
                word,
                Text(f"“{name}”不是人员，不能写 {word}。", f"{name!r} names no officer and has no {word}."),
            )
    if asked.past and asked.future:
        yield (
            "future",
            Text(f"“{name}”不能既是 past 又是 future。", f"{name!r} cannot be both past and future."),
        )


def _table_problems(asked: Field) -> Iterator[Finding]:
    name, is_checklist = asked.name, asked.kind is FieldKind.CHECKLIST
    if is_checklist and not asked.rows:
        yield "", Text(f"检查表“{name}”没有要点表（table）。", f"The checklist {name!r} has no table.")
    if asked.rows and not is_checklist:
        yield (
            "table",
            Text(f"“{name}”不是检查表，不能写 table。", f"{name!r} is no checklist with a table."),
        )


def _layer_problems(asked: Field) -> Iterator[Finding]:
    name, layer, is_feature = asked.name, asked.layer, asked.kind is FieldKind.FEATURE
    if is_feature and not layer:
        yield (
            "",
            Text(
                f"字段“{name}”没有写明图层（layer）。",
                f"The field {name!r} does not say of which layer it is.",
            ),
        )
    if layer and not is_feature:
        yield (
            "layer",
            Text(f"“{name}”不是图层对象，不能写 layer。", f"{name!r} is no feature with a layer."),
        )
    if asked.own and asked.own not in asked.keeps:
        yield "own", Text(f"“{name}”的 keeps 中没有“{asked.own}”。", f"{name!r} does not keep {asked.own!r}.")
    for key, used in (("keeps", asked.keeps), ("matches", tuple(asked.matches))):
        if used and not is_feature:
            yield (
                key,
                Text(f"“{name}”不是图层对象，不能写 {key}。", f"{name!r} is no feature and has no {key}."),
            )
    if not is_feature or not layer:
        return
    if not is_registered(layer):
        yield "layer", Text(f"没有图层“{layer}”。", f"There is no layer {layer!r}.")
        return
    known = declared_attributes(layer)
    for key, used in (("keeps", asked.keeps), ("matches", tuple(asked.matches))):
        for attribute in used:
            if attribute not in known:
                yield (
                    key,
                    Text(
                        f"图层“{layer}”没有属性“{attribute}”。", f"{layer!r} has no attribute {attribute!r}."
                    ),
                )


def match_problem(asked: Field, named: str, others: Mapping[str, Field]) -> Text | None:
    """``matches`` names a part that another field keeps, and an attribute that this one keeps."""
    whole, _, part = named.partition(".")
    if whole in others and part in others[whole].keeps:
        return None
    return Text(
        f"“{asked.name}”的 matches 须写另一图层对象字段 keeps 中的属性，如 violation.code；没有“{named}”。",
        f"matches of {asked.name!r} names what another field keeps, such as violation.code; there is no {named!r}.",
    )


def part_problem(asked: Field, part: str) -> Text | None:
    """Of a checklist a condition asks what it came to, of other fields the whole."""
    known = ", ".join(sorted(CHECKLIST_PARTS))
    if asked.kind is FieldKind.CHECKLIST:
        if part in CHECKLIST_PARTS:
            return None
        return Text(
            f"“{asked.name}”是检查表，条件须写 {asked.name}. 加下列之一：{known}。",
            f"{asked.name!r} is a checklist: write {asked.name}. and one of {known}.",
        )
    if asked.kind is FieldKind.FEATURE and part in asked.keeps:
        return None
    if asked.kind is FieldKind.FEATURE:
        kept = ", ".join(asked.keeps)
        return Text(
            f"“{asked.name}”是图层对象，条件须写 {asked.name}. 加 keeps 中的属性（{kept}）。",
            f"{asked.name!r} is a feature: write {asked.name}. and an attribute of its keeps ({kept}).",
        )
    if asked.kind in UNASKED:
        what = MANIFOLD[asked.kind]
        return Text(
            f"条件不能以{what.zh}字段“{asked.name}”为准。",
            f"A condition cannot ask about the field {asked.name!r} {what.en}.",
        )
    if part:
        return Text(f"字段“{asked.name}”没有“{part}”。", f"The field {asked.name!r} has no {part!r}.")
    return None


def value_problem(asked: Field, part: str, value: str) -> Text | None:
    """Of fields that are chosen from, and of the rows of a checklist, a condition asks what they offer."""
    offered = asked.rows if part == "failed_rows" else asked.choices
    if not offered or part not in {"", "failed_rows"} or value in offered:
        return None
    known = ", ".join(offered)
    return Text(
        f"字段“{asked.name}”没有可选项“{value}”；现有：{known}。",
        f"The field {asked.name!r} does not offer {value!r}; it offers: {known}.",
    )


def comparison_problem(asked: Field) -> Text | None:
    """A text may be a number; what is chosen, a day or an officer is none."""
    if asked.kind in {*AMOUNTS, FieldKind.TEXT, FieldKind.CHECKLIST, FieldKind.FEATURE, *UNASKED}:
        return None
    return Text(
        f"字段“{asked.name}”不是数字或金额，条件不能写 over。",
        f"The field {asked.name!r} is no number and no money: a condition cannot ask what it is over.",
    )
