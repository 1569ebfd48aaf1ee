"""Proves that the log of cases is whole."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from layers.casework.log.anchors import anchor_flaws, anchor_keys, last_anchor
from layers.casework.log.event_log import chain_head, holds, log_flaws


class Command(BaseCommand):
    help = (
        "Hashes the log of cases anew and compares it with its anchors; says where an event is missing, added or "
        "changed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--head",
            metavar="NUMBER:HASH",
            help="an earlier head, as this command or a letter told it; shows whether the log was cut off or rewritten since",
        )
        parser.add_argument(
            "--key", metavar="HEX", help="the public key by which every anchor must be signed, as it was told"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = [str(flaw) for flaw in log_flaws()]
        found += anchor_flaws()
        if options["head"] and not _holds(options["head"]):
            found.append(f"the log no longer holds {options['head']}: it was cut off or rewritten")
        if options["key"] and (others := anchor_keys().keys() - {options["key"].lower()}):
            found.append(f"anchors are signed by other keys: {', '.join(sorted(others))}")
        for problem in found[:100]:
            self.stderr.write(problem)
        if found:
            raise CommandError(f"The log is not whole: {len(found)} flaw(s).")
        number, last = chain_head()
        self.stdout.write(f"The log is whole: {number} events. Head {number}:{last}")
        self._tell_anchors()

    def _tell_anchors(self) -> None:
        anchor = last_anchor()
        if anchor is None:
            self.stdout.write("No head is anchored: anchor_log does it.")
            return
        self.stdout.write(f"Last anchor: seal {anchor.number} at {anchor.at}")
        for key, count in anchor_keys().items():
            self.stdout.write(f"{count} anchor(s) are signed by the key {key}")


def _holds(text: str) -> bool:
    number, _, expected = text.partition(":")
    if not number.isdecimal():
        raise CommandError("--head takes NUMBER:HASH as this command prints it.")
    return holds(int(number), expected)
