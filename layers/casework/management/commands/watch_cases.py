"""What time does to cases: limits fall due and run out, publications expire, files that waited too long are forgotten."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import OperationalError, close_old_connections, connection
from django.utils import timezone

from layers.casework.cases.consultations import close_silent_consultations
from layers.casework.cases.overdue import record_overdue_limits
from layers.casework.cases.receipt_mail import delete_unconfirmed
from layers.casework.evidence.pending_uploads import delete_expired
from layers.casework.notices.outbox import tell_of_due_limits
from layers.casework.notices.sender import send_due
from layers.casework.publication.lifecycle import expire_publications


class Command(BaseCommand):
    help = (
        "Tells officers of limits that fall due, puts those that ran out into the log, takes back publications that expired and forgets files that "
        "waited too long to become evidence, once or again and again."
    )
    requires_system_checks = ()  # they load every page of the portal

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=int, metavar="SECONDS", help="go on, with so long between")

    def handle(self, *args: Any, **options: Any) -> None:
        while True:
            try:
                delete_unconfirmed(timezone.now())
                soon, late, over, old, sent, silent = (
                    tell_of_due_limits(),
                    record_overdue_limits(),
                    expire_publications(timezone.localdate()),
                    delete_expired(timezone.now()),
                    send_due(),
                    close_silent_consultations(),
                )
                if soon or late or over or old or sent or silent or not options["every"]:
                    said = (
                        f"{soon} limit(s) fall due, {late} ran out, {over} publication(s) expired, "
                        f"{old} file(s) forgotten, {sent} notice(s) sent. {silent} opinion(s) were not given in time."
                    )
                    self.stdout.write(said)
            except OperationalError as problem:
                if not options["every"]:
                    raise
                self.stderr.write(f"The database did not answer: {problem}")
                connection.close()
            if not options["every"]:
                return
            time.sleep(options["every"])
            close_old_connections()
