"""Writes the lawyer's checklist of the documents that come with the portal."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError, CommandParser

from layers.casework import room_texts
from layers.casework.case_types import case_types
from layers.casework.documents.checklist import Checklist, checklist_page, document_checklists

HEAD = """# Documents: a lawyer's checklist

Made by `manage.py document_checklist` from the procedures, the templates and the items of the laws
(`requirements.yaml` beside the templates); a test holds it against them. What a template says is given by the value
that it prints (`party.name`) or by its own words; a template of a district's own is not looked at here. Article 59 of
the Penalty Law has six items and asks for the seal besides; they are taken apart here, as each must be found.

"""


class Command(BaseCommand):
    help = "Writes what the law wants on each document, where its template says it, and when it is made and delivered."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the Markdown file to write, or to compare")
        parser.add_argument(
            "--check", action="store_true", help="write nothing; fail where the file is not current"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        written, file = page(), options["file"]
        if not options["check"]:
            file.write_text(written, "utf-8")
        elif not file.exists() or file.read_text("utf-8") != written:
            raise CommandError(f"{file} is not current: run manage.py document_checklist {file}")


def page() -> str:
    return HEAD + "\n".join(
        checklist_page(_of_family(each.folder))
        for each in case_types()
        if (each.folder / "documents" / "requirements.yaml").exists()
    )


def _of_family(folder: Path) -> list[Checklist]:
    """Variations count where they have documents of their own."""
    procedures = room_texts.room_procedures(folder)
    common = {code: each.text for code, each in room_texts.template_texts(room_texts.COMMON_FORMS).items()}
    own = {code: each.text for code, each in room_texts.template_texts(folder / "documents").items()}
    wanted = yaml.safe_load((folder / "documents" / "requirements.yaml").read_text("utf-8"))
    roots = [each for each in procedures.values() if each.root == each.code]
    known = {code for each in roots for code in each.documents}
    others = [
        replace(each, documents={code: kind for code, kind in each.documents.items() if code not in known})
        for each in procedures.values()
        if each.root != each.code
    ]
    return document_checklists([*roots, *others], common | own, wanted)
