"""Texts for the public: what names a natural person is masked."""

import re
from dataclasses import dataclass

from layers.casework.models import Case, PartyKind
from layers.casework.parties import CaseParty, parties_of
from layers.casework.procedures import Publication, PublicNames
from layers.casework.procedures.model import EVERY_CASE
from layers.casework.procedures.versions import procedure_of


def _number(pattern: str) -> re.Pattern[str]:
    """A number that may be written with spaces or hyphens between its groups (``_``), and in full width."""
    digits = pattern.replace("_", r"[ \u3000\-－–]?").replace("D", "[0-9０-９]")
    return re.compile(f"(?<![0-9０-９]){digits}(?![0-9０-９])")


PERSONAL = (
    (_number("D{6}_D{4}_D{4}_D{3}_[0-9０-９XxＸｘ]"), "〔证件号码〕"),
    (_number("D{15}"), "〔证件号码〕"),
    (_number("[1１][3-9３-９]D_D{4}_D{4}"), "〔电话〕"),
    (_number("[0０]D{2,3}_D{3,4}_D{4}"), "〔电话〕"),
    (_number("D{4}_D{4}_D{4}_D{4}(?:_D{1,3})?"), "〔账号〕"),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII), "〔邮箱〕"),
    (re.compile(r"[一-龥]?[（(]\d{4}[）)][^，。；、\s]{0,20}不动产权第\s*\d+\s*号"), "〔产权证号〕"),
    (
        re.compile(
            r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·\- ]?[A-Z0-9]{5,6}"
        ),
        "〔车牌〕",
    ),
)
"""What names a person whoever it is: numbers of identity, telephones, accounts, addresses of mail, title deeds, plates."""


@dataclass(frozen=True)
class PublicationText:
    """What the public is to read, beside the party's name, which is masked by rule."""

    title: str
    summary: str


def public_name(name: str, kind: str, names: PublicNames = PublicNames.SURNAME) -> str:
    """Whom the public reads of: a natural person keeps the surname, an organisation its name, as far as named."""
    if kind == PartyKind.ORGANISATION:
        return "" if names is PublicNames.NOBODY else name
    named = kind == PartyKind.PERSON and names is PublicNames.SURNAME
    return name[0] + "某" * max(1, min(2, len(name) - 1)) if named and name else ""


def published_names(case: Case) -> str:
    """Of all parties whom the procedure lets the public read of."""
    found = (public_name(each.name, each.kind, each.role.names) for each in parties_of(case))
    return "、".join(dict.fromkeys(name for name in found if name))


def has_generalised_place(case: Case) -> bool:
    """Whether its procedure has the case public at a cell, whoever its principal party is."""
    rule = _rule(case)
    return rule is not None and (
        EVERY_CASE in rule.generalise
        or any(each.is_person and each.role.code in rule.generalise for each in parties_of(case))
    )


def _rule(case: Case) -> Publication | None:
    return procedure_of(case).publication if case.version_id else None


def mask_text(text: str, case: Case) -> str:
    """A text without the names of parties that are not published, their addresses, numbers and telephones, and without
    what was entered in fields that are masked.

    Names of witnesses, complainants and minors whom nobody entered are known to nobody but whoever writes and whoever
    reviews.
    """
    known = {old: new for each in parties_of(case) for old, new in _masks(each).items() if old.strip()}
    known |= _field_masks(case)
    for old in sorted(known, key=len, reverse=True):
        text = text.replace(old, known[old])
    for pattern, instead in PERSONAL:
        text = pattern.sub(instead, text)
    return text


def _masks(party: CaseParty) -> dict[str, str]:
    """What must not be read, with what stands for it; organisations that are published keep name and credit code."""
    found = {party.address: "〔住址〕", party.phone: "〔电话〕", party.representative: "〔代理人〕"}
    if party.kind == PartyKind.ORGANISATION and party.role.names is not PublicNames.NOBODY:
        return found
    instead = public_name(party.name, PartyKind.PERSON) if party.is_person else "〔单位〕"
    if party.role.names is PublicNames.NOBODY:
        instead = f"〔{party.role.title.zh}〕"
    return {
        **found,
        party.identity: "〔证件号码〕",
        party.name: instead,
        party.head: "〔负责人〕",
    }


def _field_masks(case: Case) -> dict[str, str]:
    """What was entered in masked fields, with their title for it; a single sign names nobody."""
    asked = procedure_of(case).fields() if case.version_id else {}
    values = {name: case.fields.get(name) for name, each in asked.items() if each.masked}
    words = {name: value.get("name") if isinstance(value, dict) else value for name, value in values.items()}
    return {
        str(word).strip(): f"〔{asked[name].title.zh}〕"
        for name, word in words.items()
        if len(str(word or "").strip()) > 1
    }


def suggested_text(case: Case) -> PublicationText:
    return PublicationText(mask_text(case.title, case), mask_text(case.resolution, case))
