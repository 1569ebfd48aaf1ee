from pathlib import Path

from layers.casework.case_types import CaseType, register_case_type
from layers.registry.text import Text

from .models import BenchReport, Mending

register_case_type(
    CaseType(
        family=BenchReport.FAMILY,
        title=Text("街椅报修", "Reports of broken benches"),
        layer="bench-reports",
        folder=Path(__file__).parent,
        extension=Mending,
    )
)
