"""Checklists: each row of a table passed, failed or not applicable, and what all of them come to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from layers.casework.procedures.fields import ChecklistRow, Field
from layers.registry.text import Text

LONGEST_NOTE = 500


class RowResult(StrEnum):
    PASS = "pass"  # noqa: S105 - not a password
    FAIL = "fail"
    NOT_APPLICABLE = "na"


RESULTS = {
    RowResult.PASS: Text("合格", "passed"),
    RowResult.FAIL: Text("不合格", "failed"),
    RowResult.NOT_APPLICABLE: Text("不适用", "not applicable"),
}
JUDGED = {RowResult.PASS, RowResult.FAIL}
NOT_JUDGED = Text("未检查", "not looked at")
KEY_ITEM = Text("重点项", "key item")


@dataclass(frozen=True)
class RowEntry:
    """``result`` is "" where nothing was entered."""

    row: ChecklistRow
    result: str
    note: str


def row_entries(field: Field, value: Any) -> list[RowEntry] | None:
    """Of what a form was given, ``{row: {result, note}}``, or of what the log keeps; None if it is neither."""
    given = _by_row(value)
    if given is None or not given.keys() <= field.rows.keys():
        return None
    found = []
    for code, row in field.rows.items():
        entry = given.get(code, {})
        if not isinstance(entry, Mapping):
            return None
        found.append(
            RowEntry(row, str(entry.get("result") or ""), " ".join(str(entry.get("note") or "").split()))
        )
    return found


def _by_row(value: Any) -> Mapping[str, Any] | None:
    if not isinstance(value, Mapping):
        return None
    kept = value.get("rows")
    if not isinstance(kept, list):
        return value
    rows = [each for each in kept if isinstance(each, Mapping)]
    return {str(each.get("row")): each for each in rows}


def is_untouched(field: Field, value: Any) -> bool:
    """Whether no row was looked at and nothing noted."""
    entries = row_entries(field, value)
    return entries is not None and not any(each.result or each.note for each in entries)


def checklist_problems(field: Field, value: Any) -> Iterator[Text]:
    entries = row_entries(field, value)
    if entries is None or any(each.result not in ("", *RowResult) for each in entries):
        yield Text(f"“{field.title.zh}”填写有误", f'"{field.title.en}" is not filled in correctly')
        return
    if left := [each.row.title for each in entries if not each.result]:
        zh, en = "、".join(each.zh for each in left), ", ".join(each.en for each in left)
        yield Text(
            f"“{field.title.zh}”中尚未检查：{zh}", f'"{field.title.en}" does not say of all items: {en}'
        )
    for each in entries:
        if len(each.note) > LONGEST_NOTE:
            zh, en = each.row.title.zh, each.row.title.en
            yield Text(
                f"“{zh}”的说明不得超过 {LONGEST_NOTE} 字",
                f'The note on "{en}" may have {LONGEST_NOTE} characters at most',
            )


def checklist_record(field: Field, value: Any) -> Any:
    """As the log keeps it: the rows in the table's order, and what they come to; what makes no sense as it came."""
    entries = row_entries(field, value)
    if entries is None:
        return value
    entered = [each for each in entries if each.result or each.note]
    failed = [each.row for each in entered if each.result == RowResult.FAIL]
    return {
        "rows": [{"row": each.row.code, "result": each.result, "note": each.note} for each in entered],
        "points": sum(each.row.points for each in entered if each.result == RowResult.PASS),
        "possible": sum(each.row.points for each in entered if each.result in JUDGED),
        "failed": len(failed),
        "failed_key": sum(row.key for row in failed),
        "failed_rows": [row.code for row in failed],
    }


def checklist_words(field: Field, value: Any) -> Text | None:
    """What the rows come to, then each in a line; None of what is no checklist."""
    entries, sums = row_entries(field, value), checklist_record(field, value)
    if entries is None:
        return None
    zh = f"得分 {sums['points']}/{sums['possible']}，不合格 {sums['failed']} 项"
    en = f"Points: {sums['points']} of {sums['possible']}, failed: {sums['failed']}"
    if count := sums["failed_key"]:
        zh += f"（其中{KEY_ITEM.zh} {count} 项）"
        en += f" ({KEY_ITEM.en}{'s'[: count > 1]}: {count})"
    rows = [_row_words(each) for each in entries if each.result or each.note]
    return Text("\n".join([zh, *(each.zh for each in rows)]), "\n".join([en, *(each.en for each in rows)]))


def _row_words(entry: RowEntry) -> Text:
    result = next((text for code, text in RESULTS.items() if code == entry.result), NOT_JUDGED)
    weighs = entry.row.key and entry.result == RowResult.FAIL
    zh = f"{entry.row.title.zh}：{result.zh}" + (f"（{KEY_ITEM.zh}）" if weighs else "")
    en = f"{entry.row.title.en}: {result.en}" + (f" ({KEY_ITEM.en})" if weighs else "")
    return Text(f"{zh}，{entry.note}", f"{en}, {entry.note}") if entry.note else Text(zh, en)
