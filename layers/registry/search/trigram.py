"""Texts that contain a word, asked for so that an index of trigrams serves words of two Chinese characters too."""

from ..access.layer_query import Condition

DOUBLED = "geoportal_doubled"
"""The function by which every character outside ASCII is there twice and nothing else: two make two trigrams."""


def contains_word(column: str, word: str) -> Condition:
    """``column`` is SQL of a text, which has an index of trigrams and another one as DOUBLED makes it."""
    if len(word) == 2 and not any(letter.isascii() for letter in word):
        return Condition(f"{DOUBLED}({column}) LIKE '%%' || {DOUBLED}(%s) || '%%'", (word,))
    return Condition(f"{column} LIKE %s", (f"%{escaped(word)}%",))


def escaped(text: str) -> str:
    """Text as a part of a LIKE pattern."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
