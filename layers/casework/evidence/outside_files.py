"""Files of people outside: told apart by what is in them; pictures are kept without the place where they were taken."""

from io import BytesIO
from pathlib import Path
from uuid import UUID

from django.core.files.base import File
from django.core.files.uploadedfile import TemporaryUploadedFile

from layers.casework.access.actor import Actor, NotAllowed
from layers.casework.models import Case, PendingUpload
from layers.registry.text import Text

from .pending_uploads import pending_uploads, save_upload
from .pictures import placeless_picture, read_metadata

PICTURES = ("image/jpeg", "image/png")
TAKEN = ("application/pdf", *PICTURES)
MOST_BYTES = 50 * 1024**2
MOST_FILES = 30
"""Of one role in one case, those that wait included."""


def save_outside_upload(
    case: Case, actor: Actor, form: UUID, name: str, file: TemporaryUploadedFile
) -> PendingUpload:
    """Keep a file as it arrives, like those of officers. Raises NotAllowed for one that is not taken."""
    _check_number(case, actor)
    path = Path(file.temporary_file_path())
    media_type = read_metadata(path).media_type
    if media_type not in TAKEN:
        raise NotAllowed(
            Text(
                f"“{name}”不是可接收的文件：请提交 JPEG 或 PNG 图片，或 PDF 文件。",
                f"“{name}” is none of the files that are taken: pictures as JPEG or PNG, and PDF.",
            )
        )
    if media_type not in PICTURES:
        return save_upload(case, actor, form, name, file.chunks())
    content = placeless_picture(path)
    if content is None:
        raise NotAllowed(
            Text(
                f"图片“{name}”已损坏或过大，无法打开。",
                f"The picture “{name}” is damaged or too large to be opened.",
            )
        )
    return save_upload(case, actor, form, name, File(BytesIO(content)).chunks())


def _check_number(case: Case, actor: Actor) -> None:
    own = case.evidence.pieces().filter(outside=actor.outside).count()
    if own + pending_uploads(case, actor).count() >= MOST_FILES:
        raise NotAllowed(
            Text(
                f"本案您最多可提交 {MOST_FILES} 个文件；更多材料请直接交给办理部门。",
                f"You may add {MOST_FILES} files to this case; give more to the department itself.",
            )
        )
