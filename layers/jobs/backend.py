"""The queue in the database: every task gets a job beside it, and the workers hear of it at once."""

from typing import Any

from django.db import transaction
from django.utils.translation import get_language
from django_tasks_db import DatabaseBackend

from .notification import notify_workers
from .tasks import JobTask


class JobBackend(DatabaseBackend):
    task_class: Any = JobTask

    def enqueue(self, task: Any, args: Any, kwargs: Any) -> Any:
        from .models import Job

        with transaction.atomic():
            result: Any = super().enqueue(task, args, kwargs)
            Job.objects.create(task_id=result.id, language=get_language() or "")
            notify_workers()
        return result
