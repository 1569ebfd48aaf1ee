"""The texts that come with enforcement, by code."""

from layers.casework import room_texts
from layers.casework.documents.templates import TemplateText
from layers.casework.procedures import Procedure
from layers.enforcement.case_types import ENFORCEMENT


def shipped_procedures() -> dict[str, Procedure]:
    return room_texts.room_procedures(ENFORCEMENT.folder)


def procedure_texts() -> dict[str, str]:
    return room_texts.procedure_texts(ENFORCEMENT.folder)


def template_texts() -> dict[str, TemplateText]:
    return room_texts.template_texts(ENFORCEMENT.folder / "documents")
