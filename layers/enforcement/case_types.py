from pathlib import Path

from ..casework.case_types import CaseType, register_case_type
from ..registry.text import Text
from .models import EnforcementCase, PenaltyDecision

ENFORCEMENT = CaseType(
    family=EnforcementCase.FAMILY,
    title=Text("行政执法", "Enforcement"),
    layer="enforcement-cases",
    folder=Path(__file__).parent,
    general="ordinary",
    extension=PenaltyDecision,
)
register_case_type(ENFORCEMENT)
