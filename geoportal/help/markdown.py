"""From a handbook's Markdown to what a page shows; no markup but Markdown's own counts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import get_script_prefix, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

from .handbooks import NAMES, Handbook
from .pictures import Picture, picture_of

MARKDOWN = MarkdownIt("commonmark", {"html": False})
LINK = re.compile(rf"({'|'.join(NAMES)})(?:\.zh-Hans)?\.md((?:#.*)?)")
WRAPPED = re.compile(r"(?<=[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef])\n *(?=[\u4e00-\u9fff\u300a\uff08*`\[])")


def join_lines(text: str) -> str:
    """Chinese has no blank where a line of the source ends."""
    return WRAPPED.sub("", text)


@dataclass(frozen=True)
class Heading:
    level: int
    words: str
    anchor: str


@dataclass(frozen=True)
class Page:
    """A handbook in one language. Anchors are made of the English headings, in both languages."""

    title: str
    lead: str
    headings: list[Heading]
    html: SafeString


def page(handbook: Handbook, language: str) -> Page:
    tokens = MARKDOWN.parse(join_lines(handbook.text(language)))
    headings = headings_of(handbook, language)
    for token, heading in zip(_openings(tokens), headings, strict=True):
        token.attrs["id"] = heading.anchor
    _resolve_links(tokens)
    title, lead = (inline.content for inline in _inlines(tokens)[:2])
    body = tokens[tokens.index(next(t for t in tokens if t.type == "paragraph_close")) + 1 :]
    html = "".join(_html(body, language))
    return Page(title, lead, [h for h in headings if h.level > 1], mark_safe(html))  # noqa: S308  Markdown's own


def headings_of(handbook: Handbook, language: str) -> list[Heading]:
    english, read = (_openings_with_words(handbook.text(each)) for each in ("en", language))
    return [
        Heading(level, words, anchor_of(title))
        for (level, words), (_, title) in zip(read, english, strict=True)
    ]


def anchor_of(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower().replace("’", "")).strip("-")


def pictures_of(handbook: Handbook, language: str) -> list[Picture]:
    tokens = MARKDOWN.parse(join_lines(handbook.text(language)))
    return [
        picture_of(part)
        for inline in _inlines(tokens)
        for part in inline.children or ()
        if part.type == "image"
    ]


def _openings_with_words(text: str) -> list[tuple[int, str]]:
    tokens = MARKDOWN.parse(text)
    words = [tokens[tokens.index(opening) + 1].content for opening in _openings(tokens)]
    return [(int(each.tag[1:]), said) for each, said in zip(_openings(tokens), words, strict=True)]


def _openings(tokens: list[Token]) -> list[Token]:
    return [token for token in tokens if token.type == "heading_open"]


def _inlines(tokens: list[Token]) -> list[Token]:
    return [token for token in tokens if token.type == "inline"]


def _resolve_links(tokens: list[Token]) -> None:
    """Of other handbooks, which in the folder are files and in the portal pages."""
    for inline in _inlines(tokens):
        for part in inline.children or ():
            if part.type != "link_open":
                continue
            address = str(part.attrs["href"])
            if other := LINK.fullmatch(address):
                part.attrs["href"] = reverse("handbook", args=[other[1]]) + other[2]
            elif address.startswith("/"):
                part.attrs["href"] = get_script_prefix() + address[1:]


def _html(tokens: list[Token], language: str) -> Iterator[str]:
    """Paragraphs that are a picture become one with its words below, and nothing where none was made."""
    start = 0
    for at, token in enumerate(tokens):
        if token.type == "inline" and [part.type for part in token.children or ()] == ["image"]:
            yield _rendered(tokens[start : at - 1])
            yield _figure(picture_of((token.children or [])[0]), language)
            start = at + 2
    yield _rendered(tokens[start:])


def _rendered(tokens: list[Token]) -> str:
    return str(MARKDOWN.renderer.render(tokens, MARKDOWN.options, {}))


def _figure(picture: Picture, language: str) -> str:
    if not picture.path(language).is_file():
        return ""
    return format_html(
        '<figure class="{}"><img src="{}" alt="" loading="lazy"><figcaption>{}</figcaption></figure>',
        picture.width,
        reverse("handbook-picture", args=[language, picture.file]),
        picture.words,
    )
