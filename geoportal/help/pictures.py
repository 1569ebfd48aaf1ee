"""Pictures of the handbooks: what their lines say is to be photographed, and the files that were made."""

import re
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from markdown_it.token import Token

VISITOR = "visitor"
WIDTHS = {"desktop": (1280, 800), "phone": (390, 844)}
LINE = re.compile(
    rf"(?P<who>[\w-]+) (?P<address>/\S*)(?: (?P<width>{'|'.join(WIDTHS)}))?(?: then (?P<then>.+))?"
)


@dataclass(frozen=True)
class Picture:
    """``then`` holds the selectors of what is pressed, one after the other, before the picture is taken."""

    file: str
    words: str
    who: str
    address: str
    width: str = "desktop"
    then: str = ""

    @property
    def presses(self) -> list[str]:
        return self.then.split(" then ") if self.then else []

    def path(self, language: str) -> Path:
        return folder() / language / self.file


def folder() -> Path:
    return Path(settings.DATA) / "handbook"


def picture_of(image: Token) -> Picture:
    """``![words](pictures/file.png "who /address/ width then selector")``; the width may be missing, selectors too."""
    said = LINE.fullmatch(str(image.attrs.get("title", "")))
    file = str(image.attrs["src"]).removeprefix("pictures/")
    if said is None or not re.fullmatch(r"[a-z0-9-]+\.png", file):
        raise ValueError(
            f"{image.attrs['src']}: say who looks at which address, as in “officer /cases/inbox/”"
        )
    known = {name: text for name, text in said.groupdict().items() if text}
    return Picture(file, image.content, **known)
