"""The procedures and the templates of documents that come with a room, and how they reach the database."""

from functools import cache
from pathlib import Path
from typing import Any

from django.apps.registry import Apps

from layers.registry.text import Text

from . import documents
from .case_types import case_types
from .documents.templates import TemplateText, ship_templates
from .procedures import Procedure, read_folder
from .procedures.versions import check_shipped, ship_versions

SHIPPED = "geoportal"
"""Who made the versions that come with the portal; a district's own are never overwritten by them."""

COMMON_FORMS = Path(documents.__file__).parent / "forms"
"""What cases of every family print by."""


@cache
def room_procedures(folder: Path) -> dict[str, Procedure]:
    """By code."""
    return read_folder(folder / "procedures")


def procedure_texts(folder: Path) -> dict[str, str]:
    """Their texts by code, as the bases of an administrator's own versions."""
    return {file.stem: file.read_text("utf-8") for file in sorted((folder / "procedures").glob("*.yaml"))}


def template_texts(folder: Path) -> dict[str, TemplateText]:
    """The templates of a folder by code; the first line of each names it in both languages."""
    files = sorted(folder.glob("*.html"))
    return {file.stem: _template_text(file.read_text("utf-8")) for file in files}


def _template_text(text: str) -> TemplateText:
    zh, en = text.partition("\n")[0].removeprefix("{#").removesuffix("#}").split("|")
    return TemplateText(Text(zh.strip(), en.strip()), text)


def ship_room_texts(apps: Apps | None = None, **kwargs: Any) -> None:
    """After tables were made, and after they were emptied."""
    check_shipped(procedure_texts(each.folder) for each in case_types())
    for each in case_types():
        if _is_made(apps, "procedureversion"):
            ship_versions(procedure_texts(each.folder), SHIPPED)
        if _is_made(apps, "documenttemplate"):
            ship_templates(each.family, template_texts(each.folder / "documents"), SHIPPED)
    if _is_made(apps, "documenttemplate"):
        ship_templates("", template_texts(COMMON_FORMS), SHIPPED)


def _is_made(apps: Apps | None, model: str) -> bool:
    """Migrating back may have taken the table away; emptying tables tells of none."""
    return apps is None or model in apps.all_models["casework"]
