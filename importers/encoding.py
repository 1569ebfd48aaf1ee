"""The encoding of text that does not say it: UTF-8 if it can be, Chinese if it looks so, else Latin-1.

Text labelled GB2312 or GBK is read as GB18030, which holds them and the characters they lack (碶 is in GBK only).
"""

import codecs
from contextlib import suppress
from pathlib import Path

from django.utils.translation import gettext as _

from importers.errors import ImporterError

SAMPLE = 1024 * 1024

BYTE_ORDER_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
CHINESE = ("gb2312", "gbk", "gb18030", "cp936", "936", "hz-gb-2312")
ENOUGH = 0.95
TRIED = ("utf-8", "gb18030", "big5")
USUAL = frozenset(
    "的一是不了人在有中大上国國个個地年和市区區县縣街道路村镇鎮乡鄉号號楼樓室弄巷段里东東西南北山江河海湖港湾灣"
    "学學校院医醫店公园園园林桥橋门門城站场場局所小高新老名称稱地址类類别別电電话話日期时時间間编編备備注註"
)
"""Simplified and traditional alike."""


def resolve(encoding: str) -> str:
    """An operator's encoding as Python knows it."""
    wanted = "gb18030" if encoding.strip().lower() in CHINESE else encoding.strip()
    try:
        "".encode(wanted)
    except (LookupError, ValueError):
        raise ImporterError(
            _("{encoding} is no encoding that is known; try utf-8, gb18030, big5 or latin-1.").format(
                encoding=encoding
            )
        ) from None
    return wanted


def detect(content: bytes) -> str:
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if content.startswith(mark):
            return encoding
    read: dict[str, str] = {}
    for encoding in TRIED:
        with suppress(UnicodeDecodeError):
            read[encoding] = content.decode(encoding)
    if "utf-8" in read:
        return "utf-8"
    chinese = [encoding for encoding, text in read.items() if looks_chinese(text)]
    return max(chinese, key=lambda encoding: _usual(read[encoding]), default="latin-1")


def _usual(text: str) -> int:
    """How many letters are ones that tables of places are full of; a wrong reading gives rare ones."""
    return sum(letter in USUAL for letter in text)


def looks_chinese(text: str) -> bool:
    """Whether what GB18030 gives is Chinese rather than mistaken Latin-1."""
    foreign = [letter for letter in text if ord(letter) > 127]
    common = [
        letter for letter in foreign if "\u4e00" <= letter <= "\u9fff" or letter in "，。、；：（）《》“”　—·"
    ]
    return bool(foreign) and len(common) / len(foreign) > ENOUGH


def detect_file(path: Path) -> str:
    """As :func:`detect`, of a file of any size."""
    with path.open("rb") as file:
        beginning = file.read(SAMPLE)
    found = detect(beginning[: beginning.rfind(b"\n") + 1] or beginning)
    return found if found not in TRIED or _decodes(path, found) else detect_rest(path)


def detect_rest(path: Path) -> str:
    """For a file whose beginning misleads: the first encoding in which all of it can be read."""
    return next((name for name in TRIED if _decodes(path, name)), "latin-1")


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while piece := file.read(SAMPLE):
                decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
