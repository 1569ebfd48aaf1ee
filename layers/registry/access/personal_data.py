"""Names by which columns of personal data go, so that none is published without a word about it."""

import re

from ..text import Text

ENGLISH = re.compile(
    r"(^|_)(applicant|birth|birthdate|birthday|cellphone|citizen|complainant|contact|date_of_birth|email|ethnicity"
    r"|guardian|home_address|id_card|id_number|identity|informant|legal_person|legal_representative|manager|mobile"
    r"|occupant|owner|party_id|party_name|passport|person|phone|resident|tel|telephone|tenant|wechat)(_|$)"
)
CHINESE = re.compile(
    "电话|手机|邮箱|微信|姓名|身份证|证件号|护照|法定代表人|负责人姓名|联系人|管理员|户主|房主|业主|租户|住户|居民姓名"
    "|当事人|申请人|举报人|投诉人|监护人|出生|民族|家庭住址"
)


def personal_word(name: str, label: object) -> str:
    """What in a column's name or label reads like personal data, "" if nothing does."""
    found = ENGLISH.search(name.lower())
    if found:
        return found[2]
    chinese = CHINESE.search(label.zh if isinstance(label, Text) else str(label))
    return chinese[0] if chinese else ""
