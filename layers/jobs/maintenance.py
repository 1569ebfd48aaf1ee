"""What is to be tidied again and again: receivers of ``maintenance`` are called by the worker about once a minute."""

import logging
from datetime import timedelta
from typing import Any

from django.dispatch import Signal
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

KEPT = timedelta(days=90)
"""So long an ended job can be looked at."""

maintenance = Signal()
log = logging.getLogger(__name__)


def maintain() -> None:
    for receiver, problem in maintenance.send_robust(sender=None):
        if isinstance(problem, Exception):
            log.error("%s failed", receiver, exc_info=problem)


def delete_old_jobs(**kwargs: Any) -> None:
    DBTaskResult.objects.finished().filter(finished_at__lt=timezone.now() - KEPT).delete()
