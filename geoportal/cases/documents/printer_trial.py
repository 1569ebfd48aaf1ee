"""A page printed when this module is read: processes that begin as copies of the one that read it know the fonts."""

from .printer import html_to_pdf

html_to_pdf(
    '<html lang="zh-Hans"><p style="font-family: Noto Sans CJK SC">行政处罚 <b>决定书</b></p></html>', {}
)
