"""A procedure as small as one can be, and what is said of a text that is none."""

import pytest

from layers.casework.procedures import (
    ProcedureError,
    read_procedure,
)

SMALL = """\
code: small
version: 1
title: {zh: 小, en: Small}
basis: law 1
start: lead
laws:
  law: {zh: 法, en: Law}
roles:
  officer: {title: {zh: 人员, en: Officer}}
flags:
  serious: {zh: 重大, en: Serious}
fields:
  fine: {title: {zh: 罚款, en: Fine}, kind: number}
states:
  lead: {title: {zh: 线索, en: Lead}, phase: open}
  closed: {title: {zh: 结案, en: Closed}, phase: closed, final: true}
steps:
  close:
    title: {zh: 结案, en: Close}
    from: [lead]
    to: closed
    by: [officer]
    basis: law 2
  pause:
    title: {zh: 中止, en: Pause}
    from: [lead]
    by: [officer]
    basis: law 3; local
    pauses: [limit]
  resume:
    title: {zh: 恢复, en: Resume}
    from: [lead]
    by: [officer]
    basis: law 3; local
    resumes: [limit]
deadlines:
  limit:
    title: {zh: 期限, en: Limit}
    basis: law 4
    starts: [opened]
    ends: [close]
    span: 5 working days
    warn: 1 working day
documents:
  report: {title: {zh: 报告, en: Report}, number: "{office}报〔{year}〕{serial:04d}号"}
publication:
  when: {any: []}
  within: 20 working days
  lasts: [{months: 3}]
  basis: law 5
place: {geometry: point, required: lead}
family: enforcement
"""


def problems_of(text: str, name: str = "own", **bases: str) -> list[tuple[str, int, str]]:
    with pytest.raises(ProcedureError) as caught:
        read_procedure(text, name, bases)
    return [(each.file, each.line, each.sentence.en) for each in caught.value.problems]


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1
