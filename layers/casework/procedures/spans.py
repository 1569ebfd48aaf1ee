"""How long a time limit is: so many units, of hours, of days or months."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Unit(StrEnum):
    HOUR = "hour"
    WORKING_HOUR = "working_hour"
    CALENDAR_DAY = "calendar_day"
    WORKING_DAY = "working_day"
    MONTH = "month"

    @property
    def counts_days(self) -> bool:
        return self in (Unit.CALENDAR_DAY, Unit.WORKING_DAY, Unit.MONTH)

    @property
    def step(self) -> timedelta:
        """Of a unit that is always as long."""
        return timedelta(days=1) if self.counts_days else timedelta(hours=1)


@dataclass(frozen=True)
class Span:
    """So many units; no day at all means until the end of the same day."""

    length: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.length < 0:
            raise ValueError(f"a time limit cannot be negative: {self.length}")
