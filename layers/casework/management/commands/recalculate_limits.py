"""Counts every running limit anew, after the calendar changed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from layers.casework.access.actor import Actor
from layers.casework.deadlines.calendar_changes import recalculate_limits


class Command(BaseCommand):
    help = (
        "Counts every running limit by the calendar as it is now; what moves is put into the log of its case."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--by", default="portal", help="who changed the calendar, for the log")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{recalculate_limits(Actor(options['by']))} limit(s) moved.")
