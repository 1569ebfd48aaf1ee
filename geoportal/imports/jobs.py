"""Imports as jobs, one at a time about each, in processes that load no more than importing needs."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import DatabaseError, ProgrammingError, transaction
from django.urls import reverse
from django.utils import timezone

from importers.errors import ImporterError
from importers.history import record
from importers.models import Import, State
from importers.pipeline.disk_space import explanation
from layers.datasets.models import Dataset
from layers.jobs.models import Job
from layers.jobs.queue import cancel, enqueue
from layers.jobs.tasks import JobContext, job
from layers.registry.text import Text

TRY, LOAD, RETRY = "try", "load", "retry"
"""What is done: everything and back, everything, or the rows that were held back."""
KNOWN = (DatabaseError, MemoryError, OSError)


def explained(problem: BaseException) -> str:
    if isinstance(problem, ImporterError):
        return str(problem)
    return explanation(problem) if isinstance(problem, KNOWN) else ""


def begin(imported: Import, action: str, who: Any) -> Job:
    with transaction.atomic():
        imported.state, imported.started, imported.reason = State.RUNNING, timezone.now(), ""
        imported.save(update_fields=["state", "started", "reason"])
        return enqueue(
            run_import,
            imported.pk,
            action,
            who=who,
            subject=str(imported),
            url=reverse("import", args=[imported.pk]),
            key=imported.job_key,
        )


def end_unfinished(reason: str, pk: int, action: str) -> None:
    """The rows of a layer are as they were before; held rows stay held."""
    imported = Import.objects.filter(pk=pk, state__in=(State.RUNNING, State.FAILED)).first()
    if imported is None:
        return
    if action == RETRY:
        Import.objects.filter(pk=pk).update(state=State.LOADED, reason=reason)
        return
    with suppress(ProgrammingError):  # a page, which owns no table; the next attempt replaces it
        record.drop_staging(imported)
    cancelled = Job.objects.active().filter(key=imported.job_key, cancelled_at__isnull=False)
    record.fail(imported, reason, State.STOPPED if cancelled.exists() else State.FAILED)


@job(
    title=Text("导入文件", "Import of a file"),
    queue="imports",
    is_repeatable=True,
    explanation=explained,
    on_failure=end_unfinished,
)
def run_import(context: JobContext, pk: int, action: str) -> Mapping[str, str]:
    from .execution import execute

    return {"sentence": execute(Import.objects.get(pk=pk), action, context.progress)}


def drop_dataset_later(name: str, seconds: float, who: Any) -> Job:
    """When every process has had time to forget it."""
    later = timezone.now() + timedelta(seconds=seconds)
    return enqueue(drop_dataset, name, who=who, subject=name, key=f"drop:{name}", run_after=later)


def republish_dataset_later(dataset: Dataset, audience: int, seconds: float, who: Any) -> Job:
    """From its audience to another, when every process has had time to forget that others might see it."""
    return enqueue(
        republish_dataset,
        dataset.pk,
        dataset.audience,
        audience,
        who=who,
        subject=dataset.name,
        key=f"audience:{dataset.pk}",
        run_after=timezone.now() + timedelta(seconds=seconds),
    )


def cancel_republication(dataset: Dataset, who: Any) -> bool:
    """Whether one was under way; there is never more than one of a key that is not cancelled."""
    found = Job.objects.active().filter(key=f"audience:{dataset.pk}", cancelled_at=None).first()
    return found is not None and cancel(found, str(who))


@job(title=Text("撤回数据集", "Withdrawal of a dataset"), is_repeatable=True, explanation=explained)
def drop_dataset(context: JobContext, name: str) -> None:
    from .dataset_publication import drop

    drop(name)


@job(title=Text("调整数据集可见范围", "Audience of a dataset"), is_repeatable=True, explanation=explained)
def republish_dataset(context: JobContext, pk: int, before: int, audience: int) -> None:
    from .dataset_publication import republish

    republish(pk, before, audience)


def correct_dataset_later(name: str, kinds: Mapping[str, str], title_field: str, order: str, who: Any) -> Job:
    return enqueue(
        correct_dataset,
        name,
        dict(kinds),
        title_field,
        order,
        who.pk,
        who=who,
        subject=name,
        url=reverse("dataset", args=[name]),
        key=f"correct:{name}",
    )


@job(title=Text("更正数据集的列", "Correction of columns"), queue="imports", explanation=explained)
def correct_dataset(
    context: JobContext, name: str, kinds: Mapping[str, str], title_field: str, order: str, who: int
) -> Mapping[str, str]:
    from .dataset_correction import correct

    person = get_user_model()._default_manager.filter(pk=who).first()
    return {"sentence": correct(name, kinds, title_field, order, person)}
