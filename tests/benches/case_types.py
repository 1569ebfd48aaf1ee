from pathlib import Path

from layers.casework.case_types import CaseType, register_case_type
from layers.casework.indicator import Measure, Rate
from layers.registry.text import Text

from .models import BenchReport, Mending

register_case_type(
    CaseType(
        family=BenchReport.FAMILY,
        title=Text("街椅报修", "Reports of broken benches"),
        layer="bench-reports",
        folder=Path(__file__).parent,
        extension=Mending,
        number="B{year}-{serial:04d}",
        marks=("strengthened",),
        measures=(
            Measure(
                "strengthened",
                Text("加固", "Strengthened"),
                Text("修好并加固的报修", "Reports of benches that were made stronger when they were mended"),
                "is_closed AND 'strengthened' = ANY(marks)",
            ),
            Measure(
                "strengthened_on_time",
                Text("按期加固", "Strengthened in time"),
                Text(
                    "维修期限内加固的报修",
                    "Reports of benches that were made stronger before the limit ran out",
                ),
                "is_closed AND 'strengthened' = ANY(marks) AND NOT 'strengthened' = ANY(late_marks)",
            ),
        ),
        rates=(
            Rate(
                "strengthening_on_time",
                Text("按期加固率", "Strengthened in time"),
                Text("按期加固数 ÷ 加固数", "Strengthened in time ÷ strengthened"),
                "strengthened_on_time",
                "strengthened",
            ),
            Rate(
                "strengthening",
                Text("加固率", "Strengthening"),
                Text("加固数 ÷ 结案数", "Strengthened ÷ closed"),
                "strengthened",
                "closed",
            ),
        ),
    )
)
