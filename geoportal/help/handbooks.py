"""The handbooks in ``docs/handbook``: one for each kind of person, in both languages under the same headings."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from layers.errors import NotFound

FOLDER = Path(settings.ROOT) / "docs" / "handbook"
NAMES = ("citizen", "officer", "planner", "administrator", "operator")
LANGUAGES = {"en": "", "zh-hans": ".zh-Hans"}
"""What stands before ``.md`` in the file's name."""


@dataclass(frozen=True)
class Handbook:
    name: str

    def text(self, language: str) -> str:
        return (FOLDER / f"{self.name}{LANGUAGES[language]}.md").read_text()


def handbook(name: str) -> Handbook:
    if name not in NAMES:
        raise NotFound(_("There is no such handbook."), advice=_("The page “Help” lists those there are."))
    return Handbook(name)


def reading_language() -> str:
    """The one of the handbooks' that the reader has chosen."""
    chosen = (get_language() or "en").lower()
    return chosen if chosen in LANGUAGES else "en"
