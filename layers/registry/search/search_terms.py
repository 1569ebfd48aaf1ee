"""The words of a search: normalised as the database keeps its texts, and as pinyin."""

import unicodedata

from .readings import reading

LONGEST = 100
PUNCTUATION = str.maketrans(dict.fromkeys("，。、；：！？,;:!?()（）“”‘’《》【】·|\x00", " "))


def normalize(text: str) -> str:
    """Half-width, lower case, without punctuation, single spaces; what is no text is left out."""
    clean = text.encode("utf-8", "ignore").decode()
    return " ".join(unicodedata.normalize("NFKC", clean).lower().translate(PUNCTUATION).split())


def as_pinyin(query: str) -> str:
    """The query's sound without spaces, by which a wrong character is still found; "" for one in letters."""
    return "" if query.isascii() else "".join(reading(letter) for letter in query if letter != " ")
