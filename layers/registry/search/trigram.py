"""Texts that contain a word, asked for so that an index of trigrams serves words of two Chinese characters too."""

import re

from ..access.layer_query import Condition

DOUBLED = "geoportal_doubled"
"""The function by which every character outside ASCII is there twice and nothing else: two make two trigrams."""


LETTERS = re.compile(r"[^\W_]+")
"""What trigrams are made of."""


def contains_word(column: str, word: str) -> Condition:
    """``column`` is SQL of a text, which has an index of trigrams and another one as DOUBLED makes it."""
    if _is_doubled(word):
        return Condition(f"{DOUBLED}({column}) LIKE '%%' || {DOUBLED}(%s) || '%%'", (word,))
    return Condition(f"{column} LIKE %s", (f"%{escaped(word)}%",))


def is_indexed(word: str) -> bool:
    """Whether the indexes know ``word`` by at least one trigram; whatever they do not know is sought row by row."""
    return _is_doubled(word) or any(len(run) > 2 for run in LETTERS.findall(word))


def _is_doubled(word: str) -> bool:
    return len(word) == 2 and not any(letter.isascii() for letter in word)


def escaped(text: str) -> str:
    """Text as a part of a LIKE pattern."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
