"""The encoding of text that does not say it, and text whose letters cannot all be read.

Text labelled GB2312 or GBK is read as GB18030, which holds them and the characters they lack (碶 is in GBK only).
"""

import codecs
import os
import re
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import chardet

from importers.errors import ImporterError
from layers.sentences.sentence import gettext as _

SAMPLE, ENOUGH = 1024 * 1024, 64 * 1024

BYTE_ORDER_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
CHINESE = ("gb2312", "gbk", "gb18030", "cp936", "936", "hz-gb-2312")
EAST_ASIAN = ("gb18030", "big5", "cp932", "cp949")
MANY_BYTES = ("utf-8", *EAST_ASIAN)
BIG5 = {"big5hkscs": "big5", "cp950": "big5"}
FEW, FEW_IN_UTF_8, FEW_LINES = 20, 10, 4
"""Letters, or lines, read for one that cannot be: with fewer, text is in another encoding. UTF-8 is hardly ever met by
chance."""
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
IN_UTF_8 = rb"(?:\xe0[\xa0-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]|\xed[\x80-\x9f])[\x80-\xbf]"
SEVERAL_IN_UTF_8 = re.compile(rb"[\x00-\x7f]*(?:" + IN_UTF_8 + rb"[\x00-\x7f]*){2,}")
"""Letters of three bytes, two at least, among ASCII: chance has few bytes of another encoding so."""
FIRST_LEVEL = range(0xB0, 0xD8)
SEPARATORS = "\n,;\t|"
NO_LETTERS = b"\n <>,"
"""Bytes that are part of no letter of several bytes."""

HIGH = bytes(range(0xA1, 0xFF))
CONTROLS = range(0x80, 0xA0)
"""Bytes that are letters in Windows' Latin and none in ISO 8859-1."""


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


def detect(content: bytes, hint: str | None = None) -> str:
    """By likelihood; a few bytes that are no letters in an encoding do not speak against it.

    ``hint`` is an encoding of single bytes that stands beside those that are looked for.
    """
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if content.startswith(mark):
            return encoding
    if unmarked := unmarked_utf_16(content):
        return unmarked
    lines = content.split(b"\n")
    if _reads(content, "utf-8", FEW_IN_UTF_8) or _is_mostly_clean(lines, "utf-8"):
        return "utf-8"
    latin = (
        "cp1252" if any(byte in CONTROLS for byte in content) and _decodes(content, "cp1252") else "latin-1"
    )
    latin = hint if hint is not None and hint not in MANY_BYTES else latin
    possible = [each for each in EAST_ASIAN if _reads(content, each, FEW) or _is_mostly_clean(lines, each)]
    if not possible:
        return latin
    clean = [line for line in lines if all(_decodes(line, each) for each in possible)]
    found = chardet.detect(
        b"\n".join(clean if any(clean) else lines),
        include_encodings=[*possible, latin],
        compat_names=False,
        no_match_encoding=latin,
    )
    named = str(found["encoding"])
    return next((each for each in possible if each == BIG5.get(named, named)), latin)


def compare(content: bytes, stated: str | None) -> str:
    """The encoding that text says it is in, or the one that its bytes are in if they contradict that.

    An encoding of single bytes can be read from any, so that it is only a hint.
    """
    if content.isascii():
        return stated or "utf-8"
    if (
        stated in MANY_BYTES
        and not _reads(content, "utf-8", FEW_IN_UTF_8)
        and (_reads(content, stated, FEW) or _is_only_cut(content.split(b"\n"), stated))
    ):
        return stated
    return detect(content, stated)


def contradiction(path: Path, stated: str, found: str) -> str:
    """What is to be said of a file whose bytes are in another encoding than it says."""
    return _("{path} says that its text is {stated}, but its bytes are {found}; read so").format(
        path=path.name, stated=stated, found=found
    )


def detect_file(path: Path) -> str:
    """As :func:`detect`, by the first lines of a file of any size that hold more than ASCII."""
    with path.open("rb") as file:
        beginning = file.read(ENOUGH)
    if any(beginning.startswith(mark) for mark in BYTE_ORDER_MARKS) or unmarked_utf_16(beginning):
        return detect(beginning)
    return detect(b"".join(_foreign_lines(path)))


