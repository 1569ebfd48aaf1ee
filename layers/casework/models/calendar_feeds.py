"""Secret addresses at which officers' calendars read their limits."""

from django.db import models

from layers.agencies.models import Officer
from layers.registry.text import Text


class CalendarFeed(models.Model):
    """One of an officer; ``secret`` is the SHA-256 of what stands in the address, which is shown once."""

    officer = models.OneToOneField(Officer, models.CASCADE, related_name="calendar_feed")
    secret = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(Text("生成时间", "Made"))

    class Meta:
        verbose_name = Text("日历订阅", "calendar feed")
        verbose_name_plural = Text("日历订阅", "calendar feeds")

    def __str__(self) -> str:
        return str(self.officer)
