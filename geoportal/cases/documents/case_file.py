"""The whole file of a case as one PDF: cover and catalogue, every document as it was made, the evidence."""

from collections.abc import Iterable, Sequence
from io import BytesIO

from django.utils import timezone
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError

from layers.casework.documents import issuance, templates
from layers.casework.documents.document_context import document_row, evidence_items
from layers.casework.documents.draft import DocumentDraft
from layers.casework.evidence.content_store import file_hash, file_path
from layers.casework.models import Case, Document, Evidence
from layers.casework.procedures import DocumentKind
from layers.casework.procedures.versions import procedure_of
from layers.registry.text import Text

from .location import location_of
from .pdf import html_to_pdf, pictures_of, print_template, template_context

COVER, EVIDENCE = "file_catalogue", "file_evidence"
THUMBNAIL = 480
"""Longer side in pixels."""
LOST = """<html lang="zh-Hans"><style>@page {{ size: A4 }} body {{ font: 12pt "Noto Sans CJK SC" }}</style>
<h1>{title}</h1><p>{number}</p><p>该文书的文件缺失或已被改动，不能收入案卷，请联系管理员。</p>
<p>SHA-256 {sha256}</p></html>"""


def case_file(case: Case, kept: Sequence[Document]) -> bytes:
    """Pages are counted from the first document on, as the catalogue lists them."""
    parts = [_pages_of(each) for each in kept]
    starts = _starts(parts)
    location = location_of(case)
    said = template_context(case, _cover_draft(case), location)
    said["documents"] = [
        each | {"page": page} for each, page in zip(map(document_row, kept), starts, strict=False)
    ]
    said["evidence_page"] = starts[-1]
    thumbnails = dict(_thumbnails(case))
    pictures = pictures_of(location) | {name: (content, "image/jpeg") for name, content in thumbnails.items()}
    texts = templates.template_texts(case.family)
    cover = print_template(COVER, texts, said, pictures)
    said |= {"thumbnails": list(thumbnails), "document": said["document"] | {"title": "证据目录"}}
    evidence = print_template(EVIDENCE, texts, said, pictures)
    titled = [(f"{each.title} {each.number}".strip(), part) for each, part in zip(kept, parts, strict=True)]
    return _merge(PdfReader(BytesIO(cover)), [*titled, ("证据目录", PdfReader(BytesIO(evidence)))], case)


def _cover_draft(case: Case) -> DocumentDraft:
    kind = procedure_of(case).documents.get(COVER) or DocumentKind(
        COVER, Text("案卷封面及目录", "Cover and catalogue"), "", COVER
    )
    called = next((each.event for each in issuance.document_statuses(case) if each.kind.code == COVER), None)
    return DocumentDraft(kind, timezone.localtime(), event=called, is_draft=False)


def _pages_of(document: Document) -> PdfReader:
    path = file_path(document.sha256)
    if file_hash(path) == document.sha256:
        try:
            reader = PdfReader(BytesIO(path.read_bytes()))
            len(reader.pages)
        except (PyPdfError, OSError, ValueError):
            pass
        else:
            return reader
    lost = LOST.format(title=document.title, number=document.number, sha256=document.sha256)
    return PdfReader(BytesIO(html_to_pdf(lost, {})))


def _starts(parts: Iterable[PdfReader]) -> list[int]:
    """The page on which each part begins, and that of what follows them."""
    found = [1]
    for part in parts:
        found.append(found[-1] + len(part.pages))
    return found


def _thumbnails(case: Case) -> Iterable[tuple[str, bytes]]:
    for piece in evidence_items(case):
        content = _thumbnail(piece)
        if content:
            yield f"evidence-{piece.pk}.jpg", content


def _thumbnail(piece: Evidence) -> bytes | None:
    """From the picture for screens; what is gone or cannot be drawn has none."""
    derived = piece.derivatives.first()
    if derived is None:
        return None
    try:
        with Image.open(file_path(derived.sha256)) as image:
            image.draft("RGB", (THUMBNAIL, THUMBNAIL))
            image.thumbnail((THUMBNAIL, THUMBNAIL))
            out = BytesIO()
            image.convert("RGB").save(out, "JPEG", quality=75)
            return out.getvalue()
    except (OSError, ValueError):
        return None


def _merge(cover: PdfReader, parts: Sequence[tuple[str, PdfReader]], case: Case) -> bytes:
    """One PDF, with the page of the file on each sheet and a mark for every part."""
    writer = PdfWriter()
    writer.append(cover, outline_item="封面及目录", import_outline=False)
    first = len(writer.pages)
    for title, part in parts:
        writer.append(part, outline_item=title, import_outline=False)
    stamps = PdfReader(BytesIO(_stamps(len(writer.pages) - first)))
    for number, stamp in enumerate(stamps.pages):
        writer.pages[first + number].merge_page(stamp)
    writer.add_metadata({"/Title": f"{case.number} 案卷", "/Author": case.department.name})
    writer.compress_identical_objects(remove_duplicates=True, remove_unreferenced=True)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def _stamps(count: int) -> bytes:
    """Sheets that hold nothing but their number at the top right."""
    sheets = [f"<p>卷 {number}</p>" for number in range(1, count + 1)]
    style = (
        "@page { size: A4; margin: 9mm 12mm } "
        'p { margin: 0; text-align: right; font: bold 9pt "Noto Sans CJK SC"; break-after: page } '
        "p:last-child { break-after: auto }"
    )
    return html_to_pdf(f'<html lang="zh-Hans"><style>{style}</style>{"".join(sheets)}</html>', {})
