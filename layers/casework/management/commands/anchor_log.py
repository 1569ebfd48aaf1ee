"""Keeps heads of the log outside the database."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from layers.casework.log.anchor_mail import send_head
from layers.casework.log.anchors import BrokenLog, write_anchor


class Command(BaseCommand):
    help = (
        "Signs the head of the log of cases where the log is whole and holds what was signed before, once or again "
        "and again (then all of it is looked at once a day), and sends the head by mail once a day."
    )
    requires_system_checks = ()  # they load every page of the portal

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=int, metavar="SECONDS", help="go on, with so long between")

    def handle(self, *args: Any, **options: Any) -> None:
        checked = None
        while options["every"]:
            today = timezone.localdate()
            try:
                self._anchor(is_whole_checked=checked != today)
                checked = today
                self._send()
            except CommandError as problem:
                self.stderr.write(str(problem))
            except (DatabaseError, OSError) as problem:
                self.stderr.write(f"Nothing was anchored: {problem}")
            time.sleep(options["every"])
            close_old_connections()
        self._anchor()
        self._send()

    def _anchor(self, *, is_whole_checked: bool = True) -> None:
        try:
            anchor = write_anchor(timezone.now(), is_whole_checked=is_whole_checked)
        except BrokenLog as problem:
            raise CommandError(f"Nothing was anchored, the log is not whole:\n{problem}") from problem
        if anchor:
            self.stdout.write(f"Anchored {anchor.number}:{anchor.hash}")

    def _send(self) -> None:
        try:
            send_head(timezone.now())
        except OSError as problem:
            raise CommandError(f"The head of the log was not sent by mail: {problem}") from problem
