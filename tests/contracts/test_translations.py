"""Both languages are complete: every text in the code has its Chinese, and the catalogue has no other."""

import os
import re
import shutil
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.core.management import call_command

from tests.conftest import ROOT

LOCALE = ROOT / "geoportal" / "locale" / "zh_Hans" / "LC_MESSAGES"


def texts(path: Path) -> dict[tuple[str, str], object]:
    """By context and text: one word may be two in Chinese."""
    with path.open("rb") as file:
        return {(m.context or "", str(m.id)): m.string for m in read_po(file) if m.id}


def test_chinese_is_not_put_in_brackets_of_latin_letters() -> None:
    """Nor by a template, around words that are translated."""
    said = [
        " ".join(each) if isinstance(each, tuple) else str(each)
        for domain in ("django", "djangojs")
        for each in texts(LOCALE / f"{domain}.po").values()
    ]
    assert [each for each in said if re.search(r"[\u4e00-\u9fff] ?\([^)]|\([^)]*[\u4e00-\u9fff]", each)] == []
    pages = (ROOT / "geoportal" / "templates").rglob("*.html")
    assert [page.name for page in pages if "({% translate" in page.read_text()] == []


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_every_text_has_its_chinese(domain: str, tmp_path: Path, settings: object) -> None:
    kept = texts(LOCALE / f"{domain}.po")
    assert all(kept.values()), [text for text, chinese in kept.items() if not chinese]
    for package in ("geoportal", "importers", "layers", "tiles"):
        left_out = shutil.ignore_patterns("vendor", "node_modules", "*.po", "*.mo")
        shutil.copytree(ROOT / package, tmp_path / package, ignore=left_out)
    settings.LOCALE_PATHS = [tmp_path / "geoportal" / "locale"]  # type: ignore[attr-defined]
    here = Path.cwd()
    os.chdir(tmp_path)
    try:
        call_command("makemessages", "-l", "zh_Hans", "-d", domain, "--no-location", verbosity=0)
    finally:
        os.chdir(here)
    [found] = tmp_path.rglob(f"{domain}.po")
    assert set(texts(found)) == set(kept)
