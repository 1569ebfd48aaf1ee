"""The encoding of text that does not say it: UTF-8 if it can be, Chinese if it looks so, else Latin-1.

Text labelled GB2312 or GBK is read as GB18030, which holds them and the characters they lack (碶 is in GBK only).
"""

from ..delivery import Cells, Refused

BYTE_ORDER_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
CHINESE = ("gb2312", "gbk", "gb18030", "cp936", "936", "hz-gb-2312")
ENOUGH = 0.95


def named(encoding: str) -> str:
    """An operator's encoding as Python knows it."""
    wanted = "gb18030" if encoding.strip().lower() in CHINESE else encoding.strip()
    try:
        "".encode(wanted)
    except (LookupError, ValueError):
        raise Refused(
            f"{encoding} is no encoding that is known; try utf-8, gb18030, big5 or latin-1."
        ) from None
    return wanted


def detect(content: bytes) -> str:
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if content.startswith(mark):
            return encoding
    for encoding in ("utf-8", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8" or looks_chinese(text):
            return encoding
    return "latin-1"


def looks_chinese(text: str) -> bool:
    """Whether what GB18030 gives is Chinese rather than mistaken Latin-1."""
    foreign = [letter for letter in text if ord(letter) > 127]
    common = [
        letter for letter in foreign if "\u4e00" <= letter <= "\u9fff" or letter in "，。、；：（）《》“”　—·"
    ]
    return bool(foreign) and len(common) / len(foreign) > ENOUGH


def decoded_again(columns: dict[str, Cells], encoding: str | None) -> tuple[dict[str, Cells], str]:
    """Text that was read as Latin-1 for want of a better word, read again as what it is."""
    texts = [cell for column in columns.values() for cell in column if isinstance(cell, str)]
    sample = "\n".join([*columns, *texts])
    try:
        found = encoding or detect(sample.encode("latin-1"))
        if found == "latin-1":
            return columns, found
        return {_again(name, found): _column(column, found) for name, column in columns.items()}, found
    except (UnicodeEncodeError, UnicodeDecodeError):
        return columns, "latin-1"


def _column(column: Cells, encoding: str) -> Cells:
    if column.dtype != object:
        return column
    changed = column.copy()
    changed[:] = [_again(cell, encoding) if isinstance(cell, str) else cell for cell in column]
    return changed


def _again(text: str, encoding: str) -> str:
    return text.encode("latin-1").decode(encoding)
