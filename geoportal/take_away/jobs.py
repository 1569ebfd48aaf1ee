"""Large results as jobs: written to a file that whoever asked fetches when it is done."""

from typing import Any

from django.contrib.auth import get_user_model
from django.urls import reverse

from geoportal.errors import portal_error
from layers.jobs.models import Job
from layers.jobs.queue import enqueue
from layers.jobs.tasks import JobContext, job
from layers.registry.audience import Viewer
from layers.registry.text import Text
from layers.sentences.sentence import gettext as _
from layers.sentences.sentence import told

from .files import ExportFile, file_of
from .request import Request


def begin(asked: Request, who: Any) -> Job:
    """Once at a time for a person and a request."""
    key = f"export:{who.pk}:{asked.kept_name}"
    return enqueue(take_away, asked.arguments, who.pk, who=who, subject=asked.file_name, key=key)


def _explanation(problem: BaseException) -> str:
    return str(portal_error(problem) or "")


def _forget(reason: str, given: dict[str, Any], owner: int) -> None:
    file_of(owner, Request.of_arguments(given).kept_name).draft.unlink(missing_ok=True)


@job(
    title=Text("导出查询结果", "Download of a result"),
    queue="exports",
    is_repeatable=True,
    explanation=_explanation,
    on_failure=_forget,
)
def take_away(context: JobContext, given: dict[str, Any], owner: int) -> dict[str, Any]:
    """As the person may see the rows when they are written."""
    viewer = Viewer.of(get_user_model()._default_manager.get(pk=owner))
    asked = Request.of_arguments(given)
    file = ExportFile(owner, asked.kept_name, viewer.key)
    rows = asked.count(viewer)
    file.make_folder()
    file.draft.unlink(missing_ok=True)
    with context.progress(told(asked.reading(viewer).layer.title), rows) as advance:
        asked.write(viewer, file.draft, rows, advance)
    file.draft.chmod(0o600)
    file.draft.replace(file.path)
    return {
        "viewer": viewer.key,
        "layer": asked.layer,
        "file": asked.kept_name,
        "bytes": file.path.stat().st_size,
        "sentence": _("%(rows)d rows were written. The file is kept for a day.") % {"rows": rows},
        "url": reverse("export-file", args=[context.progress.job_id]),
        "label": asked.file_name,
    }
