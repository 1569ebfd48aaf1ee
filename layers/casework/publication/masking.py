"""Texts for the public: what names a natural person is masked."""

import re
from dataclasses import dataclass

from layers.casework.models import Case, PartyKind
from layers.casework.procedures import PublicNames


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


def mask_text(text: str, case: Case) -> str:
    """A text without the party's name, address of home, numbers of identity, telephone and account.

    Names of witnesses, complainants and minors are known to nobody but whoever writes and whoever reviews.
    """
    own = {str(case.fields.get("party_address") or ""): "〔住址〕", case.party_phone: "〔电话〕"}
    if case.party_kind != PartyKind.ORGANISATION:
        own |= {
            case.party_id: "〔证件号码〕",
            case.party_name: public_name(case.party_name, PartyKind.PERSON),
        }
    for known, instead in own.items():
        text = text.replace(known, instead) if known.strip() else text
    for pattern, instead in PERSONAL:
        text = pattern.sub(instead, text)
    return text


def suggested_text(case: Case) -> PublicationText:
    return PublicationText(mask_text(case.title, case), mask_text(case.resolution, case))
