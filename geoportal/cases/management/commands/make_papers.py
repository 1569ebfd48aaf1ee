"""Papers of cases that were taken over: each as of its step, and dated on its day."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from geoportal.cases.documents.pdf import document_renderer, render_document
from layers.casework.access.actor import Actor, NotAllowed
from layers.casework.documents.draft import DocumentDraft
from layers.casework.documents.issuance import (
    DocumentStatus,
    RenderedDocument,
    Renderer,
    document_statuses,
    issue_document,
)
from layers.casework.models import Case
from layers.casework.procedures.versions import NoProcedure


class Command(BaseCommand):
    help = "Makes the papers that cases want, each by who took its step and dated on the day of that step."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("numbers", nargs="+", metavar="number", help="the numbers of the cases")
        parser.add_argument("--without-maps", action="store_true", help="draw no map of the place")

    def handle(self, *args: Any, numbers: list[str], without_maps: bool, **options: Any) -> None:
        for number in numbers:
            case = Case.objects.filter(number=number).first()
            if case is None:
                raise CommandError(f"There is no case {number}.")
            try:
                made = self._make_all(case, _mapless if without_maps else document_renderer(case))
            except NoProcedure as problem:
                raise CommandError(f"Case {number} runs by no procedure that is kept here.") from problem
            self.stdout.write(f"{number}: {made}")

    def _make_all(self, case: Case, printing: Renderer) -> int:
        made = 0
        while wanting := [each for each in document_statuses(case) if each.is_outstanding]:
            for each in wanting:
                self._make(case, each, printing)
                made += 1
        return made

    def _make(self, case: Case, status: DocumentStatus, printing: Renderer) -> None:
        event = status.event
        if event is None or event.officer is None:
            raise CommandError(f"{case.number}: no officer took the step that calls for {status.kind.code}.")
        officer = event.officer
        try:
            issue_document(case.pk, status.kind.code, Actor(officer.name, officer), printing, at=event.at)
        except NotAllowed as refused:
            raise CommandError(f"{case.number}, {status.kind.code}: {refused}") from refused


def _mapless(case: Case, paper: DocumentDraft) -> RenderedDocument:
    return render_document(case, paper, None)
