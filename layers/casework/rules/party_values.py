"""Numbers of identity and telephones of parties, as all ways in take them: desk, phone, rows and imports."""

import re
import unicodedata
from contextlib import suppress

from layers.registry.declaration.values import citizen_number, credit_code
from layers.registry.text import Text

PAPER = re.compile(r"[A-Z]{1,3}[0-9]{6,10}[A-Z]?|[0-9]{8}|[0-9]{10}")
"""Numbers of passports and of permits for Hong Kong, Macao and Taiwan."""
COUNTRY = r"(?:\+?86[- ]?)?"
TELEPHONE = re.compile(
    rf"{COUNTRY}1[3-9]\d[- ]?\d{{4}}[- ]?\d{{4}}"  # a mobile
    rf"|(?:{COUNTRY}\(?0\d{{2,3}}\)?[- ]?)?[2-8]\d{{2,3}}[- ]?\d{{4}}(?:(?:-|转)\d{{1,6}})?"
    r"|[48]00[- ]?\d{3}[- ]?\d{4}|(?:95|96|12)\d{3,4}|\+(?!86)\d[\d -]{5,18}"
)


class PartyValueError(ValueError):
    def __init__(self, sentence: Text) -> None:
        self.sentence = sentence
        super().__init__(str(sentence))


def identity_number(kind: str, value: str) -> str:
    """A person's citizen identity number or number of a passport or permit, an organisation's credit code.

    Of a party whose ``kind`` is not said ("") any of these.
    """
    written = unicodedata.normalize("NFKC", value).strip().upper()
    if not written:
        return ""
    if kind == "none":
        raise PartyValueError(
            Text("无当事人的案件不填证件号码。", "A case without a party has no identity number of one.")
        )
    known = {"person": (_personal,), "organisation": (credit_code,)}.get(kind, (_personal, credit_code))
    for read in known:
        with suppress(ValueError):
            return read(written)
    raise PartyValueError(_wrong(kind, value))


def kind_of_number(number: str) -> str:
    """Of a number that :func:`identity_number` gave."""
    try:
        _personal(number)
    except ValueError:
        return "organisation"
    return "person"


def _personal(written: str) -> str:
    return written if PAPER.fullmatch(written) else citizen_number(written)


def _wrong(kind: str, value: str) -> Text:
    if kind == "organisation":
        return Text(
            f"“{value}”不是有效的统一社会信用代码：应为 18 位，且校验码相符。",
            f"“{value}” is no unified social credit code: it has 18 characters, the last of which checks the others.",
        )
    return Text(
        f"“{value}”不是有效的公民身份号码：应为 18 位，出生日期和校验码相符；也可填写护照或通行证号码。",
        f"“{value}” is no citizen identity number, which has 18 characters with a date of birth and a check digit, and "
        "no number of a passport or permit.",
    )


def telephone(value: str) -> str:
    written = unicodedata.normalize("NFKC", value).strip()
    if written and not TELEPHONE.fullmatch(written):
        raise PartyValueError(
            Text(
                f"“{value}”不是电话号码：手机号为 11 位，固定电话可带区号和分机号，如 0574-86780000转8。",
                f"“{value}” is no telephone number: a mobile has 11 digits; a landline may have an area code and an "
                "extension, such as 0574-86780000转8.",
            )
        )
    return written
