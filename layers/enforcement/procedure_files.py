"""The procedures and the templates of documents that come with the portal."""

from functools import cache
from pathlib import Path

from layers.casework.documents.templates import TemplateText
from layers.casework.procedures import Procedure, read_folder
from layers.registry.text import Text

FOLDER = Path(__file__).with_name("procedures")
DOCUMENTS = Path(__file__).with_name("documents")


@cache
def shipped_procedures() -> dict[str, Procedure]:
    return read_folder(FOLDER)


def procedure_texts() -> dict[str, str]:
    """Their texts by code, as the bases of an administrator's own versions."""
    return {file.stem: file.read_text("utf-8") for file in sorted(FOLDER.glob("*.yaml"))}


def template_texts() -> dict[str, TemplateText]:
    """The templates by code; the first line of each names it in both languages."""
    return {file.stem: _template_text(file.read_text("utf-8")) for file in sorted(DOCUMENTS.glob("*.html"))}


def _template_text(text: str) -> TemplateText:
    zh, en = text.partition("\n")[0].removeprefix("{#").removesuffix("#}").split("|")
    return TemplateText(Text(zh.strip(), en.strip()), text)