def compare_file(path: Path, stated: str) -> str:
    """As :func:`compare`, by the first lines of a file that hold more than ASCII; that which is stated, where it is of
    several bytes a letter and none such is found."""
    content = b"".join(_foreign_lines(path))
    if len(HIGH.decode(stated, errors="ignore")) > len(HIGH) // 2:
        return compare(content, stated)
    if _decodes(content, stated) and not _decodes(content, "utf-8"):
        return stated
    found = compare(content, stated)
    return found if found in MANY_BYTES else stated


def unmarked_utf_16(content: bytes) -> str | None:
    """In which order of bytes text is UTF-16 that has no mark: that in which its
    separators stand and nothing unprintable."""
    if b"\0" not in content:
        return None
    found = {}
    for encoding in ("utf-16-le", "utf-16-be"):
        text, wrong = decode(content, encoding)
        if wrong != "unread" and not UNPRINTABLE.search(text):
            found[encoding] = sum(map(text.count, SEPARATORS))
    best = max(found, key=lambda each: found[each], default=None)
    bytes_of_separators = sum(map(content.count, SEPARATORS.encode()))
    return best if best and 2 * found[best] >= max(bytes_of_separators, 1) else None


def _foreign_lines(path: Path) -> list[bytes]:
    found: list[bytes] = []
    with path.open("rb") as file:
        while sum(map(len, found)) < ENOUGH and (piece := _whole_lines(file)):
            found += [line for line in BytesIO(piece) if not line.isascii()]
    return found


def _whole_lines(file: BinaryIO) -> bytes:
    """The next that are a sample together; of a line that is longer as much as does not end within a letter."""
    piece = file.read(SAMPLE) + file.readline(SAMPLE)
    if len(piece) < 2 * SAMPLE or not (end := max(map(piece.rfind, NO_LETTERS)) + 1):
        return piece
    file.seek(end - len(piece), os.SEEK_CUR)
    return piece[:end]


def decode(content: bytes, encoding: str) -> tuple[str, str]:
    """Text, and what is wrong with it: ``cut`` where the last letter is not whole, which is left out, ``unread``
    where others are none."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        text = decoder.decode(content)
    except UnicodeDecodeError:
        return content.decode(encoding, errors="replace"), "unread"
    return text, "cut" if decoder.getstate()[0] else ""


def is_of_bytes(encoding: str) -> bool:
    """Whether a line in UTF-8 among others may be read as other letters without a fault."""
    return not codecs.lookup(encoding).name.startswith("utf")


def in_utf_8(content: bytes, text: str) -> str:
    """The bytes of ``text`` as UTF-8 reads them, where that gives more Chinese in common use; "" elsewhere."""
    if not SEVERAL_IN_UTF_8.fullmatch(content):
        return ""
    found = content.decode("utf-8")
    return found if _common(found) > _common(text) else ""


def _common(text: str) -> float:
    """Which share of the letters beyond ASCII is Chinese in common use, the first level of GB 2312."""
    levels = [letter.encode("gb2312", "replace")[0] for letter in text if letter > "\x7f"]
    return sum(level in FIRST_LEVEL for level in levels) / max(len(levels), 1)


def legible(text: str) -> str:
    """Text without the surrogates that stand for bytes that are no letter."""
    return text.encode("utf-8", errors="surrogateescape").decode("utf-8", errors="replace")


def _reads(content: bytes, encoding: str, few: int) -> bool:
    text = content.decode(encoding, errors="surrogateescape")
    bad = sum("\udc80" <= letter <= "\udcff" for letter in text)
    return bad * few <= sum(letter > "\x7f" for letter in text) - bad


def _is_mostly_clean(lines: list[bytes], encoding: str) -> bool:
    """Of a few lines, whose bad one has more letters that cannot be read than :data:`FEW` allows."""
    foreign = [line for line in lines if not line.isascii()]
    return FEW_LINES * sum(not _decodes(line, encoding) for line in foreign) < len(foreign)


def _is_only_cut(lines: list[bytes], encoding: str) -> bool:
    """By the width of a field: fewer than are whole end within a letter, and no other fault is in them."""
    wrong = [decode(line, encoding)[1] for line in lines if not line.isascii()]
    return "unread" not in wrong and wrong.count("cut") < wrong.count("")


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
