"""Number formats of a workbook that show other digits than its cells hold."""

import re
import zipfile
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree

ZEROS = re.compile(r"0{2,20}")
"""Codes and numbers of documents: 12 is shown as 00012."""

NUMBER = re.compile(
    rb'<c\b(?=[^>]*\br="([A-Z]{1,3})(\d{1,7})")(?=[^>]*\bs="(\d{1,5})")(?![^>]*\bt="(?!n"))[^>]*>\s*'
    rb"(?:<f\b[^>]*/>|<f\b[^>]*>[^<]*</f>)?\s*<v>(\d{1,15})</v>"
)
"""A cell with a whole number: its column, its row, its style and its digits."""

Widths = Mapping[int, int]
"""How many digits a style fills up with zeros, by its place."""


def widths(book: zipfile.ZipFile) -> Widths:
    try:
        root = ElementTree.fromstring(book.read("xl/styles.xml"))  # noqa: S314  was looked into before
    except (KeyError, ElementTree.ParseError):
        return {}
    codes = {
        each.get("numFmtId"): each.get("formatCode", "")
        for each in root.iter()
        if each.tag.endswith("}numFmt")
    }
    styles = next((each for each in root if each.tag.endswith("}cellXfs")), ())
    found = (codes.get(style.get("numFmtId"), "") for style in styles)
    return {place: len(code) for place, code in enumerate(found) if ZEROS.fullmatch(code)}


def shown(content: bytes, filled: Widths) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Column, row and what is shown, of the cells that are filled up."""
    for column, row, style, digits in NUMBER.findall(content) if filled else ():
        if len(digits) < filled.get(int(style), 0):
            yield column, row, digits.zfill(filled[int(style)])
