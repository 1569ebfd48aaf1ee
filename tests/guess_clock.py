"""The clock by which guesses wait stands still in tests, however busy the machine is, and is put forward by them."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone


class GuessClock:
    def __init__(self) -> None:
        self.time = timezone.now()

    def __call__(self) -> datetime:
        return self.time

    def pass_time(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> GuessClock:
    clock = GuessClock()
    monkeypatch.setattr("geoportal.accounts.throttle.attempts.now", clock)
    return clock
