"""How characters are spoken: of each its first reading, as the database's table of readings has it."""

import json
import unicodedata
from functools import cache
from importlib.metadata import distribution
from pathlib import Path

FIRST, LAST = 0x3400, 0x9FFF
"""Characters that have a reading."""

TONES = str.maketrans("", "", "\u0300\u0301\u0304\u030c")


def readings() -> dict[str, str]:
    """Of each character its first reading, without tones."""
    characters = (chr(int(code)) for code in _spoken() if FIRST <= int(code) <= LAST)
    return {character: reading(character) for character in characters}


@cache
def reading(letter: str) -> str:
    """The first reading of a character, without tones and with v for ü; another letter as it is."""
    spoken = _spoken().get(str(ord(letter)), "") if FIRST <= ord(letter) <= LAST else ""
    if not spoken:
        return letter
    apart = unicodedata.normalize("NFD", spoken.split(",")[0]).replace("u\u0308", "v")
    return unicodedata.normalize("NFC", apart.translate(TONES))


@cache
def _spoken() -> dict[str, str]:
    """The readings with tones by code point, of pypinyin's file alone: all of pypinyin takes half a second and 50 MB."""
    path = Path(str(distribution("pypinyin").locate_file("pypinyin/pinyin_dict.json")))
    found: dict[str, str] = json.loads(path.read_bytes())
    return found
