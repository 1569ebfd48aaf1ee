"""Proves that the log of cases is whole."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from layers.casework.log.event_log import chain_head, log_flaws
from layers.casework.models import Seal


class Command(BaseCommand):
    help = "Hashes the log of cases anew; says where an event is missing, added or changed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--head",
            metavar="NUMBER:HASH",
            help="an earlier head, as this command printed it; shows whether the log was cut off or rewritten since",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(log_flaws())
        for flaw in found[:100]:
            self.stderr.write(f"seal {flaw.seq}, event {flaw.event}: {flaw.problem}")
        if options["head"] and not _holds(options["head"]):
            found.append(None)  # type: ignore[arg-type]
            self.stderr.write(f"the log no longer holds {options['head']}: it was cut off or rewritten")
        if found:
            raise CommandError(f"The log is not whole: {len(found)} flaw(s).")
        number, last = chain_head()
        self.stdout.write(f"The log is whole: {number} events. Head {number}:{last}")


def _holds(text: str) -> bool:
    number, _, expected = text.partition(":")
    if not number.isdigit():
        raise CommandError("--head takes NUMBER:HASH as this command prints it.")
    if number == "0":
        return True
    seal = Seal.objects.filter(pk=int(number)).first()
    return seal is not None and bytes(seal.hash).hex() == expected
