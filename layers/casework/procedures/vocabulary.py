"""The words from which procedures choose."""

from enum import StrEnum


class FieldKind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    CHOICES = "choices"
    MONEY = "money"
    CHECKLIST = "checklist"
    PERSON = "person"
    UNIT = "unit"
    BODY = "body"
    FILE = "file"
    FEATURE = "feature"
    AREA = "area"
    FLAG = "flag"


class ObligedSide(StrEnum):
    AGENCY = "agency"
    PARTY = "party"


class CaseMark(StrEnum):
    """What figures of all families count by: a step marks the case with it, a limit tells whether it was done in time.
    A family has marks of its own besides."""

    DISPATCHED = "dispatched"
    RETURNED = "returned"
    HANDLED = "handled"
    HANDED_IN = "handed_in"
    REWORKED = "reworked"
    REOPENED = "reopened"


class GeometryKind(StrEnum):
    POINT = "point"
    POLYGON = "polygon"
    NONE = "none"


class EvidenceKind(StrEnum):
    """Art. 46 of the Administrative Penalty Law."""

    DOCUMENT = "document"
    PHYSICAL = "physical"
    AUDIO_VISUAL = "audio_visual"
    ELECTRONIC = "electronic"
    TESTIMONY = "testimony"
    STATEMENT = "statement"
    OPINION = "opinion"
    SCENE_RECORD = "scene_record"


class Capability(StrEnum):
    """What a role may do with a case that is no step of its procedure."""

    ASSIGN = "assign"
    TRANSFER = "transfer"
    SUPERVISE = "supervise"
    HANDLE = "handle"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"
    PERSONAL_DATA = "personal_data"


class PublicNames(StrEnum):
    """Who is named where a case is public: natural persons by surname and organisations in full, or fewer."""

    SURNAME = "surname"
    ORGANISATIONS = "organisations"
    NOBODY = "nobody"


class OfferedMatters(StrEnum):
    ALL = "all"
    OWN = "own"
