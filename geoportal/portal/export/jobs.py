"""Large downloads as jobs: written to a file that whoever asked fetches when it is done."""

import os
from typing import Any

from django.contrib.auth import get_user_model
from django.urls import reverse

from geoportal.errors import portal_error
from geoportal.take_away.files import ExportFile, file_of
from layers.jobs.models import Job
from layers.jobs.queue import enqueue
from layers.jobs.tasks import JobContext, job
from layers.query.explanation import explain
from layers.query.scope import Scope
from layers.registry.access.export_log import record_export
from layers.registry.access.layer_query import LayerQuery
from layers.registry.audience import Viewer
from layers.registry.registration import get_layer
from layers.registry.text import Text
from layers.sentences.sentence import gettext as _
from layers.sentences.sentence import told

from .formats import FORMATS


def begin(name: str, suffix: str, who: Any) -> Job:
    """Once at a time for a person, a layer and a format."""
    key = f"export:{who.pk}:{name}.{suffix}"
    return enqueue(export_layer, name, suffix, who.pk, who=who, subject=f"{name}.{suffix}", key=key)


def _explanation(problem: BaseException) -> str:
    return str(portal_error(problem) or "")


def _forget(reason: str, name: str, suffix: str, owner: int) -> None:
    file_of(owner, f"{name}.{suffix}").draft.unlink(missing_ok=True)


@job(
    title=Text("导出图层数据", "Download of a layer"),
    queue="exports",
    is_repeatable=True,
    explanation=_explanation,
    on_failure=_forget,
)
def export_layer(context: JobContext, name: str, suffix: str, owner: int) -> dict[str, Any]:
    """As the person may see the layer when it is written."""
    viewer = Viewer.of(get_user_model()._default_manager.get(pk=owner))
    reading = LayerQuery(get_layer(name, viewer), viewer)
    file = ExportFile(owner, f"{name}.{suffix}", viewer.key)
    total = reading.count()
    file.make_folder()
    with (
        open(os.open(file.draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out,
        context.progress(told(reading.layer.title), total) as advance,
    ):
        out.writelines(FORMATS[suffix].write(reading, (), advance))
    file.draft.replace(file.path)
    record_export(name, viewer, explain(reading.layer, None, Scope(reading)), f"{name}.{suffix}", total)
    return {
        "viewer": viewer.key,
        "layer": name,
        "file": f"{name}.{suffix}",
        "bytes": file.path.stat().st_size,
        "sentence": _("%(rows)d rows were written. The file is kept for a day.") % {"rows": total},
        "url": reverse("export-file", args=[context.progress.job_id]),
        "label": f"{name}.{suffix}",
    }
